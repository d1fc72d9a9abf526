"""What lab 10 draws and reckons with: clusters as plain numbers, and the step time with each k, by trainmath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from trainmath import reserve

Cluster = Mapping[str, float]

#: Of each number its unit.
UNITS = {
    "sms": "SMs",
    "seconds": "s",
    "tiles": "tiles",
    "infiniband_bytes": "bytes",
    "nvlink_bytes": "bytes",
    "copied_bytes": "bytes",
    "infiniband": "GB/s",
    "nvlink": "GB/s",
    "per_sm": "GB/s",
    "latency": "us",
}


def cluster(*numbers: float) -> dict[str, float]:
    """The ten numbers in the order of ``UNITS``."""
    return dict(zip(UNITS, numbers, strict=True))


def parts(of: Cluster, tiles: bool = True) -> tuple[reserve.Work, reserve.Machine]:
    """The cluster as ``trainmath.reserve`` has it, in SI units; without ``tiles`` its arithmetic is cut at will."""
    work = reserve.Work(
        compute=of["seconds"],
        infiniband=of["infiniband_bytes"],
        nvlink=of["nvlink_bytes"],
        copied=of["copied_bytes"],
        tiles=int(of["tiles"]) if tiles else None,
    )
    machine = reserve.Machine(
        infiniband=of["infiniband"] * 1e9,
        nvlink=of["nvlink"] * 1e9,
        per_sm=of["per_sm"] * 1e9,
        sms=int(of["sms"]),
        latency=of["latency"] * 1e-6,
    )
    return work, machine


def swept(of: Cluster, **changed: float) -> reserve.Sweep:
    """All even k of a cluster, with fields of its work replaced if that is asked."""
    work, machine = parts(of)
    return reserve.sweep(replace(work, **changed), machine)


#: Each shows another thing: links full early, arithmetic long, NVLink the slowest, tiles that make some SMs free, SMs
#: slow, few tiles, so that one wave more costs much.
READABLE = (
    cluster(132, 0.004, 1600, 60e6, 100e6, 250e6, 50, 160, 12, 50),
    cluster(132, 0.012, 1600, 60e6, 100e6, 250e6, 50, 160, 12, 50),
    cluster(132, 0.004, 1700, 50e6, 640e6, 800e6, 50, 160, 12, 100),
    cluster(132, 0.002, 112, 50e6, 100e6, 500e6, 50, 160, 25, 50),
    cluster(108, 0.006, 2000, 100e6, 200e6, 600e6, 50, 160, 3, 50),
    cluster(132, 0.004, 200, 50e6, 100e6, 500e6, 50, 160, 4, 20),
    cluster(132, 0.002, 112, 100e6, 190e6, 500e6, 50, 160, 12, 50),
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    """A cluster at random on which data and arithmetic are of like length."""
    infiniband, nvlink = int(rng.integers(25, 100)), int(rng.integers(100, 450))
    infiniband_bytes = float(int(rng.integers(20, 300))) * 1e6
    nvlink_bytes = float(round(infiniband_bytes * rng.uniform(0.5, 6), -5))
    copied_bytes = float(round(2 * nvlink_bytes + infiniband_bytes * rng.uniform(1, 2), -5))
    links = max(infiniband_bytes / infiniband, nvlink_bytes / nvlink) / 1e9
    sms = int(rng.choice([108, 132, 148]))
    full = copied_bytes / links / 1e9  # GB/s to be copied when a link is full
    return cluster(
        sms,
        round(float(links * rng.uniform(0.7, 3)), 5),
        int(rng.integers(sms // 2, 40 * sms)),
        infiniband_bytes,
        nvlink_bytes,
        copied_bytes,
        infiniband,
        nvlink,
        round(float(full / rng.uniform(6, 60)), 1) + 0.1,
        int(rng.integers(5, 100)),
    )
