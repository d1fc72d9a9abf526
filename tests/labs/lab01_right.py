"""Right answers to lab 1 in styles that readers bring along. All must be accepted."""

import math

from answers import Answer, collector

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready


@right("lab01.map")
def thread_index(celsius, out):
    i = cuda.threadIdx.x
    out[i] = 1.8 * celsius[i] + 32


@right("lab01.map")
def grid_and_a_guard_too_many(celsius, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = celsius[i] * 9 / 5 + 32.0


@right("lab01.map")
def fused(celsius, out):
    i = cuda.threadIdx.x
    out[i] = cuda.fma(1.8, celsius[i], 32.0)


@right("lab01.map")
def backwards(celsius, out):
    i = celsius.size - 1 - cuda.threadIdx.x
    out[i] = 1.8 * celsius[i] + 32


@right("lab01.guard")
def early_return(x, out):
    i = cuda.threadIdx.x
    if i >= len(x):
        return
    out[i] = x[i] if x[i] > 0 else 0


@right("lab01.guard")
def two_branches(x, out):
    i = cuda.grid(1)
    if i < x.shape[0]:
        if x[i] < 0:
            out[i] = 0.0
        else:
            out[i] = x[i]


@right("lab01.guard")
def by_arithmetic(x, out):
    i = cuda.threadIdx.x
    if i < x.size:
        out[i] = (x[i] + abs(x[i])) / 2


@right("lab01.blocks", on_host=True)
def minus_minus(n, threads):
    return -(-n // threads)


@right("lab01.blocks", on_host=True)
def by_ceil(n, threads):
    return math.ceil(n / threads)


@right("lab01.blocks", on_host=True)
def by_remainder(n, threads):
    blocks, rest = divmod(n, threads)
    return blocks + (rest > 0)


@right("lab01.saxpy")
def by_grid(a, x, y, out):
    i = cuda.grid(1)
    if i < out.shape[0]:
        out[i] = a * x[i] + y[i]


@right("lab01.saxpy")
def explicit_index(a, x, y, out):
    i = cuda.threadIdx.x + cuda.blockDim.x * cuda.blockIdx.x
    if i >= x.size:
        return
    product = a * x[i]
    out[i] = product + y[i]


@right("lab01.saxpy")
def grid_stride(a, x, y, out):
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        out[i] = a * x[i] + y[i]


@right("lab01.saxpy")
def with_a_device_function(a, x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = a_times_x_plus_y(a, x[i], y[i])


def a_times_x_plus_y(a, x, y):
    return a * x + y


@right("lab01.flip")
def by_negative_index(image, out):
    """Numba adds the width to a negative index, so this is right, and known to be."""
    x, y = cuda.grid(2)
    if x < image.shape[1] and y < image.shape[0]:
        out[y, x] = image[y, -1 - x]


@right("lab01.flip")
def scatter(image, out):
    column = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    row = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y
    height, width = out.shape
    if row < height:
        if column < width:
            out[row, width - column - 1] = image[row, column]


@right("lab01.flip")
def both_strides(image, out):
    x0, y0 = cuda.grid(2)
    dx, dy = cuda.gridsize(2)
    height, width = image.shape
    for y in range(y0, height, dy):
        for x in range(x0, width, dx):
            out[y, x] = image[y, width - 1 - x]


@right("lab01.differences")
def left_or_zero(x, out):
    i = cuda.grid(1)
    if i < x.size:
        left = x[i - 1] if i > 0 else 0
        out[i] = x[i] - left


@right("lab01.differences")
def edge_by_itself(x, out):
    i = cuda.grid(1)
    if i == 0:
        out[0] = x[0]
    elif i < x.size:
        out[i] = x[i] - x[i - 1]


@right("lab01.differences")
def one_element_ahead(x, out):
    """Every thread writes to its right; thread 0 also writes the edge."""
    i = cuda.grid(1)
    if i == 0:
        out[0] = x[0]
    if i + 1 < x.size:
        out[i + 1] = x[i + 1] - x[i]


@right("lab01.stride")
def while_loop(x, y, out):
    i = cuda.grid(1)
    while i < x.size:
        out[i] = x[i] * x[i] + y[i] * y[i]
        i += cuda.gridsize(1)


@right("lab01.stride")
def explicit_stride(x, y, out):
    start = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    for i in range(start, out.shape[0], cuda.blockDim.x * cuda.gridDim.x):
        out[i] = x[i] ** 2 + y[i] ** 2


@right("lab01.stride")
def contiguous_pieces(x, y, out):
    """Each thread takes neighbours instead of strides: slower on a GPU, and right."""
    piece = (x.size + cuda.gridsize(1) - 1) // cuda.gridsize(1)
    first = cuda.grid(1) * piece
    for i in range(first, min(first + piece, x.size)):
        out[i] = x[i] ** 2 + y[i] ** 2
