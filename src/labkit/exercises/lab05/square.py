"""``lab05.square``: four by four results a thread, so that eight values make sixteen products."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab05 import signs
from labkit.exercises.lab05.matrices import Shape, product, specification
from labkit.exercises.lab05.timed import timed

SIDE = 64
THREADS = 256


def make(rng: np.random.Generator, shape: Shape, readable: bool) -> Case:
    m, _, n = shape
    return product(rng, shape, readable, (n // SIDE, m // SIDE), THREADS)


def large() -> Case:
    return make(np.random.default_rng(5), (768, 128, 1344), False)


def small() -> Case:
    return make(np.random.default_rng(5), (128, 64, 128), False)


EXERCISE = KernelExercise(
    name="lab05.square",
    specification=specification,
    make=make,
    ladder=((64, 16, 64), (64, 16, 128), (128, 16, 64), (64, 32, 64), (128, 48, 64)),
    fresh=((128, 32, 128), (64, 80, 128), (128, 16, 64)),
    score=timed(
        "square",
        large,
        small,
        goal=1.25,
        too_much=3.5,
        advice="Eight values of the tiles serve sixteen multiplications. Fetch four of them at once: "
        "`alignment=16` for the tile, an index that cannot be negative, and neighbours in a row.",
    ),
    misconceptions=(
        signs.BARRIER_SKIPPED,
        signs.NO_BARRIER,
        signs.TILE_NOT_FILLED,
        signs.NO_GUARD,
        signs.NO_GUARD_ON_C,
        signs.SAME_PLACE,
        signs.ADDS_TO_THE_MARK,
        Misconception(
            "too few results",
            "what is written is right, and some results are missing. 256 threads for 64 x 64 results: each stores "
            "sixteen.",
            detect=signs.some_never_written,
        ),
        Misconception(
            "stored in the wrong places",
            "every result is there, in the wrong place of its block. The row and the column that a thread reads for "
            "its sum `i, j` are those in which it stores that sum.",
            detect=signs.results_exchanged(SIDE),
        ),
        signs.WRONG_STEP,
    ),
)
