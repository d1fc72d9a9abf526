"""Reading a GPU's figures from its two TOML files: what it has and allows, and how long things take."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from smsim.timing.figures import Timing

#: How a figure can be known; :class:`Figure` says what each means.
MARKS = ("measured", "published", "assumed", "fitted", "recalled")

#: How the file of a GPU's timing is called, after the GPU's own name.
_TIMING = ".timing.toml"
#: What links GPUs: no GPU's file (:mod:`smsim.devices.links`).
LINKS_FILE = "links.toml"
#: Before the shape in the name of a row of ``Timing.mma_cycles``.
MMA = "mma_cycles_"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a GPU and where it comes from.

    ``mark`` is one of:

    * ``measured``: read from a device, or from what NVIDIA's assembler writes, by the source;
    * ``published``: stated by the source;
    * ``assumed``: the source speaks of a neighbouring chip, or the reader wants it so;
    * ``fitted``: chosen so that the model follows the curve that the source measured, which therefore is no
      check of the model any more;
    * ``recalled``: from memory: nothing may be concluded from it.
    """

    value: Any
    unit: str
    source: str
    date: str
    mark: str


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """What a GPU has and allows. Sizes are in bytes, clocks in Hz, bandwidths in bytes per second.

    ``figures`` holds the same numbers, those of ``timing`` among them, with their units and sources, by the
    same names.
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
    timing: Timing
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
    return "_".join(name.lower().replace("_", " ").split())


@cache
def names() -> tuple[str, ...]:
    """The GPUs that smsim has figures of, by their usual names."""
    files = [f for f in resources.files(__package__).iterdir() if f.name.endswith(".toml")]
    own = [f for f in files if not f.name.endswith(_TIMING) and f.name != LINKS_FILE]
    return tuple(sorted(tomllib.loads(f.read_text("utf-8"))["name"] for f in own))


@cache
def named(name: str) -> DeviceSpec:
    """The figures of the GPU called ``name``; upper and lower case are the same.

    Raises ``ValueError`` naming the GPUs that exist.
    """
    folder = resources.files(__package__)
    file = folder / (_file_name(name) + ".toml")
    if not file.is_file():
        raise ValueError(f"smsim has no GPU called {name!r}; it has {', '.join(names())}.")
    table = tomllib.loads(file.read_text("utf-8"))
    timing = tomllib.loads((folder / (_file_name(name) + _TIMING)).read_text("utf-8"))
    return assembled(table["name"], table["product"], figures_of(table) | figures_of(timing))


def assembled(name: str, product: str, figures: dict[str, Figure]) -> DeviceSpec:
    """A GPU out of all its figures, by name."""
    values = {key: tuple(f.value) if isinstance(f.value, list) else f.value for key, f in figures.items()}
    timing = {field.name: values.pop(field.name) for field in fields(Timing) if field.name in values}
    mma = {key.removeprefix(MMA): values.pop(key) for key in figures if key.startswith(MMA)}
    timing |= {
        "mma_cycles": mma,
        "dram_bandwidth": values["memory_bandwidth"],
        "l1_bytes": values["l1_and_shared_bytes"],
    }
    return DeviceSpec(name=name, product=product, timing=Timing(**timing), figures=figures, **values)


def figures_of(table: dict[str, Any]) -> dict[str, Figure]:
    """The rows of a file of figures."""
    return {key: Figure(**entry) for key, entry in table.items() if isinstance(entry, dict)}
