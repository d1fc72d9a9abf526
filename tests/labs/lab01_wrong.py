"""Planted wrong answers to lab 1. Each must be rejected for the right reason."""

import math

import numpy as np
from answers import Answer, collector

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab01.map", "constant")
def constant(celsius, out):
    out[cuda.threadIdx.x] = 98.6


@wrong("lab01.map", "constant")
def zero(celsius, out):
    out[cuda.threadIdx.x] = 0


@wrong("lab01.map", "reads element 0")
def all_equal_luck(celsius, out):
    out[cuda.threadIdx.x] = 1.8 * celsius[0] + 32


@wrong("lab01.map", "off by one")
def shifted_by_one(celsius, out):
    i = cuda.threadIdx.x
    out[i] = 1.8 * celsius[i + 1] + 32


@wrong("lab01.map", "off by one")
def counts_from_one(celsius, out):
    i = cuda.threadIdx.x + 1
    out[i] = 1.8 * celsius[i] + 32


@wrong("lab01.map", "negative index")
def shifted_back(celsius, out):
    i = cuda.threadIdx.x
    out[i] = 1.8 * celsius[i - 1] + 32


@wrong("lab01.map", "wrong dtype")
def cut_to_integer(celsius, out):
    i = cuda.threadIdx.x
    out[i] = int(1.8 * celsius[i] + 32)


@wrong("lab01.map", "wrong dtype")
def cut_before(celsius, out):
    i = cuda.threadIdx.x
    out[i] = 1.8 * int(celsius[i]) + 32


@wrong("lab01.map", "block index")
def block_index(celsius, out):
    i = cuda.blockIdx.x
    out[i] = 1.8 * celsius[i] + 32


@wrong("lab01.map", "only the first element")
def only_thread_zero(celsius, out):
    if cuda.threadIdx.x == 0:
        out[0] = 1.8 * celsius[0] + 32


@wrong("lab01.map", "precedence")
def adds_first(celsius, out):
    i = cuda.threadIdx.x
    out[i] = 1.8 * (celsius[i] + 32)


@wrong("lab01.map", "all into one")
def all_into_one(celsius, out):
    out[0] = 1.8 * celsius[cuda.threadIdx.x] + 32


@wrong("lab01.map", "changes its input")
def in_place(celsius, out):
    i = cuda.threadIdx.x
    celsius[i] = 1.8 * celsius[i] + 32
    out[i] = celsius[i]


@wrong("lab01.map", "nothing written")
def forgets_to_write(celsius, out):
    i = cuda.threadIdx.x
    fahrenheit = 1.8 * celsius[i] + 32  # noqa: F841


@wrong("lab01.map", "does not compile")
def misspelt(celsius, out):
    i = cuda.threadIdx.x
    out[i] = 1.8 * celcius[i] + 32  # noqa: F821


@wrong("lab01.map", "does not compile")
def adds_text(celsius, out):
    i = cuda.threadIdx.x
    out[i] = celsius[i] + "F"


@wrong("lab01.map", "does not compile")
def returns_a_value(celsius, out):
    return 1.8 * celsius[cuda.threadIdx.x] + 32


@wrong("lab01.map", "wrong arguments")
def takes_one_argument(celsius):
    celsius[cuda.threadIdx.x] = 1


@wrong("lab01.map", "wrong kind", on_host=True)
def forgot_the_decorator(celsius, out):
    out[0] = celsius[0]


@wrong("lab01.guard", "no guard")
def no_guard(x, out):
    i = cuda.threadIdx.x
    out[i] = max(x[i], 0)


@wrong("lab01.guard", "off by one")
def guard_lets_one_through(x, out):
    i = cuda.threadIdx.x
    if i <= x.size:
        out[i] = max(x[i], 0)


@wrong("lab01.guard", "guard too tight")
def guard_stops_one_early(x, out):
    i = cuda.threadIdx.x
    if i < x.size - 1:
        out[i] = max(x[i], 0)


