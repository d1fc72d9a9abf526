"""``lab13.compute``: seconds of arithmetic in a step, with SMs reserved and a part in FP8."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip


def specification(
    flop: float,
    gpus: int,
    peak_tflops: float,
    efficiency: float,
    k: int,
    sms: int,
    share: float,
    speedup: float,
) -> float:
    return _seconds(flop, gpus, peak_tflops, efficiency, sms / (sms - k), 1 - share + share / speedup)


def _seconds(
    flop: float, gpus: int, peak_tflops: float, efficiency: float, sm_factor: float, precision: float
) -> float:
    return flop / (gpus * peak_tflops * 1e12 * efficiency) * sm_factor * precision


READABLE = (
    {
        "flop": 1.2e16,
        "gpus": 10,
        "peak_tflops": 100,
        "efficiency": 0.5,
        "k": 20,
        "sms": 120,
        "share": 0.5,
        "speedup": 2,
    },
    {
        "flop": 1.576e19,
        "gpus": 2048,
        "peak_tflops": 989.5,
        "efficiency": 0.38,
        "k": 20,
        "sms": 132,
        "share": 0.7,
        "speedup": 1.6,
    },
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    return {
        "flop": float(f"{10 ** rng.uniform(17, 20):.3g}"),
        "gpus": int(rng.integers(8, 4096)),
        "peak_tflops": round(float(rng.uniform(100, 2500)), 1),
        "efficiency": round(float(rng.uniform(0.2, 0.7)), 2),
        "k": int(rng.integers(1, 40)),
        "sms": int(rng.choice([108, 132, 148])),
        "share": round(float(rng.uniform(0.3, 0.9)), 2),
        "speedup": round(float(rng.uniform(1.2, 2.0)), 2),
    }


def _with(sm_factor: object = None, precision: object = None) -> object:
    """The specification with another factor for the SMs or for the precision."""

    def model(
        flop: float,
        gpus: int,
        peak_tflops: float,
        efficiency: float,
        k: int,
        sms: int,
        share: float,
        speedup: float,
    ) -> float:
        sm = sms / (sms - k) if sm_factor is None else sm_factor(k, sms)
        mixed = 1 - share + share / speedup if precision is None else precision(share, speedup)
        return _seconds(flop, gpus, peak_tflops, efficiency, sm, mixed)

    return model


EXERCISE = FunctionExercise(
    name="lab13.compute",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "fewer SMs, faster",
            "reserved SMs make your arithmetic *faster*. Those that are left take longer: times `sms / (sms - k)`.",
            model=_with(sm_factor=lambda k, sms: (sms - k) / sms),
        ),
        Misconception(
            "share added",
            "you added the share `k / sms`. What is left is `(sms - k) / sms`, and time is one over that.",
            model=_with(sm_factor=lambda k, sms: 1 + k / sms),
        ),
        Misconception(
            "only the reserved compute",
            "you let the `k` reserved SMs compute. They move data; the others compute.",
            model=_with(sm_factor=lambda k, sms: sms / k),
        ),
        Misconception(
            "SMs forgotten",
            "`k` changes nothing in your function: reserved SMs do no arithmetic.",
            model=_with(sm_factor=lambda k, sms: 1),
        ),
        Misconception(
            "all in FP8",
            "you sped up everything. Only a `share` of the BF16 time runs `speedup` times as fast (Amdahl).",
            model=_with(precision=lambda share, speedup: 1 / speedup),
        ),
        Misconception(
            "share of the speed-up",
            "you averaged the *speeds*. Times add up, speeds do not: `1 - share + share / speedup`.",
            model=_with(precision=lambda share, speedup: 1 / (1 - share + share * speedup)),
        ),
        Misconception(
            "all of the share saved",
            "`share / speedup` is the time that the FP8 part still takes, and you subtracted it. Add it: `1 - share + "
            "share / speedup`.",
            model=_with(precision=lambda share, speedup: 1 - share / speedup),
        ),
        Misconception(
            "FP8 forgotten",
            "`share` and `speedup` change nothing in your function.",
            model=_with(precision=lambda share, speedup: 1),
        ),
        Misconception(
            "FP8 slower",
            "FP8 makes your arithmetic slower: divide the share by `speedup`.",
            model=_with(precision=lambda share, speedup: 1 - share + share * speedup),
        ),
        Misconception(
            "one GPU for all",
            "that is the time of one GPU. All `gpus` work at once.",
            model=lambda **inputs: specification(**(inputs | {"gpus": 1})),
        ),
        Misconception(
            "at full peak",
            "nobody reaches the peak: times `efficiency`.",
            model=lambda **inputs: specification(**(inputs | {"efficiency": 1.0})),
        ),
        Misconception(
            "efficiency multiplied",
            "you multiplied the time by `efficiency`. It makes the rate smaller, and so the time longer: divide.",
            model=lambda **inputs: specification(**inputs) * inputs["efficiency"] ** 2,
        ),
        slip("TFLOP for FLOP", "the peak comes in TFLOP/s: times 1e12.", specification, 1e12),
        slip("hours for seconds", "these are hours. The exercise asks for seconds.", specification, 1 / 3600),
    ),
)
