"""Planted wrong answers to lab 2, accesses to plain arrays. Each must be rejected for the right reason."""

import numpy as np
from answers import Answer, collector
from numba import int32

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab02.count", "lines for sectors", on_host=True)
def counts_lines(addresses):
    return len(set(addresses // 128))


@wrong("lab02.count", "lines for sectors", on_host=True)
def whole_lines(addresses):
    return 4 * np.unique(addresses // 128).size


@wrong("lab02.count", "one each", on_host=True)
def one_for_each_lane(addresses):
    return len(addresses)


@wrong("lab02.count", "one each", on_host=True)
def one_for_each_address(addresses):
    return np.unique(addresses).size


@wrong("lab02.count", "bytes over 32", on_host=True)
def as_few_as_possible(addresses):
    return int(np.ceil(len(addresses) * 4 / 32))


@wrong("lab02.count", "span", on_host=True)
def from_first_to_last(addresses):
    return max(addresses) // 32 - min(addresses) // 32 + 1


@wrong("lab02.count", "span", on_host=True)
def distance(addresses):
    return (max(addresses) - min(addresses)) // 32 + 1


@wrong("lab02.count", "order", on_host=True)
def compares_neighbours(addresses):
    count, last = 0, None
    for a in addresses:
        if a // 32 != last:
            count, last = count + 1, a // 32
    return count


@wrong("lab02.count", "not a whole number", on_host=True)
def gives_the_numbers(addresses):
    return np.unique(addresses // 32)


@wrong("lab02.count", "not a whole number", on_host=True)
def forgets_return(addresses):
    np.unique(addresses // 32).size  # noqa: B018
    addresses += 0


@wrong("lab02.pieces", "only the first grid")
def one_each(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = 2 * x[i] + 1


@wrong("lab02.pieces", "the rest is lost")
def rounded_down(x, out):
    piece = x.size // cuda.gridsize(1)
    for i in range(cuda.grid(1) * piece, (cuda.grid(1) + 1) * piece):
        out[i] = 2 * x[i] + 1


@wrong("lab02.pieces", "no guard on the last piece")
def past_the_end(x, out):
    piece = -(-x.size // cuda.gridsize(1))
    for i in range(cuda.grid(1) * piece, (cuda.grid(1) + 1) * piece):
        out[i] = 2 * x[i] + 1


@wrong("lab02.pieces", "one too few")
def stops_each_piece_early(x, out):
    piece = -(-x.size // cuda.gridsize(1))
    first = cuda.grid(1) * piece
    for i in range(first, min(first + piece, x.size) - 1):
        out[i] = 2 * x[i] + 1


@wrong("lab02.pieces", "local index")
def starts_at_local(x, out):
    for i in range(cuda.threadIdx.x, x.size, cuda.gridsize(1)):
        out[i] = 2 * x[i] + 1


@wrong("lab02.pieces", "off by one")
def one_too_far(x, out):
    for i in range(cuda.grid(1), x.size + 1, cuda.gridsize(1)):
        out[i] = 2 * x[i] + 1


@wrong("lab02.pieces", "off by one")
def one_too_early(x, out):
    for i in range(cuda.grid(1), x.size - 1, cuda.gridsize(1)):
        out[i] = 2 * x[i] + 1


@wrong("lab02.pieces", "loop never ends")
def never_moves(x, out):
    i = cuda.grid(1)
    while i < x.size:
        out[i] = 2 * x[i] + 1


@wrong("lab02.rows", "no guard")
def rows_without_guard(a, offset, out):
    i = cuda.grid(1)
    row, column = i // a.shape[1], i % a.shape[1]
    out[row, column] = a[row, column] - offset[row]


@wrong("lab02.rows", "wrong divisor")
def divides_by_the_height(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = i // a.shape[0], i % a.shape[0]
        out[row, column] = a[row, column] - offset[row]


@wrong("lab02.rows", "wrong divisor")
def two_sizes_mixed(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = i % a.shape[0], i // a.shape[1]
        out[row, column] = a[row, column] - offset[row]


@wrong("lab02.rows", "swapped")
def row_and_column_swapped(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = i % a.shape[1], i // a.shape[1]
        out[row, column] = a[row, column] - offset[row]


@wrong("lab02.rows", "offset of the column")
def takes_the_columns_offset(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = i // a.shape[1], i % a.shape[1]
        out[row, column] = a[row, column] - offset[column]


@wrong("lab02.rows", "offset of the element")
def an_offset_each(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = i // a.shape[1], i % a.shape[1]
        out[row, column] = a[row, column] - offset[i]


@wrong("lab02.rows", "swapped operands")
def wrong_sign(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = i // a.shape[1], i % a.shape[1]
        out[row, column] = offset[row] - a[row, column]


@wrong("lab02.rows", "only one column")
def guards_with_the_height(a, offset, out):
    i = cuda.grid(1)
    if i < a.shape[0]:
        row, column = i // a.shape[1], i % a.shape[1]
        out[row, column] = a[row, column] - offset[row]


@wrong("lab02.rows", "off by one")
def rows_one_too_many(a, offset, out):
    i = cuda.grid(1)
    if i <= a.size:
        row, column = i // a.shape[1], i % a.shape[1]
        out[row, column] = a[row, column] - offset[row]


@wrong("lab02.transpose", "no guard")
def transpose_without_guard(a, out):
    x, y = cuda.grid(2)
    out[x, y] = a[y, x]


@wrong("lab02.transpose", "copied")
def copies(a, out):
    x, y = cuda.grid(2)
    if x < a.shape[1] and y < a.shape[0]:
        out[y, x] = a[y, x]


@wrong("lab02.transpose", "x is the row")
def reads_column_first(a, out):
    x, y = cuda.grid(2)
    if x < a.shape[1] and y < a.shape[0]:
        out[y, x] = a[x, y]


@wrong("lab02.transpose", "guard missing on one side")
def guards_columns_only(a, out):
    x, y = cuda.grid(2)
    if x < a.shape[1]:
        out[x, y] = a[y, x]


@wrong("lab02.transpose", "guard missing on one side")
def guards_rows_only(a, out):
    x, y = cuda.grid(2)
    if y < a.shape[0]:
        out[x, y] = a[y, x]


@wrong("lab02.transpose", "barrier missing")
def no_barrier(a, out):
    tile = cuda.shared.array((32, 33), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    if x < a.shape[1] and y < a.shape[0]:
        tile[ty, tx] = a[y, x]
    x, y = cuda.blockIdx.y * 32 + tx, cuda.blockIdx.x * 32 + ty
    if x < a.shape[0] and y < a.shape[1]:
        out[y, x] = tile[tx, ty]


@wrong("lab02.transpose", "barrier inside the guard")
def barrier_in_the_if(a, out):
    tile = cuda.shared.array((32, 33), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    if x < a.shape[1] and y < a.shape[0]:
        tile[ty, tx] = a[y, x]
        cuda.syncthreads()
    x, y = cuda.blockIdx.y * 32 + tx, cuda.blockIdx.x * 32 + ty
    if x < a.shape[0] and y < a.shape[1]:
        out[y, x] = tile[tx, ty]


@wrong("lab02.transpose", "guard not swapped")
def same_guard_twice(a, out):
    tile = cuda.shared.array((32, 33), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    height, width = a.shape
    x, y = cuda.grid(2)
    if x < width and y < height:
        tile[ty, tx] = a[y, x]
    cuda.syncthreads()
    x, y = cuda.blockIdx.y * 32 + tx, cuda.blockIdx.x * 32 + ty
    if x < width and y < height:
        out[y, x] = tile[tx, ty]


@wrong("lab02.transpose", "block not swapped")
def block_stays(a, out):
    tile = cuda.shared.array((32, 33), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    if x < a.shape[1] and y < a.shape[0]:
        tile[ty, tx] = a[y, x]
    cuda.syncthreads()
    if x < a.shape[0] and y < a.shape[1]:
        out[y, x] = tile[tx, ty]


@wrong("lab02.transpose", "tile read at the wrong place")
def tile_not_turned(a, out):
    tile = cuda.shared.array((32, 33), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    if x < a.shape[1] and y < a.shape[0]:
        tile[ty, tx] = a[y, x]
    cuda.syncthreads()
    x, y = cuda.blockIdx.y * 32 + tx, cuda.blockIdx.x * 32 + ty
    if x < a.shape[0] and y < a.shape[1]:
        out[y, x] = tile[ty, tx]


@wrong("lab02.pieces", "elements shared")
def everybody_does_everything(x, out):
    for i in range(x.size):
        out[i] = 2 * x[i] + 1


@wrong("lab02.rows", "elements shared")
def everybody_does_every_row(a, offset, out):
    for row in range(a.shape[0]):
        for column in range(a.shape[1]):
            out[row, column] = a[row, column] - offset[row]
