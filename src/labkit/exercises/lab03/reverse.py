"""``lab03.reverse``: wrong. Threads without an element leave before the barrier."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab03.whole_blocks import one_thread_an_element

WIDTH = 64


def specification(x: np.ndarray) -> np.ndarray:
    pieces = [x[start : start + WIDTH][::-1] for start in range(0, x.size, WIDTH)]
    return np.concatenate(pieces)


def _whole_array(t, x, out):
    if t.index < x.size:
        out[t.index] = x[x.size - 1 - t.index]


EXERCISE = HuntExercise(
    name="lab03.reverse",
    truth="b",
    findings={
        "a": Finding(
            NOTHING_WRONG,
            "as long as the last block is full, it is. Try a size that is no multiple of 64.",
        ),
        "b": Finding(
            "returns before the barrier",
            "Yes: in a block that is part full, some threads leave, and the others wait for them.",
        ),
        "c": Finding(
            "negative index",
            "`last` is the last element of *this* block, so `last - t` is at least 0 for each thread with an element.",
        ),
        "d": Finding(
            "blocks share a tile",
            "each block has a tile of its own. What one block does to `s`, no other block sees.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.reverse",
        specification=specification,
        make=one_thread_an_element(WIDTH),
        ladder=(1, 3, 64, 65, 100),
        fresh=(64, 100, 333),
        misconceptions=(
            Misconception(
                "whole array",
                "the whole array is turned round. Each block turns its own elements only.",
                body=_whole_array,
            ),
        ),
    ),
)
