"""Special registers: what the hardware tells a thread about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import WARP, Lanes, block_indices, thread_indices

if TYPE_CHECKING:
    from smsim.machine.launch import Launch

_AXIS = {"x": 0, "y": 1, "z": 2}
#: Registers whose value changes while a thread runs; ``mov`` reads them each time.
MOVING = {"%clock", "%clock_hi", "%clock64", "%globaltimer", "%globaltimer_lo", "%globaltimer_hi"}


def value(name: str, lanes: Lanes, launch: Launch, first_block: int) -> np.ndarray | None:
    """The register's value for every lane, broadcastable to ``lanes.shape``; ``None`` if unknown."""
    base, _, axis = name[1:].partition(".")
    if axis in _AXIS:
        at = _AXIS[axis]
        if base == "tid":
            return thread_indices(lanes.thread, launch.block_dim)[at]
        if base == "ctaid":
            return block_indices(lanes.block + first_block, launch.grid_dim)[at]
        if base in ("ntid", "nctaid"):
            return _same((launch.block_dim if base == "ntid" else launch.grid_dim)[at])
    found = _OTHERS.get(base)
    return None if found is None or axis else found(lanes, launch, first_block)


def _same(number: int, dtype: type = np.uint32) -> np.ndarray:
    return np.full((1, 1), number, dtype)


def _lane(lanes: Lanes) -> np.ndarray:
    return (lanes.thread % WARP).astype(np.uint32)


def _lane_mask(compare: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable:
    """A mask with a bit for each lane number that stands in a relation to the thread's own."""
    numbers = np.arange(WARP)

    def mask(lanes: Lanes, launch: Launch, first_block: int) -> np.ndarray:
        table = np.array([np.sum(1 << numbers[compare(numbers, n)]) for n in numbers], np.uint32)
        return table[lanes.thread % WARP]

    return mask


_OTHERS: dict[str, Callable[[Lanes, Launch, int], np.ndarray]] = {
    "laneid": lambda lanes, launch, first: _lane(lanes),
    "warpid": lambda lanes, launch, first: (lanes.thread // WARP).astype(np.uint32),
    "nwarpid": lambda lanes, launch, first: _same(launch.device.spec.max_warps_per_sm),
    "smid": lambda lanes, launch, first: launch.sm_of(lanes.block + first),
    "nsmid": lambda lanes, launch, first: _same(launch.device.spec.sms),
    "gridid": lambda lanes, launch, first: _same(launch.number, np.uint64),
    "lanemask_eq": _lane_mask(np.equal),
    "lanemask_lt": _lane_mask(np.less),
    "lanemask_le": _lane_mask(np.less_equal),
    "lanemask_gt": _lane_mask(np.greater),
    "lanemask_ge": _lane_mask(np.greater_equal),
    "dynamic_smem_size": lambda lanes, launch, first: _same(launch.dynamic_shared),
    "total_smem_size": lambda lanes, launch, first: _same(launch.dynamic_shared + launch.kernel.shared_bytes),
}


def moving(name: str, issued: int) -> np.ndarray:
    """A clock: counts issued instructions of the chunk, one tick each; never cycles."""
    if name in ("%clock64", "%globaltimer"):
        return _same(issued, np.uint64)
    return _same((issued >> 32 if name.endswith("_hi") else issued) & 0xFFFFFFFF)
