"""``lab03.swap``: wrong. Lanes of one warp hand each other values, and nothing orders them."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab03.whole_blocks import one_thread_an_element


def specification(x: np.ndarray) -> np.ndarray:
    return x.reshape(-1, 2)[:, ::-1].ravel()


def _own_value(t, x, out):
    out[t.index] = x[t.index]


EXERCISE = HuntExercise(
    name="lab03.swap",
    truth="b",
    findings={
        "a": Finding(
            NOTHING_WRONG,
            "lanes of one warp look as if they moved together, and since Volta nothing promises that they do.",
        ),
        "b": Finding(
            "no order between write and read",
            "Yes: the neighbour's value is read, and nothing says that it has been written.",
        ),
        "c": Finding(
            "out of bounds",
            "`t ^ 1` changes the last bit of `t` only: 30 becomes 31, 31 becomes 30. It never leaves the tile.",
        ),
        "d": Finding(
            "two writers",
            "each thread writes `s[t]`, an element of its own. Look at who reads it.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.swap",
        specification=specification,
        make=one_thread_an_element(32),
        ladder=(32, 64),
        fresh=(32, 96, 320),
        misconceptions=(
            Misconception(
                "own value",
                "each element keeps its place. The task is to swap neighbours, and to do it safely.",
                body=_own_value,
            ),
        ),
    ),
)
