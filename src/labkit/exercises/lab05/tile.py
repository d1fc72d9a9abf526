"""``lab05.tile``: one result a thread, from tiles in shared memory, for matrices of any shape."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab05 import signs
from labkit.exercises.lab05.matrices import Shape, product, specification
from labkit.exercises.lab05.timed import timed

SIDE = 16


def make(rng: np.random.Generator, shape: Shape, readable: bool) -> Case:
    m, _, n = shape
    return product(rng, shape, readable, (-(-n // SIDE), -(-m // SIDE)), (SIDE, SIDE))


def large() -> Case:
    return make(np.random.default_rng(5), (384, 32, 336), False)


def small() -> Case:
    return make(np.random.default_rng(5), (64, 64, 64), False)


EXERCISE = KernelExercise(
    name="lab05.tile",
    specification=specification,
    make=make,
    ladder=((1, 1, 1), (2, 2, 2), (2, 3, 4), (4, 2, 3), (16, 16, 16), (5, 17, 3), (16, 32, 16), (33, 40, 18)),
    fresh=((20, 50, 33), (48, 16, 64), (70, 31, 45)),
    score=timed(
        "tile",
        large,
        small,
        goal=1.25,
        too_much=1.75,
        advice="Look at the inner loop: two loads of shared memory and one multiplication are all that it needs.",
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
            "indices swapped in the tile",
            "the two indices of a tile are interchanged.",
            detect=signs.swapped,
        ),
        Misconception(
            "x is the row",
            "the results of a tile stand in the wrong places, row for column. `threadIdx.x` counts along a row, so it "
            "is the column.",
            detect=signs.gives(signs.tiled(lambda a, b: (a @ b).T)),
        ),
        Misconception(
            "x is the row",
            "what is written is right, and whole blocks are missing. `cuda.grid(2)` gives x first, and x is the "
            "column: `j, i = cuda.grid(2)`.",
            detect=signs.some_never_written,
        ),
        Misconception(
            "x is the row",
            "every result of a block is the same sum: `cuda.grid(2)` gives x first, and x is the column, so that "
            "`j, i = cuda.grid(2)`. Here the threads of a row fetch from different rows of A.",
            detect=signs.gives(signs.rows_along_x),
        ),
        Misconception(
            "rest left out",
            "the end of the sums is missing where their length is no multiple of 16: `A.shape[1] // 16` rounds down. "
            "A last step that is not full is a step too.",
            detect=signs.gives(signs.whole_steps),
        ),
        Misconception(
            "sum begins anew",
            "only the last step is in the result. The sum starts at zero once, before the loop over the steps.",
            detect=signs.gives(signs.last_step),
        ),
        Misconception(
            "wrong tile offset",
            "every step multiplies the first two tiles again. In the step that begins at `k0`, load column `k0 + x` "
            "of A and row `k0 + y` of B.",
            detect=signs.gives(signs.first_step_again),
        ),
        signs.WRONG_STEP,
    ),
)
