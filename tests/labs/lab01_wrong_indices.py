"""Planted wrong answers to lab 1, which element is mine. Each must be rejected for the right reason."""

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


@wrong("lab01.map", "elements shared")
def loops_over_the_array(celsius, out):
    for i in range(celsius.size):
        out[i] = 1.8 * celsius[i] + 32


@wrong("lab01.map", "does not compile")
def returns_the_array(celsius, out):
    return 1.8 * celsius + 32


@wrong("lab01.saxpy", "hard-coded block size")
def blocks_of_32_for_sure(a, x, y, out):
    i = cuda.blockIdx.x * 32 + cuda.threadIdx.x
    if i < x.size:
        out[i] = a * x[i] + y[i]


@wrong("lab01.blocks", "not a whole number", on_host=True)
def rounded_up_by_numpy(n, threads):
    return np.ceil(n / threads)
