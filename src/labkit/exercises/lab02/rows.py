"""``lab02.rows``: row and column from one index, and which of the two a lane should walk along."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.counted import dearest_line, sectors_a_request
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.checking.score import Score
from labkit.exercises.lab01.guard import no_guard
from labkit.exercises.numbers import image


def specification(a: np.ndarray, offset: np.ndarray) -> np.ndarray:
    return a - offset[:, None]


def make(rng: np.random.Generator, size: tuple[int, int], readable: bool) -> Case:
    height, width = size
    threads = 8 if height * width < 100 else 128
    offset = (100 * np.arange(1, height + 1) if readable else rng.integers(1, 999, height)).astype(np.int32)
    arguments = {"a": image(rng, size, readable), "offset": offset, "out": unwritten_like(size, np.int32)}
    return Case(size, arguments, blocks=-(-height * width // threads), threads=threads)


def measured() -> Case:
    return make(np.random.default_rng(2), (64, 64), False)


def _at(place, which=lambda row, column: row, guard=lambda i, a: i < a.size, sign=1):
    """A mistaken kernel: ``place(i, height, width)`` is row and column, ``which`` the offset's index."""

    def body(t, a, offset, out):
        if guard(t.index, a):
            row, column = place(t.index, *a.shape)
            out[row, column] = sign * (a[row, column] - offset[which(row, column)])

    return body


def _by_rows(i, height, width):
    return i // width, i % width


def _flat_offset(t, a, offset, out):
    if t.index < a.size:
        row, column = t.index // a.shape[1], t.index % a.shape[1]
        out[row, column] = a[row, column] - offset[t.index]


GUARD = "there is no guard. The last block has more threads than there are elements left."
HEIGHT = (
    "you divide by the height. Counting along the rows, a row is full after `width` elements: "
    "`i // width` is the row, `i % width` the column."
)

EXERCISE = KernelExercise(
    name="lab02.rows",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=((1, 1), (1, 3), (2, 2), (2, 3), (3, 2), (2, 5), (5, 2), (3, 4), (4, 4)),
    fresh=((8, 16), (17, 33), (40, 19)),
    misconceptions=(
        Misconception("no guard", GUARD, detect=no_guard),
        Misconception("no guard", GUARD, body=_at(_by_rows, guard=lambda i, a: True)),
        Misconception("wrong divisor", HEIGHT, body=_at(lambda i, h, w: (i // h, i % h))),
        Misconception(
            "wrong divisor",
            "the row is counted with the height and the column with the width: two ways of counting at once. "
            "Divide by the width for both, `i // width` and `i % width`.",
            body=_at(lambda i, h, w: (i % h, i // w)),
        ),
        Misconception(
            "swapped",
            "row and column are interchanged: the one that changes fastest, `i % width`, is the column.",
            body=_at(lambda i, h, w: (i % w, i // w)),
        ),
        Misconception(
            "offset of the column",
            "each *row* has an offset of its own: `offset[row]`. You took the column's.",
            body=_at(_by_rows, which=lambda row, column: column),
        ),
        Misconception(
            "offset of the element",
            "`offset` has one number a row, not one an element: its index is the row.",
            body=_flat_offset,
        ),
        Misconception("swapped operands", "the sign is wrong: a minus offset.", body=_at(_by_rows, sign=-1)),
        Misconception(
            "off by one",
            "your guard lets one thread too many through: the last index is `a.size - 1`.",
            body=_at(_by_rows, guard=lambda i, a: i <= a.size),
        ),
        Misconception(
            "only one column",
            "the guard compares with the height, so only as many elements as there are rows are done.",
            body=_at(_by_rows, guard=lambda i, a: i < a.shape[0]),
        ),
        Misconception(
            "only one row",
            "the guard compares with the width, so only one row is done.",
            body=_at(_by_rows, guard=lambda i, a: i < a.shape[1]),
        ),
    ),
    score=Score(
        unit="sectors a request",
        measure=sectors_a_request,
        case=measured,
        goal=3,
        advice="Lanes 0 and 1 of a warp have neighbouring indices. Do their elements lie side by side in a row?",
        place=dearest_line,
    ),
)
