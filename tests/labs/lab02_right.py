"""Right answers to lab 2 in styles that readers bring along: straight ones, and slow ones that stay right."""

import numpy as np
from answers import Answer, collector
from numba import float32, int32

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready

#: Right, but not straight: accepted, told the goal, and where the cost lies.
SLOW: list[Answer] = []
slow = collector(SLOW)


@right("lab02.count", on_host=True)
def by_a_set(addresses):
    return len({a // 32 for a in addresses})


@right("lab02.count", on_host=True)
def by_unique(addresses):
    return np.unique(addresses // 32).size


@right("lab02.count", on_host=True)
def by_sorting(addresses):
    numbers = np.sort(addresses >> 5)
    return 1 + int((np.diff(numbers) != 0).sum())


@right("lab02.count", on_host=True)
def by_dictionary(addresses):
    seen = {}
    for a in addresses:
        seen[int(a / 32)] = True
    return float(len(seen))


@right("lab02.pieces")
def grid_stride(x, out):
    for i in range(cuda.grid(1), out.shape[0], cuda.gridsize(1)):
        out[i] = 2 * x[i] + 1


@right("lab02.pieces")
def while_loop(x, out):
    i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    while i < x.size:
        out[i] = x[i] + x[i] + 1
        i += cuda.gridDim.x * cuda.blockDim.x


@right("lab02.pieces")
def block_by_block(x, out):
    """Each block takes a piece, and its threads walk through it side by side."""
    piece = (x.size + cuda.gridDim.x - 1) // cuda.gridDim.x
    first = cuda.blockIdx.x * piece
    for i in range(first + cuda.threadIdx.x, min(first + piece, x.size), cuda.blockDim.x):
        out[i] = 2 * x[i] + 1


@slow("lab02.pieces")
def one_piece_a_thread(x, out):
    piece = (x.size + cuda.gridsize(1) - 1) // cuda.gridsize(1)
    first = cuda.grid(1) * piece
    for i in range(first, min(first + piece, x.size)):
        out[i] = 2 * x[i] + 1


@right("lab02.rows")
def divided(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = divmod(i, a.shape[1])
        out[row, column] = a[row, column] - offset[row]


@right("lab02.rows")
def remainder_by_hand(a, offset, out):
    i = cuda.grid(1)
    width = a.shape[1]
    row = i // width
    if row < a.shape[0]:
        out[row, i - row * width] = a[row, i - row * width] - offset[row]


@right("lab02.rows")
def rows_in_a_loop(a, offset, out):
    """Threads take columns of the flat array grid-stride; more threads than needed do no harm."""
    height, width = a.shape
    for i in range(cuda.grid(1), height * width, cuda.gridsize(1)):
        out[i // width, i % width] = a[i // width, i % width] - offset[i // width]


@slow("lab02.rows")
def down_the_columns(a, offset, out):
    i = cuda.grid(1)
    if i < a.size:
        row, column = i % a.shape[0], i // a.shape[0]
        out[row, column] = a[row, column] - offset[row]


@slow("lab02.rows")
def one_row_a_thread(a, offset, out):
    row = cuda.grid(1)
    if row < a.shape[0]:
        for column in range(a.shape[1]):
            out[row, column] = a[row, column] - offset[row]


@right("lab02.split")
def number_by_number(records, out):
    i = cuda.grid(1)
    if i < records.size:
        out[i % 4, i // 4] = records[i // 4, i % 4]


@right("lab02.split")
def with_shifts(records, out):
    i = cuda.grid(1)
    record, field = i >> 2, i & 3
    if record < records.shape[0]:
        out[field, record] = records[record, field]


@right("lab02.split")
def in_strides(records, out):
    for i in range(cuda.grid(1), records.shape[0] * 4, cuda.gridsize(1)):
        out[i % 4, i // 4] = records[i // 4, i % 4]


@slow("lab02.split")
def one_record_a_thread(records, out):
    i = cuda.grid(1)
    if i < records.shape[0]:
        for field in range(4):
            out[field, i] = records[i, field]


@slow("lab02.split")
def along_the_output(records, out):
    i = cuda.grid(1)
    n = records.shape[0]
    if i < 4 * n:
        out[i // n, i % n] = records[i % n, i // n]


@right("lab02.transpose")
def padded_tile(a, out):
    tile = cuda.shared.array((32, 33), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    if y < a.shape[0] and x < a.shape[1]:
        tile[ty, tx] = a[y, x]
    cuda.syncthreads()
    row, column = cuda.blockIdx.x * 32 + ty, cuda.blockIdx.y * 32 + tx
    if row < out.shape[0] and column < out.shape[1]:
        out[row, column] = tile[tx, ty]


@right("lab02.transpose")
def turned_when_stored_into_the_tile(a, out):
    tile = cuda.shared.array((32, 33), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    left, top = cuda.blockIdx.x * 32, cuda.blockIdx.y * 32
    if top + ty < a.shape[0] and left + tx < a.shape[1]:
        tile[tx, ty] = a[top + ty, left + tx]
    cuda.syncthreads()
    if left + ty < a.shape[1] and top + tx < a.shape[0]:
        out[left + ty, top + tx] = tile[ty, tx]


@right("lab02.transpose")
def flat_tile(a, out):
    tile = cuda.shared.array(1056, int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    height, width = a.shape
    inside = x < width and y < height
    if inside:
        tile[33 * ty + tx] = a[y, x]
    cuda.syncthreads()
    x, y = cuda.blockIdx.y * 32 + tx, cuda.blockIdx.x * 32 + ty
    if x < height and y < width:
        out[y, x] = tile[33 * tx + ty]


@slow("lab02.transpose")
def tile_without_padding(a, out):
    tile = cuda.shared.array((32, 32), int32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    if y < a.shape[0] and x < a.shape[1]:
        tile[ty, tx] = a[y, x]
    cuda.syncthreads()
    x, y = cuda.blockIdx.y * 32 + tx, cuda.blockIdx.x * 32 + ty
    if y < out.shape[0] and x < out.shape[1]:
        out[y, x] = tile[tx, ty]


@slow("lab02.transpose")
def without_a_tile(a, out):
    x, y = cuda.grid(2)
    if x < a.shape[1] and y < a.shape[0]:
        out[x, y] = a[y, x]


@right("lab02.energy")
def staged(values, out):
    tile = cuda.shared.array(256, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    first = cuda.blockIdx.x * 256
    for k in range(t, 256, 64):
        if first + k < values.size:
            tile[k] = values[first + k]
    cuda.syncthreads()
    if i < out.size:
        x, y, z = tile[4 * t], tile[4 * t + 1], tile[4 * t + 2]
        out[i] = tile[4 * t + 3] * (x * x + y * y + z * z)


@right("lab02.energy")
def staged_as_rows(values, out):
    """The tile has a row a record, and a number finds its row by division."""
    tile = cuda.shared.array((64, 5), float32)
    t = cuda.threadIdx.x
    for turn in range(4):
        k = turn * cuda.blockDim.x + t
        source = 4 * cuda.blockIdx.x * cuda.blockDim.x + k
        if source < values.size:
            tile[k // 4, k % 4] = values[source]
    cuda.syncthreads()
    i = cuda.grid(1)
    if i >= out.size:
        return
    speed = float32(0)
    for field in range(3):
        speed += tile[t, field] ** 2
    out[i] = tile[t, 3] * speed


@right("lab02.energy")
def with_a_wide_load(values, out):
    i = cuda.grid(1)
    if i < out.size:
        x, y, z, mass = smsim.asm(  # noqa: F821 - put here by the test
            "ld.v4.f32 {%0, %1, %2, %3}, [%4];", "=f, =f, =f, =f, l", values[4 * i :]
        )
        out[i] = mass * (x * x + y * y + z * z)


@slow("lab02.energy")
def record_by_record(values, out):
    i = cuda.grid(1)
    if i < out.size:
        x, y, z, mass = values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]
        out[i] = mass * (x * x + y * y + z * z)
