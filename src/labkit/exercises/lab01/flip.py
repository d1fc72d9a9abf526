"""``lab01.flip``: two dimensions, and which of them is x."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab01.guard import no_guard
from labkit.exercises.numbers import image as make_image


def specification(image: np.ndarray) -> np.ndarray:
    return image[:, ::-1]


def make(rng: np.random.Generator, size: tuple[int, int], readable: bool) -> Case:
    height, width = size
    threads = (4, 2) if height * width < 100 else (16, 8)
    blocks = (-(-width // threads[0]), -(-height // threads[1]))
    arguments = {"image": make_image(rng, size, readable), "out": unwritten_like(size, np.int32)}
    return Case(size, arguments, blocks=blocks, threads=threads)


def _inside(t, image):
    x, y = t.index_2d
    return x < image.shape[1] and y < image.shape[0]


def _copied(t, image, out):
    x, y = t.index_2d
    if _inside(t, image):
        out[y, x] = image[y, x]


def _upside_down(t, image, out):
    x, y = t.index_2d
    if _inside(t, image):
        out[y, x] = image[image.shape[0] - 1 - y, x]


def _turned(t, image, out):
    x, y = t.index_2d
    if _inside(t, image):
        out[y, x] = image[image.shape[0] - 1 - y, image.shape[1] - 1 - x]


def _one_too_far(t, image, out):
    x, y = t.index_2d
    if _inside(t, image):
        out[y, x] = image[y, image.shape[1] - x]


def _minus_x(t, image, out):
    x, y = t.index_2d
    if _inside(t, image):
        out[y, x] = image[y, -x]


def _x_is_row(t, image, out):
    """``row, column = cuda.grid(2)``, everything else right."""
    row, column = t.index_2d
    if row < image.shape[0] and column < image.shape[1]:
        out[row, column] = image[row, image.shape[1] - 1 - column]


def _guard_interchanged(t, image, out):
    x, y = t.index_2d
    if x < image.shape[0] and y < image.shape[1]:
        out[y, x] = image[y, image.shape[1] - 1 - x]


def _transposed_store(t, image, out):
    x, y = t.index_2d
    if _inside(t, image):
        out[x, y] = image[y, image.shape[1] - 1 - x]


def _one_guard_x(t, image, out):
    x, y = t.index_2d
    if x < image.shape[1]:
        out[y, x] = image[y, image.shape[1] - 1 - x]


def _one_guard_y(t, image, out):
    x, y = t.index_2d
    if y < image.shape[0]:
        out[y, x] = image[y, image.shape[1] - 1 - x]


def _local(t, image, out):
    x, y = t.thread[:2]
    if x < image.shape[1] and y < image.shape[0]:
        out[y, x] = image[y, image.shape[1] - 1 - x]


def _off_by_one(t, image, out):
    x, y = t.index_2d
    if x <= image.shape[1] and y <= image.shape[0]:
        out[y, x] = image[y, image.shape[1] - 1 - x]


def _unguarded(t, image, out):
    x, y = t.index_2d
    out[y, x] = image[y, image.shape[1] - 1 - x]


TRANSPOSED = (
    "rows and columns are interchanged. `x, y = cuda.grid(2)`: x counts along a row, so it is the column, and "
    "an array is indexed `[y, x]`."
)
NO_GUARD = "there is no guard. In both directions the last blocks reach past the image."

EXERCISE = KernelExercise(
    name="lab01.flip",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 4), (3, 2), (2, 5), (4, 3), (3, 6), (6, 5)),
    fresh=((8, 16), (17, 33), (40, 19)),
    misconceptions=(
        Misconception("no guard", NO_GUARD, detect=no_guard),
        Misconception("transposed", TRANSPOSED, body=_x_is_row),
        Misconception("transposed", TRANSPOSED, body=_transposed_store),
        Misconception(
            "transposed",
            "the guard has rows and columns interchanged: x is a column, so compare it with `image.shape[1]`.",
            body=_guard_interchanged,
        ),
        Misconception("not flipped", "the image is copied as it is.", body=_copied),
        Misconception(
            "wrong axis",
            "the image is upside down: the rows stay, the columns are reversed.",
            body=_upside_down,
        ),
        Misconception("wrong axis", "the image is flipped in both directions: leave the rows.", body=_turned),
        Misconception(
            "negative index",
            "column 0 is in the wrong place, silently: index -x is 0 for x = 0, and Numba wraps the others to "
            "the end. The mirror of column 0 is column width - 1.",
            body=_minus_x,
        ),
        Misconception(
            "off by one",
            "you read one column too far: the mirror of column 0 is column width - 1. In `image[y, width]` no "
            "bound of the row stops you; the next row's first element comes.",
            body=_one_too_far,
        ),
        Misconception(
            "half a guard",
            "only the columns are guarded. Threads below the last row need a guard too.",
            body=_one_guard_x,
        ),
        Misconception(
            "half a guard",
            "only the rows are guarded. Threads right of the last column wrap or run into the next row.",
            body=_one_guard_y,
        ),
        Misconception(
            "local index", "you used the thread's index within its block; count across blocks.", body=_local
        ),
        Misconception(
            "off by one",
            "your guard lets one row and one column too many through: use `<`.",
            body=_off_by_one,
        ),
        Misconception("no guard", NO_GUARD, body=_unguarded),
    ),
)
