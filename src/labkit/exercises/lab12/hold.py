"""``lab12.hold``: how many GPUs it takes only to hold the weights. GB or GiB, stored or met, up or down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Outcome
from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases


def specification(stored_billion: float, met_billion: float, bytes_each: float, gpu_gib: int) -> int:
    return math.ceil(stored_billion * 1e9 * bytes_each / (gpu_gib * 2**30))


READABLE = (
    {"stored_billion": 100, "met_billion": 20, "bytes_each": 2, "gpu_gib": 16},
    {"stored_billion": 300, "met_billion": 30, "bytes_each": 1, "gpu_gib": 40},
    {"stored_billion": 671, "met_billion": 37, "bytes_each": 2, "gpu_gib": 80},
    {"stored_billion": 1600, "met_billion": 400, "bytes_each": 2, "gpu_gib": 24},
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    """Sizes at which GB and GiB, and up and down, come out differently."""
    while True:
        stored = round(float(rng.uniform(200, 3000)), 1)
        case = {
            "stored_billion": stored,
            "met_billion": round(stored * float(rng.uniform(0.05, 0.4)), 1),
            "bytes_each": int(rng.choice([1, 2, 4])),
            "gpu_gib": int(rng.choice([16, 24, 40, 80, 141])),
        }
        if len({specification(**case), _with(2**30, 1e9)(**case), _floor(**case)}) == 3:
            return case


def _with(there: float, here: float, rounding: Any = math.ceil) -> Any:
    """The specification with ``here`` bytes a unit of the GPU's memory instead of ``there``."""

    def model(stored_billion: float, met_billion: float, bytes_each: float, gpu_gib: int) -> Any:
        return rounding(stored_billion * 1e9 * bytes_each / (gpu_gib * here))

    return model


def _floor(stored_billion: float, met_billion: float, bytes_each: float, gpu_gib: int) -> int:
    return int(stored_billion * 1e9 * bytes_each // (gpu_gib * 2**30))


def _not_whole(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    values = [outcome.got["result"].item() for outcome in outcomes if outcome.got is not None]
    return any(isinstance(value, float) and not value.is_integer() for value in values)


EXERCISE = FunctionExercise(
    name="lab12.hold",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3, 4),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "not a whole number",
            "there is no part of a GPU to buy: round up to a whole number.",
            detect=_not_whole,
        ),
        Misconception(
            "GB for GiB",
            "you took a GiB for 1e9 bytes. A GiB is `2**30` bytes, seven percent more; the weights come in billions "
            "of numbers, so the two meet here.",
            model=_with(2**30, 1e9),
        ),
        Misconception(
            "GB for GiB",
            "you took a billion for 2**30. Parameters are counted in tens; only the memory is in GiB.",
            model=lambda stored_billion, met_billion, bytes_each, gpu_gib: math.ceil(
                stored_billion * bytes_each * 2**30 / (gpu_gib * 1e9)
            ),
        ),
        Misconception(
            "met for stored",
            "you used the parameters that one token meets. The next token meets others: all must be held.",
            model=lambda stored_billion, met_billion, bytes_each, gpu_gib: specification(
                met_billion, 0, bytes_each, gpu_gib
            ),
        ),
        Misconception(
            "rounded to the nearest",
            "you rounded to the nearest whole number: where that is down, the last weights have no place.",
            model=_with(1e9, 2**30, round),
        ),
        Misconception("rounded down", "you rounded down: the last weights have no place.", model=_floor),
        Misconception(
            "bytes forgotten",
            "each parameter has `bytes_each` bytes.",
            model=lambda stored_billion, met_billion, bytes_each, gpu_gib: specification(
                stored_billion, 0, 1, gpu_gib
            ),
        ),
        Misconception(
            "bits for bytes",
            "you multiplied by 8 as well. Memory is counted in bytes, not in bits.",
            model=lambda stored_billion, met_billion, bytes_each, gpu_gib: specification(
                stored_billion, 0, 8 * bytes_each, gpu_gib
            ),
        ),
    ),
)
