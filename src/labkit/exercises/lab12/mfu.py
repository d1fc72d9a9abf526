"""``lab12.mfu``: utilisation from a throughput, and of which peak."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip


def specification(
    gflop_per_token: float, tokens_per_day: float, gpus: int, peaks_tflops: dict[str, float]
) -> float:
    per_gpu = gflop_per_token * 1e9 * tokens_per_day / 86_400 / gpus
    return per_gpu / (peaks_tflops["bf16"] * 1e12)


def _peaks(bf16: float, fp8: float) -> dict[str, float]:
    """FP8 is not just twice BF16 on these made-up chips, so that each peak gives a result of its own."""
    return {"bf16": bf16, "bf16_sparse": 2 * bf16, "fp8": fp8, "fp8_sparse": 2 * fp8}


READABLE = (
    {"gflop_per_token": 10, "tokens_per_day": 86_400e6, "gpus": 100, "peaks_tflops": _peaks(500, 900)},
    {"gflop_per_token": 50, "tokens_per_day": 17_280e6, "gpus": 50, "peaks_tflops": _peaks(400, 700)},
    {"gflop_per_token": 250, "tokens_per_day": 272.8e9, "gpus": 2048, "peaks_tflops": _peaks(990, 1900)},
)


def drawn(rng: np.random.Generator) -> dict[str, Any]:
    gpus, bf16 = int(rng.integers(8, 30_000)), float(rng.integers(200, 2500))
    gflop, reached = round(float(rng.uniform(5, 3000)), 1), float(rng.uniform(0.2, 0.6))
    tokens = reached * bf16 * 1e12 * gpus * 86_400 / (gflop * 1e9)
    return {
        "gflop_per_token": gflop,
        "tokens_per_day": float(f"{tokens:.4g}"),
        "gpus": gpus,
        "peaks_tflops": _peaks(bf16, round(bf16 * float(rng.uniform(1.6, 1.95)))),
    }


def _of(peak: str) -> Any:
    def model(**inputs: Any) -> float:
        return specification(**inputs) * inputs["peaks_tflops"]["bf16"] / inputs["peaks_tflops"][peak]

    return model


EXERCISE = FunctionExercise(
    name="lab12.mfu",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "sparse peak for dense",
            "you divided by a sparse peak. It holds for matrices of which half the numbers are zero by a fixed "
            "pattern; training uses dense ones.",
            model=_of("bf16_sparse"),
        ),
        Misconception(
            "FP8 peak for BF16",
            "you divided by the FP8 peak. The exercise asks for MFU of the dense BF16 peak, as the papers have it.",
            model=_of("fp8"),
        ),
        Misconception(
            "sparse peak for dense",
            "you divided by the sparse FP8 peak: the wrong format, and zeros that are not there.",
            model=_of("fp8_sparse"),
        ),
        slip(
            "hours for seconds",
            "a day has 86,400 seconds. You divided by its 24 hours, and FLOP/s are FLOP a second.",
            specification,
            3600,
        ),
        slip(
            "days for seconds",
            "FLOP/s are FLOP a second, and this is FLOP a day: divide by 86,400.",
            specification,
            86_400,
        ),
        slip(
            "an hour for a day",
            "a day has 86,400 seconds; 3,600 are those of an hour.",
            specification,
            24,
        ),
        slip("minutes for seconds", "a day has 86,400 seconds; 1,440 are its minutes.", specification, 60),
        slip(
            "in percent",
            "this is in percent. A share is asked for, between 0 and 1.",
            specification,
            100,
        ),
        Misconception(
            "all GPUs for one",
            "that is what all GPUs do together, over the peak of one. Divide by the number of GPUs.",
            model=lambda **inputs: specification(**inputs) * inputs["gpus"],
        ),
        slip(
            "GFLOP for TFLOP",
            "a thousandfold too large: GFLOP are 1e9 and TFLOP are 1e12. Bring both to FLOP first.",
            specification,
            1e3,
        ),
        slip(
            "GFLOP for FLOP",
            "the FLOPs of a token come in GFLOP: times 1e9.",
            specification,
            1e-9,
        ),
        slip("TFLOP for FLOP", "the peak comes in TFLOP/s: times 1e12.", specification, 1e12),
    ),
)
