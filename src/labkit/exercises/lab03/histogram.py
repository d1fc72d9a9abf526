"""``lab03.histogram``: right. Atomics meet atomics, and two barriers keep them apart from the rest."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case
from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise

BINS, THREADS = 16, 64


def specification(x: np.ndarray) -> np.ndarray:
    return np.bincount(x, minlength=BINS)


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {"x": rng.integers(0, BINS, size).astype(np.int32), "out": np.zeros(BINS, np.int32)}
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS)


EXERCISE = HuntExercise(
    name="lab03.histogram",
    truth="b",
    findings={
        "a": Finding(
            "atomics race",
            "two atomic additions to one bin never race: each is one step, and no count is lost.",
        ),
        "b": Finding(
            NOTHING_WRONG,
            "Yes: atomics may meet each other, and barriers keep the clearing, the counting and the reading "
            "apart.",
        ),
        "c": Finding(
            "barrier in a condition",
            "both barriers stand outside the `if`s: a thread without an element skips the work and still comes.",
        ),
        "d": Finding(
            "blocks race",
            "all blocks add to `out`, but each addition is atomic, and nobody reads `out` while they do.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.histogram",
        specification=specification,
        make=make,
        ladder=(1, 16, 64, 100),
        fresh=(64, 333, 1000),
    ),
)
