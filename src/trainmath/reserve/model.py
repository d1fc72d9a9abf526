"""How long a stretch of overlapped work takes when ``k`` of ``n`` SMs move data and the others compute.

Three rates limit the data: the link between nodes, the link within a node, and what ``k`` SMs can copy. The
arithmetic has ``n - k`` SMs, in whole waves of tiles if their number is known. The longer of the two is the step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Work:
    """What one GPU has to do in the stretch.

    Attributes:
        compute: seconds of arithmetic with all SMs.
        infiniband: bytes over the GPU's link between nodes, in the busier direction.
        nvlink: bytes over its link within the node, in the busier direction.
        copied: bytes that its SMs move in all: each byte once for every copy loop that it passes through.
        tiles: thread blocks of the arithmetic, one on an SM at a time; ``None``: it can be cut at will.
        hidden: share of the arithmetic that the data may be hidden behind, 0 to 1.
    """

    compute: float
    infiniband: float
    nvlink: float
    copied: float
    tiles: int | None = None
    hidden: float = 1.0

    def __post_init__(self) -> None:
        if self.compute <= 0 or min(self.infiniband, self.nvlink, self.copied) < 0:
            raise ValueError("compute takes more than 0 s, and no volume of bytes is negative")
        if self.tiles is not None and self.tiles < 1:
            raise ValueError(f"tiles is {self.tiles}; arithmetic has one tile at least")
        if not 0 <= self.hidden <= 1:
            raise ValueError(f"hidden is {self.hidden}; a share lies between 0 and 1")


@dataclass(frozen=True)
class Machine:
    """What a GPU and its links can do.

    Attributes:
        infiniband, nvlink: B/s in one direction, for one GPU.
        per_sm: bytes a second that one SM copies, ``copied`` bytes of :class:`Work`.
        sms: SMs of the GPU, ``n``.
        latency: seconds that the data need in any case: launches, flags, the way there.
        pairs: whether SMs are given away in twos, as DeepEP's channels need them.
    """

    infiniband: float
    nvlink: float
    per_sm: float
    sms: int = 132
    latency: float = 0.0
    pairs: bool = True

    def __post_init__(self) -> None:
        if min(self.infiniband, self.nvlink, self.per_sm) <= 0 or self.latency < 0:
            raise ValueError("bandwidths are greater than 0, and latency is not negative")
        if self.sms < 3:
            raise ValueError(f"sms is {self.sms}; one channel and one SM that computes make three")

    @property
    def choices(self) -> np.ndarray:
        """The numbers of SMs that can be given away, int64."""
        step = 2 if self.pairs else 1
        return np.arange(step, self.sms, step)


def limits(k: np.ndarray, work: Work, machine: Machine) -> dict[str, np.ndarray]:
    """Seconds that each of the three rates asks for, by its name: float64 of ``k``'s shape."""
    k = _checked(k, machine)
    return {
        "InfiniBand": np.full(k.shape, work.infiniband / machine.infiniband),
        "NVLink": np.full(k.shape, work.nvlink / machine.nvlink),
        "SMs": work.copied / (k * machine.per_sm),
    }


def communication_seconds(k: np.ndarray, work: Work, machine: Machine) -> np.ndarray:
    """Seconds until the data are where they belong, with ``k`` SMs: latency and the slowest rate."""
    return machine.latency + np.maximum.reduce(list(limits(k, work, machine).values()))


def compute_seconds(k: np.ndarray, work: Work, machine: Machine) -> np.ndarray:
    """Seconds of arithmetic on the ``n - k`` SMs that are left.

    With ``tiles`` it goes in waves: the last wave takes as long as a full one.
    """
    left = machine.sms - _checked(k, machine)
    if work.tiles is None:
        return work.compute * machine.sms / left
    waves = np.ceil(work.tiles / left) / np.ceil(work.tiles / machine.sms)
    return work.compute * waves


def step_seconds(k: np.ndarray, work: Work, machine: Machine) -> np.ndarray:
    """Seconds of the stretch: data behind the share ``hidden`` of the arithmetic, the rest of which comes on top."""
    compute, data = compute_seconds(k, work, machine), communication_seconds(k, work, machine)
    return np.maximum(compute * work.hidden, data) + compute * (1 - work.hidden)


def apart_seconds(work: Work, machine: Machine) -> float:
    """Seconds without overlap: first all SMs move data, then all compute."""
    everyone = np.array([machine.sms - 1])
    return float(communication_seconds(everyone, work, machine)[0] + work.compute)


def _checked(k: np.ndarray, machine: Machine) -> np.ndarray:
    k = np.asarray(k)
    if k.size and (k.min() < 1 or k.max() >= machine.sms):
        raise ValueError(f"k lies between 1 and {machine.sms - 1}: some SMs move data, some compute")
    return k
