"""Planted wrong answers to lab 1, elements from and to other places. Each must be rejected for the right reason."""

from answers import Answer, collector

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


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


@wrong("lab01.flip", "elements shared")
def whole_rows_in_each_thread(image, out):
    x, y = cuda.grid(2)
    height, width = image.shape
    if x < width and y < height:
        for column in range(width):
            out[y, column] = image[y, width - 1 - column]