@wrong("lab01.guard", "zeros not written")
def leaves_zeros(x, out):
    i = cuda.threadIdx.x
    if i < x.size and x[i] > 0:
        out[i] = x[i]


@wrong("lab01.guard", "absolute value")
def absolute(x, out):
    i = cuda.threadIdx.x
    if i < x.size:
        out[i] = abs(x[i])


@wrong("lab01.blocks", "floor division", on_host=True)
def rounds_down(n, threads):
    return n // threads


@wrong("lab01.blocks", "one block too many", on_host=True)
def always_one_more(n, threads):
    return n // threads + 1


@wrong("lab01.blocks", "swapped operands", on_host=True)
def interchanged(n, threads):
    return math.ceil(threads / n)


@wrong("lab01.blocks", "not a whole number", on_host=True)
def fraction(n, threads):
    return n / threads


@wrong("lab01.blocks", "not a whole number", on_host=True)
def forgets_return(n, threads):
    (n + threads - 1) // threads  # noqa: B018
    n += 1


@wrong("lab01.saxpy", "local index")
def local_index(a, x, y, out):
    i = cuda.threadIdx.x
    if i < x.size:
        out[i] = a * x[i] + y[i]


@wrong("lab01.saxpy", "no guard")
def saxpy_without_guard(a, x, y, out):
    i = cuda.grid(1)
    out[i] = a * x[i] + y[i]


@wrong("lab01.saxpy", "only the first block")
def first_block_only(a, x, y, out):
    i = cuda.grid(1)
    if i < x.size and cuda.blockIdx.x == 0:
        out[i] = a * x[i] + y[i]


