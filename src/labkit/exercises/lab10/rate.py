"""``lab10.rate``: seconds until the data are where they belong, with k SMs: three rates and a latency."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import mistaken
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip

Combine = Callable[[list[float]], float]


def specification(**inputs: float) -> float:
    return _seconds(**inputs)


def _seconds(
    k: int,
    infiniband_bytes: float,
    nvlink_bytes: float,
    copied_bytes: float,
    infiniband: float,
    nvlink: float,
    per_sm: float,
    latency: float,
    combine: Combine = max,
) -> float:
    """Bandwidths in GB/s, latency in microseconds."""
    each = [
        infiniband_bytes / (infiniband * 1e9),
        nvlink_bytes / (nvlink * 1e9),
        copied_bytes / (k * per_sm * 1e9),
    ]
    return combine(each) + latency * 1e-6


def _case(
    k: int, volumes: tuple[float, float, float], rates: tuple[float, float, float], latency: float
) -> dict:
    infiniband_bytes, nvlink_bytes, copied_bytes = volumes
    infiniband, nvlink, per_sm = rates
    return {
        "k": k,
        "infiniband_bytes": infiniband_bytes,
        "nvlink_bytes": nvlink_bytes,
        "copied_bytes": copied_bytes,
        "infiniband": infiniband,
        "nvlink": nvlink,
        "per_sm": per_sm,
        "latency": latency,
    }


#: The SMs limit, then InfiniBand, then NVLink; a slow network that is full with few SMs.
READABLE = (
    _case(4, (100e6, 160e6, 400e6), (50, 160, 10), 100),
    _case(40, (100e6, 160e6, 400e6), (50, 200, 20), 100),
    _case(40, (50e6, 640e6, 800e6), (50, 160, 10), 200),
    _case(2, (100e6, 10e6, 200e6), (5, 160, 40), 100),
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    infiniband_bytes = float(int(rng.integers(10, 200))) * 1e6
    nvlink_bytes = float(round(infiniband_bytes * rng.uniform(0.5, 6), -5))
    return _case(
        2 * int(rng.integers(1, 30)),
        (
            infiniband_bytes,
            nvlink_bytes,
            float(round(2 * nvlink_bytes + infiniband_bytes * rng.uniform(1, 2), -5)),
        ),
        (int(rng.integers(25, 100)), int(rng.integers(100, 450)), round(float(rng.uniform(3, 40)), 1)),
        int(rng.integers(20, 400)),
    )


def _changed(**change: Callable[..., float]) -> Callable[..., float]:
    """The specification with some inputs replaced: each by what a function makes of all of them."""
    return lambda **inputs: _seconds(**(inputs | {name: new(**inputs) for name, new in change.items()}))


def _combined(combine: Combine) -> Callable[..., float]:
    return lambda **inputs: _seconds(**inputs, combine=combine)


def _three_latencies(**inputs: float) -> float:
    return _seconds(**inputs) + 2e-6 * inputs["latency"]


def _latency_for_each_sm(**inputs: float) -> float:
    return _seconds(**inputs) + 1e-6 * inputs["latency"] * (inputs["k"] - 1)


def _all_rates_times_k(**inputs: float) -> float:
    k = inputs["k"]
    return _seconds(**(inputs | {"infiniband": inputs["infiniband"] * k, "nvlink": inputs["nvlink"] * k}))


def _copied_afterwards(**inputs: float) -> float:
    return _seconds(**inputs, combine=lambda each: max(each[:2]) + each[2])


def _latency_of_the_copying_alone(**inputs: float) -> float:
    late = 1e-6 * inputs["latency"]
    return _seconds(**inputs, combine=lambda each: max(each[0] - late, each[1] - late, each[2]))


def _in_bits(**inputs: float) -> float:
    return 8 * (_seconds(**inputs) - 1e-6 * inputs["latency"]) + 1e-6 * inputs["latency"]


def _in_gib(**inputs: float) -> float:
    return (_seconds(**inputs) - 1e-6 * inputs["latency"]) * 1e9 / 2**30 + 1e-6 * inputs["latency"]


_ONCE = (
    "your SMs copy each byte once. On its way a byte passes through several copy loops (sent, forwarded, received): "
    "`copied_bytes` has them all counted."
)
_DIRECTIONS = (
    "you counted both directions of a link. A link carries its bandwidth in each of them at once, and the bytes "
    "are those of the busier one."
)

EXERCISE = FunctionExercise(
    name="lab10.rate",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3, 4),
    fresh=tuple(range(11, 19)),
    misconceptions=(
        NO_NUMBER,
        mistaken(
            "times added",
            "you added the three times. The links and the SMs work at once on different pieces, so only the slowest "
            "of the three counts.",
            _combined(sum),
        ),
        mistaken(
            "copying on top",
            "you added the copying to the slower link. It goes on at the same time, on other pieces, so it counts only "
            "where it is the slowest of the three.",
            _copied_afterwards,
        ),
        mistaken(
            "fastest of the three",
            "you took the shortest of the three times. Bytes pass through all three, so the slowest sets the pace.",
            _combined(min),
        ),
        mistaken("copied once", _ONCE, _changed(copied_bytes=lambda infiniband_bytes, **_: infiniband_bytes)),
        mistaken("copied once", _ONCE, _changed(copied_bytes=lambda nvlink_bytes, **_: nvlink_bytes)),
        mistaken(
            "copied once",
            _ONCE,
            _changed(
                copied_bytes=lambda infiniband_bytes, nvlink_bytes, **_: infiniband_bytes + nvlink_bytes
            ),
        ),
        mistaken(
            "both directions",
            _DIRECTIONS,
            _changed(
                infiniband_bytes=lambda infiniband_bytes, **_: 2 * infiniband_bytes,
                nvlink_bytes=lambda nvlink_bytes, **_: 2 * nvlink_bytes,
            ),
        ),
        mistaken(
            "both directions",
            _DIRECTIONS,
            _changed(
                infiniband=lambda infiniband, **_: 2 * infiniband,
                nvlink=lambda nvlink, **_: 2 * nvlink,
            ),
        ),
        mistaken(
            "a single SM",
            "`k` does nothing in your function: `per_sm` is what one SM copies, and there are `k`.",
            _changed(k=lambda **_: 1),
        ),
        mistaken(
            "k times the links",
            "you gave every SM a link of its own. All `k` share one card and one way to NVLink: only the copying is "
            "done `k` times as fast.",
            _all_rates_times_k,
        ),
        mistaken(
            "links without limit",
            "only the copying counts in your function. With enough SMs a link is full, and more do not help.",
            _combined(lambda each: each[2]),
        ),
        mistaken(
            "SMs without limit",
            "the links are always full in your function. `k` SMs copy only `k * per_sm`.",
            _combined(lambda each: max(each[:2])),
        ),
        mistaken(
            "NVLink forgotten",
            "NVLink changes nothing in your function: the third case is limited by it.",
            _combined(lambda each: max(each[0], each[2])),
        ),
        mistaken(
            "latency forgotten",
            "`latency` changes nothing in your function. Launches, flags and the way there take their time with "
            "any `k`, and before the slowest rate can begin.",
            _changed(latency=lambda **_: 0),
        ),
        mistaken(
            "latency three times",
            "you added the latency to each of the three. They run at once, and wait for it once.",
            _three_latencies,
        ),
        mistaken(
            "latency for each SM",
            "you multiplied the latency by `k`. All SMs wait at the same time.",
            _latency_for_each_sm,
        ),
        mistaken(
            "latency of the copying alone",
            "you added the latency to the copying alone. It goes by before anything moves, so a link that is the "
            "slowest of the three waits for it, too.",
            _latency_of_the_copying_alone,
        ),
        mistaken(
            "milliseconds for microseconds",
            "you took the latency for milliseconds. It is in microseconds: `latency` times 1e-6.",
            _changed(latency=lambda latency, **_: latency * 1e3),
        ),
        mistaken(
            "microseconds for seconds",
            "you added microseconds to seconds: `latency` times 1e-6.",
            _changed(latency=lambda latency, **_: latency * 1e6),
        ),
        mistaken(
            "bits for bytes", "you multiplied by 8. Volumes and bandwidths are both in bytes.", _in_bits
        ),
        mistaken(
            "GiB for GB",
            "you took a GB for 2**30 bytes. Bandwidths are given in powers of ten: 1e9.",
            _in_gib,
        ),
        slip("ms for s", "these are milliseconds. The exercise asks for seconds.", specification, 1e3),
        slip(
            "microseconds for s", "these are microseconds. The exercise asks for seconds.", specification, 1e6
        ),
    ),
)
