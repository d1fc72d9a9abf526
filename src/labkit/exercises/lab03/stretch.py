"""``lab03.stretch``: right. No thread ever looks at another one's element."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise
from labkit.exercises.lab03.whole_blocks import one_thread_an_element


def specification(x: np.ndarray) -> np.ndarray:
    return 2 * x.astype(np.float64) + 1


EXERCISE = HuntExercise(
    name="lab03.stretch",
    truth="d",
    findings={
        "a": Finding(
            "barrier wanted everywhere",
            "a barrier orders what *different* threads do. Which thread reads the element that thread 5 wrote?",
        ),
        "b": Finding(
            "atomic wanted everywhere",
            "`s[t] += 1` is a read and a write, but of an element that only one thread ever touches.",
        ),
        "c": Finding(
            "unwritten",
            "the line above writes `s[t]`, and the same thread reads it. A thread sees its own writes in order.",
        ),
        "d": Finding(
            NOTHING_WRONG,
            "Yes: every element of `s` belongs to one thread, and a thread sees its own writes in order.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.stretch",
        specification=specification,
        make=one_thread_an_element(64),
        ladder=(64, 128),
        fresh=(64, 192, 640),
    ),
)
