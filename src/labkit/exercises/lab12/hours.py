"""``lab12.hours``: FLOP to GPU-hours."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip


def specification(flop: float, mfu: float, peak_tflops: float) -> float:
    return flop / (mfu * peak_tflops * 1e12) / 3600


READABLE = (
    {"flop": 3.6e18, "mfu": 0.5, "peak_tflops": 100.0},
    {"flop": 1.8e21, "mfu": 0.25, "peak_tflops": 400.0},
    {"flop": 3.7e24, "mfu": 0.39, "peak_tflops": 989.5},
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    return {
        "flop": float(f"{10 ** rng.uniform(20, 26):.3g}"),
        "mfu": round(float(rng.uniform(0.15, 0.6)), 3),
        "peak_tflops": round(float(rng.uniform(100, 2500)), 1),
    }


EXERCISE = FunctionExercise(
    name="lab12.hours",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        slip("seconds for hours", "these are GPU-seconds. An hour has 3600 of them.", specification, 3600),
        slip("minutes for hours", "these are GPU-minutes: you divided by 60 once only.", specification, 60),
        slip("days for hours", "these are GPU-days. The exercise asks for GPU-hours.", specification, 1 / 24),
        slip(
            "hours for seconds",
            "you multiplied by 3600; seconds to hours is a division.",
            specification,
            3600**2,
        ),
        slip(
            "TFLOP for FLOP", "the peak comes in TFLOP/s: times 1e12 before you divide.", specification, 1e12
        ),
        slip("GFLOP for TFLOP", "1e9 is giga. A TFLOP is 1e12.", specification, 1e3),
        slip("PFLOP for TFLOP", "1e15 is peta. A TFLOP is 1e12.", specification, 1e-3),
        Misconception(
            "peak without MFU",
            "that is the time at full peak, which nobody reaches. Only a share `mfu` of it does useful work.",
            model=lambda flop, mfu, peak_tflops: specification(flop, 1.0, peak_tflops),
        ),
        Misconception(
            "multiplied by MFU",
            "a GPU that is used less takes longer: divide by `mfu`, do not multiply.",
            model=lambda flop, mfu, peak_tflops: specification(flop, 1 / mfu, peak_tflops),
        ),
        slip(
            "percent for share",
            "`mfu` is a share already, between 0 and 1: not in percent.",
            specification,
            100,
        ),
    ),
)
