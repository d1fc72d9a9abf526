"""An :class:`~smsim.occupying.Occupancy` as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsim.counting.text import columns
from smsim.timing.occupancy import NO_PREFERENCE, RESOURCES

if TYPE_CHECKING:
    from smsim.occupying.result import Occupancy

#: What each resource is called. ``"blocks"`` is the cap that Nsight Compute lists as the SM's own.
NAMES = {
    "blocks": "blocks",
    "registers": "registers",
    "shared": "shared memory",
    "warps": "warps",
    "barriers": "barriers",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One resource of an SM.

    Attributes:
        resource: one of :data:`smsim.timing.occupancy.RESOURCES`.
        a_block, available: what a block takes of it, and what the SM has.
        limit: blocks that it has room for; ``None`` where it does not limit.
        limits: whether it is why there are no more blocks.
    """

    resource: str
    a_block: int
    available: int
    limit: int | None
    limits: bool


def rows(found: Occupancy) -> list[Row]:
    """The resources, in Nsight Compute's order."""
    spec = found.spec
    takes = {
        "blocks": (1, spec.max_blocks_per_sm),
        "registers": (found.registers_per_block, spec.registers_per_sm),
        "shared": (found.shared_per_block, spec.shared_per_sm),
        "warps": (found.warps_per_block, spec.max_warps_per_sm),
        "barriers": (found.barriers, spec.barriers_per_sm),
    }
    return [Row(name, *takes[name], found.limits[name], name in found.limiters) for name in RESOURCES]


def heading(found: Occupancy) -> str:
    """What was asked: kernel, block and GPU."""
    used = max((at for at, extent in enumerate(found.block) if extent > 1), default=0) + 1
    shape = f"({', '.join(map(str, found.block[:used]))})" if used > 1 else f"{found.threads:,}"
    what = f"{found.kernel}, " if found.kernel else ""
    return f"{what}blocks of {shape} threads on the {found.spec.name}"


def answer(found: Occupancy) -> str:
    """The occupancy, and why it is no higher."""
    if not found.blocks:
        return f"No block can start: {_why_none(found)}."
    most = found.spec.max_warps_per_sm
    return (
        f"{plural(found.blocks, 'block')} an SM, {found.warps} of {most} warps: "
        f"occupancy {100 * found.occupancy:.4g} %, limited by {found.limiter}"
    )


def _why_none(found: Occupancy) -> str:
    if "registers" in found.limiters:
        return (
            f"{found.registers} registers a thread are too many for a block of {found.threads:,} threads "
            f"(an SM has {found.spec.registers_per_sm:,})"
        )
    return f"it needs more {found.limiter} than an SM has"


def needs(found: Occupancy) -> list[str]:
    """What a thread and a block use, a line each."""
    thread = f"a thread: {plural(found.registers, 'register')}"
    if found.spill_stores or found.spill_loads:
        thread += f", spills: {found.spill_stores} bytes stored, {found.spill_loads} loaded"
    elif found.kernel and found.known:
        thread += ", no spills"
    if found.local:
        thread += f", {plural(found.local, 'byte')} of local memory"
    shared = f"{plural(found.static_shared, 'byte')} static"
    if found.dynamic_shared:
        shared += f", {found.dynamic_shared:,} dynamic"
    if found.spec.shared_reserved_per_block:
        shared += f", {found.spec.shared_reserved_per_block:,} for the driver"
    lines = [thread, f"a block's shared memory: {shared}"]
    if found.carveout != NO_PREFERENCE:
        lines.append(f"shared memory asked for: {found.carveout} % of the most that the SM can have")
    if not found.known:
        lines.append("32 registers are assumed: NVIDIA's assembler is not here, or refused this PTX")
    return lines


def text(found: Occupancy) -> str:
    """The whole report."""
    table = [("", "a block", "an SM", "block limit", "")]
    for row in rows(found):
        limit = "any" if row.limit is None else f"{row.limit}"
        table.append(
            (NAMES[row.resource], f"{row.a_block:,}", f"{row.available:,}", limit, "<- limits" * row.limits)
        )
    lines = [heading(found), answer(found), "", columns(table, left=(0, 4), indent=""), "", *needs(found)]
    return "\n".join([*lines, *map(str, found.steps)])


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
