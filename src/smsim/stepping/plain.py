"""What a :class:`~smsim.stepping.Stepper` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsim.stepping.around import around
from smsim.stepping.values import in_all_lanes, listed, mask_text

if TYPE_CHECKING:
    from smsim.stepping.stepper import Stepper

BEFORE, AFTER = 3, 3


def heading(stepper: Stepper) -> str:
    """Which warp, and how far it is."""
    count = stepper.position
    executed = f"{count} instruction{'' if count == 1 else 's'} executed"
    end = ""
    if stepper.done:
        end = "; an error ended the launch" if stepper.error is not None else ", at its end"
    return f"{stepper.kernel}, block {stepper.block}, warp {stepper.warp}: {executed}{end}"


def active(stepper: Stepper) -> str:
    """The active mask in words and bits."""
    lanes, acting = stepper.active, stepper.acting
    text = f"active {int(lanes.sum())} of {stepper.lanes} lanes  {mask_text(lanes)}"
    if (lanes != acting).any():
        text += f"\nacting {int(acting.sum())} of these       {mask_text(acting)}"
    return text


def text(stepper: Stepper) -> str:
    """Where the warp is: Python line, PTX around it, active lanes, registers that just changed."""
    parts = [heading(stepper)]
    where = stepper.line
    if where is not None and where.source_line is not None:
        parts.append(f"Python line {where.source_line}: {where.source_text or ''}".rstrip(": "))
    rows = around(stepper.function, stepper.instruction, stepper.readable, BEFORE, AFTER)
    width = max((len(str(row.line)) for row in rows), default=0)
    for row in rows:
        if row.label:
            parts.append(f"   {'':{width}}  {row.text}")
        else:
            parts.append(f"{'-> ' if row.here else '   '}{row.line:>{width}}  {row.text}")
    if stepper.instruction is not None:
        parts.append(active(stepper))
    for name in stepper.changed:
        values, lanes = stepper.values(name)
        parts.append(f"changed {name} = {in_all_lanes(values, lanes, stepper.arrays)}")
    if stepper.error is not None:
        parts.append(listed(stepper.error))
    return "\n".join(parts)
