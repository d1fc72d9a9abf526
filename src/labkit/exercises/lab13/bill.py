"""``lab13.bill``: from the time of a step to GPU-hours, USD and days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Outcome
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
    """Of 200,000 steps or more, so that who counts whole steps is within the tolerance, too."""
    tokens_per_step = int(rng.integers(4, 90)) * 2**20
    return {
        "step_seconds": round(float(rng.uniform(2, 60)), 3),
        "tokens_trillion": round(float(rng.uniform(0.2 * tokens_per_step / 1e6 + 0.1, 30)), 1),
        "tokens_per_step": tokens_per_step,
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


def _shared_out(**inputs: float) -> tuple[float, ...]:
    return tuple(value / inputs["gpus"] for value in specification(**inputs))


def _not_three(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    """Not three numbers, or the right three in another order."""
    finished = [(o.got["result"], o.expected["result"]) for o in outcomes if o.got is not None]
    if any(got.shape != (3,) for got, _ in finished):
        return "three numbers are asked for, in this order: GPU-hours, USD, days."
    pairs = [(np.sort(got.astype(float)), np.sort(want.astype(float))) for got, want in finished]
    return bool(pairs) and all(np.allclose(got, want, rtol=1e-6, atol=0) for got, want in pairs)


EXERCISE = FunctionExercise(
    name="lab13.bill",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "not these three",
            "the three numbers are right, and their order is another: GPU-hours, USD, days.",
            detect=_not_three,
        ),
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
            "a step shared out",
            "you divided the time of a step by the GPUs. `step_seconds` pass while all of them work side by side.",
            model=_shared_out,
        ),
        Misconception(
            "USD in millions",
            "these are millions of USD. The exercise asks for USD.",
            model=_factors(1, 1e-6, 1),
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
