"""``lab03.running_sum``: wrong. In one round a thread writes what another one still reads."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab03.whole_blocks import one_thread_an_element

WIDTH = 64


def specification(x: np.ndarray) -> np.ndarray:
    return x.astype(np.float64).reshape(-1, WIDTH).cumsum(axis=1).ravel()


def _neighbours_only(t, x, out):
    i = t.index
    out[i] = float(x[i]) + (x[i - 1] if t.local else 0)


EXERCISE = HuntExercise(
    name="lab03.running_sum",
    truth="c",
    findings={
        "a": Finding(
            NOTHING_WRONG,
            "there is a barrier between two rounds. Look inside one round: `s[t] += s[t - d]` reads an element "
            "that its owner changes in the same line.",
        ),
        "b": Finding(
            "barrier in a condition",
            "the barrier is outside the `if`, and all threads take the same number of rounds.",
        ),
        "c": Finding(
            "read and write in one round",
            "Yes: thread `t` reads `s[t - d]` while thread `t - d` adds to it.",
        ),
        "d": Finding(
            "negative index",
            "`if t >= d` keeps `t - d` from going below 0.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.running_sum",
        specification=specification,
        make=one_thread_an_element(WIDTH),
        ladder=(64, 128),
        fresh=(64, 192, 320),
        misconceptions=(
            Misconception(
                "one round only",
                "only the left neighbour is added. All rounds are needed, with `d` doubling.",
                body=_neighbours_only,
            ),
        ),
    ),
)
