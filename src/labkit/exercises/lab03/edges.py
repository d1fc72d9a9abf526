"""``lab03.edges``: wrong. At the two ends of the array nobody fills the tile's border."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab03.whole_blocks import one_thread_an_element


def specification(x: np.ndarray) -> np.ndarray:
    return np.convolve(x.astype(np.float64), np.ones(3), "same")


def _wraps(t, x, out):
    i = t.index
    out[i] = float(x[i - 1]) + x[i] + (x[i + 1] if i + 1 < x.size else x[0])


def _repeats(t, x, out):
    i = t.index
    out[i] = float(x[max(i - 1, 0)]) + x[i] + x[min(i + 1, x.size - 1)]


EXERCISE = HuntExercise(
    name="lab03.edges",
    truth="d",
    findings={
        "a": Finding(
            NOTHING_WRONG,
            "shared memory does not begin as zeros. It holds what an earlier block left there.",
        ),
        "b": Finding(
            "two writers",
            "`s[0]` is written by thread 0 alone and `s[33]` by thread 31 alone; the others write between them.",
        ),
        "c": Finding(
            "no order between write and read",
            "the barrier stands between all writes and all reads. Is every element written, though?",
        ),
        "d": Finding(
            "border never written",
            "Yes: in the first block nobody writes `s[0]`, in the last block nobody writes `s[33]`.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.edges",
        specification=specification,
        make=one_thread_an_element(32),
        ladder=(32, 64, 96),
        fresh=(32, 128, 320),
        misconceptions=(
            Misconception(
                "wraps around",
                "the missing neighbours are taken from the other end of the array. They count as 0 here.",
                body=_wraps,
            ),
            Misconception(
                "edge repeated",
                "the missing neighbours repeat the element at the edge. They count as 0 here.",
                body=_repeats,
            ),
        ),
    ),
)
