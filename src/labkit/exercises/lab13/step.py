"""``lab13.step``: arithmetic and communication overlap; the pipeline's bubble comes on top."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases


def specification(compute: float, communication: float, stages: int, micro_batches: int) -> float:
    return max(compute, communication) * (micro_batches + stages - 1) / micro_batches


READABLE = (
    {"compute": 6, "communication": 2, "stages": 3, "micro_batches": 4},
    {"compute": 2, "communication": 6, "stages": 3, "micro_batches": 4},
    {"compute": 17.8, "communication": 5.4, "stages": 16, "micro_batches": 120},
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    return {
        "compute": round(float(rng.uniform(2, 40)), 2),
        "communication": round(float(rng.uniform(2, 40)), 2),
        "stages": int(rng.integers(2, 33)),
        "micro_batches": int(rng.integers(8, 256)),
    }


EXERCISE = FunctionExercise(
    name="lab13.step",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3),
    fresh=(11, 12, 13, 14),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "no overlap",
            "you added the two. They run at the same time, on different SMs: the longer hides the shorter.",
            model=lambda compute, communication, stages, micro_batches: specification(
                compute + communication, 0, stages, micro_batches
            ),
        ),
        Misconception(
            "shorter of the two",
            "you took the shorter. A step is over when *both* are done.",
            model=lambda compute, communication, stages, micro_batches: specification(
                min(compute, communication), 0, stages, micro_batches
            ),
        ),
        Misconception(
            "communication forgotten",
            "communication is missing: where it takes longer than the arithmetic, it sets the time.",
            model=lambda compute, communication, stages, micro_batches: specification(
                compute, 0, stages, micro_batches
            ),
        ),
        Misconception(
            "bubble forgotten",
            "the bubble is missing: at both ends of a step `stages - 1` places of the pipeline stand idle.",
            model=lambda compute, communication, stages, micro_batches: max(compute, communication),
        ),
        Misconception(
            "bubble on one side",
            "you put the bubble on the arithmetic alone. Where the exchange is the longer, the pipeline waits at the "
            "ends of the step just the same.",
            model=lambda compute, communication, stages, micro_batches: max(
                specification(compute, 0, stages, micro_batches), communication
            ),
        ),
        Misconception(
            "bubble subtracted",
            "the bubble makes your step shorter. GPUs wait in it: divide by what is left.",
            model=lambda compute, communication, stages, micro_batches: (
                max(compute, communication) * micro_batches / (micro_batches + stages - 1)
            ),
        ),
        Misconception(
            "bubble added as a share",
            "you multiplied by one plus the bubble's share. The share is of the *whole* step: divide by `1 - share`.",
            model=lambda compute, communication, stages, micro_batches: (
                max(compute, communication) * (1 + (stages - 1) / (micro_batches + stages - 1))
            ),
        ),
        Misconception(
            "one stage too many",
            "a pipeline of one stage has no bubble: `stages - 1` places are idle, not `stages`.",
            model=lambda compute, communication, stages, micro_batches: (
                max(compute, communication) * (micro_batches + stages) / micro_batches
            ),
        ),
    ),
)
