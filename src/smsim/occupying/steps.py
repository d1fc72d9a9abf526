"""What would have to change so that an SM holds more warps of a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.occupying.result import Occupancy

_UNITS = {
    "registers": "register{} a thread",
    "shared": "byte{} of shared memory a block",
    "barriers": "named barrier{} a block",
    "threads": "thread{} a block",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One way to have more warps on the SM.

    Attributes:
        changes: what has to change, to ``(from, to)``; more than one thing where several limit alike. ``"shared"`` is
            static and dynamic bytes together.
        blocks, warps: how many there would be.
    """

    changes: dict[str, tuple[int, int]]
    blocks: int
    warps: int

    def __str__(self) -> str:
        said = []
        for name, (before, after) in self.changes.items():
            unit = _UNITS[name].format("" if after == 1 else "s")
            said.append(f"{after:,} {unit} instead of {before:,}")
        plural = "" if self.blocks == 1 else "s"
        return f"With {' and '.join(said)}: {self.blocks} block{plural}, {self.warps} warps."


def next_steps(now: Occupancy) -> tuple[Step, ...]:
    """The step within the block as it is, and the step to another block size; where neither exists, both at once."""
    if now.warps == now.spec.max_warps_per_sm:
        return ()
    found = [step for step in (_leaner(now), _other_size(now)) if step is not None]
    if not found and "registers" in now.limiters:
        both = _leaner_in_other_size(now)
        found += [] if both is None else [both]
    return tuple(found)


def _leaner(now: Occupancy) -> Step | None:
    """Less of whatever limits, as little less as makes room for another block."""
    if {"warps", "blocks"} & set(now.limiters):
        return None
    changes: dict[str, tuple[int, int]] = {}
    for name in now.limiters:
        used = now.shared if name == "shared" else getattr(now, name)
        room = getattr(now.limits_with(**{name: np.arange(used)}), name)
        enough = np.flatnonzero(room > now.blocks)
        if not enough.size:
            return None
        changes[name] = (used, int(enough[-1]))
    blocks = int(now.limits_with(**{name: after for name, (_, after) in changes.items()}).resident)
    return Step(changes, blocks, blocks * now.warps_per_block)


def _other_size(now: Occupancy) -> Step | None:
    """The nearest block size, in whole warps, with the most warps on the SM; each block needs what it needs now."""
    spec, sizes = now.spec, _sizes(now)
    blocks = now.limits_with(threads=sizes).resident
    warps = blocks * (sizes // spec.warp_size)
    if warps.max() <= now.warps:
        return None
    best = np.flatnonzero(warps == warps.max())
    at = int(best[np.argmin(np.abs(sizes[best] - now.threads))])
    return Step({"threads": (now.threads, int(sizes[at]))}, int(blocks[at]), int(warps[at]))


def _leaner_in_other_size(now: Occupancy) -> Step | None:
    """The most registers with which some block size has more warps on the SM."""
    spec, sizes = now.spec, _sizes(now)
    registers = np.arange(now.registers)[:, None]
    blocks = now.limits_with(registers=registers, threads=sizes).resident
    warps = blocks * (sizes // spec.warp_size)
    enough = np.flatnonzero(warps.max(axis=1) > now.warps)
    if not enough.size:
        return None
    fewer = int(enough[-1])
    better = np.flatnonzero(warps[fewer] == warps[fewer].max())
    at = int(better[np.argmin(np.abs(sizes[better] - now.threads))])
    changes = {"registers": (now.registers, fewer), "threads": (now.threads, int(sizes[at]))}
    return Step(changes, int(blocks[fewer, at]), int(warps[fewer, at]))


def _sizes(now: Occupancy) -> np.ndarray:
    """Block sizes of whole warps."""
    spec = now.spec
    return np.arange(spec.warp_size, spec.max_threads_per_block + 1, spec.warp_size)