@wrong("lab01.saxpy", "swapped operands")
def x_and_y_swapped(a, x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = a * y[i] + x[i]


@wrong("lab01.saxpy", "wrong index")
def sum_of_indices(a, x, y, out):
    i = cuda.blockIdx.x + cuda.threadIdx.x
    if i < x.size:
        out[i] = a * x[i] + y[i]


@wrong("lab01.saxpy", "wrong index")
def grid_for_block(a, x, y, out):
    i = cuda.blockIdx.x * cuda.gridDim.x + cuda.threadIdx.x
    if i < x.size:
        out[i] = a * x[i] + y[i]


@wrong("lab01.saxpy", "hard-coded block size")
def block_size_written_in(a, x, y, out):
    i = cuda.blockIdx.x * 8 + cuda.threadIdx.x
    if i < x.size:
        out[i] = a * x[i] + y[i]


@wrong("lab01.saxpy", "missing term")
def forgets_y(a, x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = a * x[i]


@wrong("lab01.saxpy", "off by one")
def saxpy_one_too_many(a, x, y, out):
    i = cuda.grid(1)
    if not i > x.size:
        out[i] = a * x[i] + y[i]


@wrong("lab01.flip", "transposed")
def row_first(image, out):
    row, column = cuda.grid(2)
    height, width = image.shape
    if row < height and column < width:
        out[row, column] = image[row, width - 1 - column]


@wrong("lab01.flip", "transposed")
def stores_transposed(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < width and y < height:
        out[x, y] = image[y, width - 1 - x]


@wrong("lab01.flip", "transposed")
def guard_interchanged(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < height and y < width:
        out[y, x] = image[y, width - 1 - x]


@wrong("lab01.flip", "wrong axis")
def upside_down(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < width and y < height:
        out[y, x] = image[height - 1 - y, x]


@wrong("lab01.flip", "off by one")
def one_column_too_far(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < width and y < height:
        out[y, x] = image[y, width - x]


@wrong("lab01.flip", "negative index")
def minus_x(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < width and y < height:
        out[y, x] = image[y, -x]


@wrong("lab01.flip", "half a guard")
def guards_columns_only(image, out):
    x, y = cuda.grid(2)
    width = image.shape[1]
    if x < width:
        out[y, x] = image[y, width - 1 - x]


@wrong("lab01.flip", "half a guard")
def guards_rows_only(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if y < height:
        out[y, x] = image[y, width - 1 - x]


@wrong("lab01.flip", "not flipped")
def copies(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < width and y < height:
        out[y, x] = image[y, x]


@wrong("lab01.flip", "no guard")
def flip_without_guard(image, out):
    x, y = cuda.grid(2)
    out[y, x] = image[y, image.shape[1] - 1 - x]


@wrong("lab01.differences", "negative index")
def wraps_silently(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = x[i] - x[i - 1]


@wrong("lab01.differences", "edge not written")
def skips_the_edge(x, out):
    i = cuda.grid(1)
    if 0 < i < x.size:
        out[i] = x[i] - x[i - 1]


@wrong("lab01.differences", "swapped operands")
def wrong_sign(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = x[i - 1] - x[i] if i > 0 else x[i]


@wrong("lab01.differences", "wrong neighbour")
def looks_right(x, out):
    i = cuda.grid(1)
    if i < x.size - 1:
        out[i] = x[i + 1] - x[i]
    elif i == x.size - 1:
        out[i] = x[i]


@wrong("lab01.differences", "local index")
def every_block_has_an_edge(x, out):
    i = cuda.grid(1)
    if i < x.size:
        if cuda.threadIdx.x == 0:
            out[i] = x[i]
        else:
            out[i] = x[i] - x[i - 1]


@wrong("lab01.differences", "reads a neighbour's result")
def reads_neighbours_result(x, out):
    i = cuda.grid(1)
    if i < x.size:
        if i == 0:
            out[i] = x[i]
        else:
            out[i] = x[i] - out[i - 1]


@wrong("lab01.differences", "no guard")
def differences_without_guard(x, out):
    i = cuda.grid(1)
    out[i] = x[i] - x[i - 1]


@wrong("lab01.stride", "only the first grid")
def no_loop(x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = x[i] ** 2 + y[i] ** 2


@wrong("lab01.stride", "loop never ends")
def never_advances(x, y, out):
    i = cuda.grid(1)
    while i < x.size:
        out[i] = x[i] ** 2 + y[i] ** 2


@wrong("lab01.stride", "local index")
def starts_at_local(x, y, out):
    for i in range(cuda.threadIdx.x, x.size, cuda.gridsize(1)):
        out[i] = x[i] ** 2 + y[i] ** 2


@wrong("lab01.stride", "wrong stride")
def stride_of_the_grid_plus_one(x, y, out):
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1) + 1):
        out[i] = x[i] ** 2 + y[i] ** 2


@wrong("lab01.stride", "off by one")
def one_element_too_far(x, y, out):
    for i in range(cuda.grid(1), x.size + 1, cuda.gridsize(1)):
        out[i] = x[i] ** 2 + y[i] ** 2


@wrong("lab01.stride", "precedence")
def squares_the_sum(x, y, out):
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        out[i] = (x[i] + y[i]) ** 2


@wrong("lab01.stride", "elements shared")
def steps_of_one_block(x, y, out):
    for i in range(cuda.grid(1), x.size, cuda.blockDim.x):
        out[i] = x[i] ** 2 + y[i] ** 2


@wrong("lab01.stride", "elements shared")
def everybody_does_everything(x, y, out):
    for i in range(x.size):
        out[i] = x[i] ** 2 + y[i] ** 2


@wrong("lab01.map", "elements shared")
def loops_over_the_array(celsius, out):
    for i in range(celsius.size):
        out[i] = 1.8 * celsius[i] + 32


@wrong("lab01.map", "does not compile")
def returns_the_array(celsius, out):
    return 1.8 * celsius + 32


@wrong("lab01.flip", "elements shared")
def whole_rows_in_each_thread(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < width and y < height:
        for column in range(width):
            out[y, column] = image[y, width - 1 - column]


@wrong("lab01.saxpy", "hard-coded block size")
def blocks_of_32_for_sure(a, x, y, out):
    i = cuda.blockIdx.x * 32 + cuda.threadIdx.x
    if i < x.size:
        out[i] = a * x[i] + y[i]


@wrong("lab01.blocks", "not a whole number", on_host=True)
def rounded_up_by_numpy(n, threads):
    return np.ceil(n / threads)
