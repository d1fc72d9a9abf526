"""Special registers: what the hardware tells a thread about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import WARP, Lanes, block_indices, thread_indices

if TYPE_CHECKING:
    from smsim.machine.frame import Frame
    from smsim.machine.launch import Launch

_AXIS = {"x": 0, "y": 1, "z": 2}
#: Registers whose value changes while a thread runs: read anew each time.
MOVING = {"%clock", "%clock_hi", "%clock64", "%globaltimer", "%globaltimer_lo", "%globaltimer_hi"}


def value(name: str, lanes: Lanes, launch: Launch, numbers: np.ndarray) -> np.ndarray:
    """The register's value for every lane, broadcastable to ``lanes.shape``; a clock's is not known yet.

    Args:
        numbers: the linear number in the grid of each of the chunk's blocks, int64 ``(B,)``.
    """
    if name in MOVING:
        return _same(0)
    base, _, axis = name[1:].partition(".")
    if axis in _AXIS:
        at = _AXIS[axis]
        if base == "tid":
            return thread_indices(lanes.thread, launch.block_dim)[at]
        if base == "ctaid":
            return block_indices(numbers[lanes.block], launch.grid_dim)[at]
        if base in ("ntid", "nctaid"):
            return _same((launch.block_dim if base == "ntid" else launch.grid_dim)[at])
        # Without a cluster in the launch, each block is one (PTX ISA, "%clusterid" and its kin).
        if base == "clusterid":
            return block_indices(numbers[lanes.block], launch.grid_dim)[at]
        if base == "nclusterid":
            return _same(launch.grid_dim[at])
        return _same(1 if base == "cluster_nctaid" else 0)
    if axis == "w":
        return _same(0)
    return _OTHERS[base](lanes, launch, numbers)


def is_known(name: str) -> bool:
    """Whether the simulated SM has an answer for this special register."""
    return name in MOVING or "." in name or name[1:] in _OTHERS


def _same(number: int, dtype: type = np.uint32) -> np.ndarray:
    return np.full((1, 1), number, dtype)


def _lane(lanes: Lanes) -> np.ndarray:
    return (lanes.thread % WARP).astype(np.uint32)


def _lane_mask(compare: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable:
    """A mask with a bit for each lane number that stands in a relation to the thread's own."""
    lane_numbers = np.arange(WARP)

    def mask(lanes: Lanes, launch: Launch, numbers: np.ndarray) -> np.ndarray:
        table = np.array(
            [np.sum(1 << lane_numbers[compare(lane_numbers, n)]) for n in lane_numbers], np.uint32
        )
        return table[lanes.thread % WARP]

    return mask


_OTHERS: dict[str, Callable[[Lanes, Launch, np.ndarray], np.ndarray]] = {
    "laneid": lambda lanes, launch, numbers: _lane(lanes),
    "warpid": lambda lanes, launch, numbers: (lanes.thread // WARP).astype(np.uint32),
    "nwarpid": lambda lanes, launch, numbers: _same(launch.device.spec.max_warps_per_sm),
    "smid": lambda lanes, launch, numbers: launch.sm_of(numbers[lanes.block]),
    "nsmid": lambda lanes, launch, numbers: _same(launch.device.spec.sms),
    "gridid": lambda lanes, launch, numbers: _same(launch.number, np.uint64),
    "lanemask_eq": _lane_mask(np.equal),
    "lanemask_lt": _lane_mask(np.less),
    "lanemask_le": _lane_mask(np.less_equal),
    "lanemask_gt": _lane_mask(np.greater),
    "lanemask_ge": _lane_mask(np.greater_equal),
    "dynamic_smem_size": lambda lanes, launch, numbers: _same(launch.dynamic_shared),
    "total_smem_size": lambda lanes, launch, numbers: _same(_shared_bytes(launch)),
    "aggr_smem_size": lambda lanes, launch, numbers: _same(
        _shared_bytes(launch) + launch.device.spec.shared_reserved_per_block
    ),
    "cluster_ctarank": lambda lanes, launch, numbers: _same(0),
    "cluster_nctarank": lambda lanes, launch, numbers: _same(1),
    "is_explicit_cluster": lambda lanes, launch, numbers: _same(0, bool),
    "current_graph_exec": lambda lanes, launch, numbers: _same(0, np.uint64),
}


def _shared_bytes(launch: Launch) -> int:
    """Shared memory of a block as the SM hands it out, in whole units."""
    unit = launch.device.spec.shared_allocation_unit
    return -(-(launch.dynamic_shared + launch.kernel.shared_bytes) // unit) * unit


class ClockReader:
    """Runs an instruction that reads clocks, after giving it their time.

    A clock counts the instructions that the chunk's warps have issued, and nanoseconds slept; never cycles.

    Attributes:
        before_end: how far the instruction stands from the end of its block. A chunk counts a whole block
            when it enters it.
    """

    def __init__(self, run: Callable[[Frame], None], clocks: list[tuple[int, str]]) -> None:
        self.run, self.clocks, self.before_end = run, clocks, 0

    def __call__(self, frame: Frame) -> None:
        issued = frame.chunk.steps + frame.chunk.slept - self.before_end
        for slot, name in self.clocks:
            frame.R[slot] = moving(name, issued)
        self.run(frame)


def moving(name: str, issued: int) -> np.ndarray:
    """A clock's value after so many ticks."""
    if name in ("%clock64", "%globaltimer"):
        return _same(issued, np.uint64)
    return _same((issued >> 32 if name.endswith("_hi") else issued) & 0xFFFFFFFF)
