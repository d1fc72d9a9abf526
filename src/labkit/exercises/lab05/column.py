"""``lab05.column``: eight results a thread, so that a value fetched once is used eight times."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab05 import signs
from labkit.exercises.lab05.matrices import Shape, product, specification
from labkit.exercises.lab05.timed import timed

SIDE = 32
THREADS = 128


def make(rng: np.random.Generator, shape: Shape, readable: bool) -> Case:
    m, _, n = shape
    return product(rng, shape, readable, (n // SIDE, m // SIDE), THREADS)


def large() -> Case:
    return make(np.random.default_rng(5), (448, 32, 1152), False)


def small() -> Case:
    return make(np.random.default_rng(5), (64, 64, 64), False)


EXERCISE = KernelExercise(
    name="lab05.column",
    specification=specification,
    make=make,
    ladder=((32, 16, 32), (32, 16, 64), (64, 16, 32), (32, 32, 32), (64, 48, 96)),
    fresh=((64, 32, 64), (32, 80, 96), (96, 16, 32)),
    score=timed(
        "column",
        large,
        small,
        goal=1.35,
        too_much=3,
        advice="Look at the inner loop: for eight multiplications it needs nine loads of shared memory, and no more.",
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
            "what is written is right, and some results are missing. 128 threads for 32 x 32 results: each stores "
            "eight.",
            detect=signs.some_never_written,
        ),
        Misconception(
            "stored in the wrong rows",
            "every result is there, in the wrong row of its block. The row that a thread reads from A's tile for "
            "its sum `i` is the row in which it stores that sum.",
            detect=signs.results_exchanged(SIDE),
        ),
        signs.WRONG_STEP,
    ),
)
