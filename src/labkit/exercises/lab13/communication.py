"""``lab13.communication``: seconds to move a step's bytes with k SMs over a link."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip


def specification(gigabytes: float, k: int, sm_gbs: float, link_gbs: float) -> float:
    return gigabytes / min(link_gbs, k * sm_gbs)


READABLE = (
    {"gigabytes": 100, "k": 4, "sm_gbs": 2.5, "link_gbs": 50},
    {"gigabytes": 100, "k": 32, "sm_gbs": 2.5, "link_gbs": 50},
    {"gigabytes": 268, "k": 6, "sm_gbs": 8, "link_gbs": 160},
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    return {
        "gigabytes": round(float(rng.uniform(10, 900)), 1),
        "k": int(rng.integers(2, 40)),
        "sm_gbs": round(float(rng.uniform(1, 12)), 1),
        "link_gbs": round(float(rng.uniform(25, 200)), 1),
    }


EXERCISE = FunctionExercise(
    name="lab13.communication",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3),
    fresh=(11, 12, 13, 14, 15, 16),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "link without limit",
            "more SMs always help in your function. The link carries only `link_gbs`: beyond that they wait.",
            model=lambda gigabytes, k, sm_gbs, link_gbs: gigabytes / (k * sm_gbs),
        ),
        Misconception(
            "SMs without limit",
            "the link is always full in your function. `k` SMs move only `k * sm_gbs`.",
            model=lambda gigabytes, k, sm_gbs, link_gbs: gigabytes / link_gbs,
        ),
        Misconception(
            "faster of the two",
            "you took the faster of the two. Bytes pass through both, so the slower one sets the pace.",
            model=lambda gigabytes, k, sm_gbs, link_gbs: gigabytes / max(link_gbs, k * sm_gbs),
        ),
        Misconception(
            "rates added",
            "you added the rates. The bytes go through SMs *and* link, not half by each.",
            model=lambda gigabytes, k, sm_gbs, link_gbs: gigabytes / (link_gbs + k * sm_gbs),
        ),
        Misconception(
            "one after the other",
            "you added the times. Both work at once on different pieces; the slower one sets the pace.",
            model=lambda gigabytes, k, sm_gbs, link_gbs: gigabytes / link_gbs + gigabytes / (k * sm_gbs),
        ),
        Misconception(
            "a single SM",
            "that is the rate of one SM. There are `k`.",
            model=lambda gigabytes, k, sm_gbs, link_gbs: gigabytes / min(link_gbs, sm_gbs),
        ),
        Misconception(
            "multiplied by the rate",
            "bytes times bytes a second is no time: divide.",
            model=lambda gigabytes, k, sm_gbs, link_gbs: gigabytes * min(link_gbs, k * sm_gbs),
        ),
        slip("bits for bytes", "you multiplied by 8. All sizes here are in bytes.", specification, 8),
        slip("ms for s", "these are milliseconds. The exercise asks for seconds.", specification, 1000),
    ),
)
