"""Reading a GPU's figures from its TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a GPU and where it comes from.

    ``mark`` is ``measured`` (read from a device by the source), ``published`` (stated by the source)
    or ``recalled`` (from memory: nothing may be concluded from it).
    """

    value: Any
    unit: str
    source: str
    date: str
    mark: str


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """What a GPU has and allows. Sizes are in bytes, clocks in Hz, bandwidths in bytes per second.

    ``figures`` holds the same numbers with their units and sources, by the same names.
    """

    name: str
    product: str
    compute_capability: tuple[int, int]
    arch: str
    sms: int
    clock_hz: int
    memory_bytes: int
    memory_bandwidth: float
    memory_clock_hz: int
    memory_bus_bits: int
    l2_bytes: int
    nvlink_bandwidth: float
    constant_bytes: int
    warp_size: int
    max_threads_per_block: int
    max_block_dim: tuple[int, int, int]
    max_grid_dim: tuple[int, int, int]
    max_warps_per_sm: int
    max_blocks_per_sm: int
    subpartitions_per_sm: int
    registers_per_sm: int
    registers_per_block: int
    registers_per_thread: int
    register_allocation_unit: int
    shared_per_sm: int
    shared_per_block: int
    shared_per_block_optin: int
    shared_reserved_per_block: int
    shared_allocation_unit: int
    shared_carveouts: tuple[int, ...]
    l1_and_shared_bytes: int
    barriers_per_block: int
    barriers_per_sm: int
    figures: dict[str, Figure]

    @property
    def max_threads_per_sm(self) -> int:
        """Threads that one SM can hold."""
        return self.max_warps_per_sm * self.warp_size

    @property
    def numba_cc(self) -> tuple[int, int, str] | tuple[int, int]:
        """The compute capability as Numba's compiler takes it: ``(9, 0, "a")`` for ``sm_90a``."""
        suffix = self.arch.removeprefix("sm_{}{}".format(*self.compute_capability))
        return (*self.compute_capability, suffix) if suffix else self.compute_capability


def _file_name(name: str) -> str:
    return "_".join(name.lower().replace("_", " ").split()) + ".toml"


@cache
def names() -> tuple[str, ...]:
    """The GPUs that :func:`load` knows, by their usual names."""
    files = resources.files(__package__).iterdir()
    return tuple(
        sorted(tomllib.loads(f.read_text("utf-8"))["name"] for f in files if f.name.endswith(".toml"))
    )


@cache
def load(name: str) -> DeviceSpec:
    """The figures of the GPU called ``name``; upper and lower case are the same.

    Raises ``ValueError`` naming the GPUs that exist.
    """
    file = resources.files(__package__) / _file_name(name)
    if not file.is_file():
        raise ValueError(f"smsim has no GPU called {name!r}; it has {', '.join(names())}.")
    table = tomllib.loads(file.read_text("utf-8"))
    figures = {key: Figure(**entry) for key, entry in table.items() if isinstance(entry, dict)}
    values = {key: tuple(f.value) if isinstance(f.value, list) else f.value for key, f in figures.items()}
    return DeviceSpec(name=table["name"], product=table["product"], figures=figures, **values)
