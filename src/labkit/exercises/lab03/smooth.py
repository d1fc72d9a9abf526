"""``lab03.smooth``: right. Two buffers that change places need one barrier a round."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise
from labkit.exercises.lab03.whole_blocks import one_thread_an_element

WIDTH = 64


def specification(x: np.ndarray, rounds: int) -> np.ndarray:
    rows = x.astype(np.float64).reshape(-1, WIDTH)
    for _ in range(rounds):
        wide = np.pad(rows, ((0, 0), (1, 1)), mode="edge")
        rows = (wide[:, :-2] + wide[:, 2:]) / 2
    return rows.ravel()


def _rounds(rng: np.random.Generator) -> int:
    return int(rng.integers(0, 6))


EXERCISE = HuntExercise(
    name="lab03.smooth",
    truth="a",
    findings={
        "a": Finding(
            NOTHING_WRONG,
            "Yes: a round reads one buffer and writes the other, so one barrier a round is enough.",
        ),
        "b": Finding(
            "second barrier wanted",
            "what is read in this round is written in the next, and the barrier at the end stands between them.",
        ),
        "c": Finding(
            "negative index",
            "`max(t - 1, 0)` is never negative: thread 0 reads its own element twice.",
        ),
        "d": Finding(
            "barrier in a loop",
            "all threads of the block take the same number of rounds, so all come to the barrier each time.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.smooth",
        specification=specification,
        make=one_thread_an_element(WIDTH, rounds=_rounds),
        ladder=(64, 128),
        fresh=(64, 192, 320),
    ),
)
