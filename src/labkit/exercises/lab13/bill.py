"""``lab13.bill``: from the time of a step to GPU-hours, USD and days."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases


def specification(
    step_seconds: float, tokens_trillion: float, tokens_per_step: float, gpus: int, usd_per_gpu_hour: float
) -> tuple[float, float, float]:
    hours = tokens_trillion * 1e12 / tokens_per_step * step_seconds / 3600
    return gpus * hours, gpus * hours * usd_per_gpu_hour, hours / 24


READABLE = (
    {
        "step_seconds": 36,
        "tokens_trillion": 1,
        "tokens_per_step": 1e9,
        "gpus": 100,
        "usd_per_gpu_hour": 2,
    },
    {
        "step_seconds": 19.926,
        "tokens_trillion": 14.8,
        "tokens_per_step": 62_914_560,
        "gpus": 2048,
        "usd_per_gpu_hour": 2,
    },
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    return {
        "step_seconds": round(float(rng.uniform(2, 60)), 3),
        "tokens_trillion": round(float(rng.uniform(0.5, 30)), 1),
        "tokens_per_step": int(rng.integers(4, 90)) * 2**20,
        "gpus": int(rng.integers(3, 500)) * 8,
        "usd_per_gpu_hour": round(float(rng.uniform(1.2, 5)), 2),
    }


def _factors(hours: float, usd: float, days: float) -> object:
    """The specification, each result times a factor of its own."""

    def model(**inputs: float) -> tuple[float, ...]:
        return tuple(a * b for a, b in zip(specification(**inputs), (hours, usd, days), strict=True))

    return model


def _all_gpus_wait(**inputs: float) -> tuple[float, float, float]:
    hours, usd, days = specification(**inputs)
    return hours, usd, days * inputs["gpus"]


def _one_gpu(**inputs: float) -> tuple[float, float, float]:
    return specification(**(inputs | {"gpus": 1}))


def _priced_by_the_hour(**inputs: float) -> tuple[float, float, float]:
    hours, usd, days = specification(**inputs)
    return hours, usd / inputs["gpus"], days


EXERCISE = FunctionExercise(
    name="lab13.bill",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "seconds for hours",
            "you did not divide by 3600: these are GPU-seconds, and the rest follows from them.",
            model=_factors(3600, 3600, 3600),
        ),
        Misconception("hours for days", "the days are hours: divide by 24.", model=_factors(1, 1, 24)),
        Misconception(
            "GPU-days for days",
            "you divided GPU-hours by 24 without dividing by the GPUs. They work at the same time.",
            model=_all_gpus_wait,
        ),
        Misconception(
            "hours for GPU-hours",
            "you counted the hours of one GPU. Each of `gpus` is paid for.",
            model=_one_gpu,
        ),
        Misconception(
            "price of one GPU",
            "the USD are those of a single GPU: GPU-hours times price.",
            model=_priced_by_the_hour,
        ),
        Misconception(
            "trillion forgotten",
            "`tokens_trillion` comes in trillions: times 1e12.",
            model=_factors(1e-12, 1e-12, 1e-12),
        ),
        Misconception("billion for trillion", "a trillion is 1e12.", model=_factors(1e-3, 1e-3, 1e-3)),
    ),
)
