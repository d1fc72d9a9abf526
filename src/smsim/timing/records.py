"""Which instructions leave a memory record in the trace: one for each execution by a warp, in program order.

The recorder and the lowering both ask here, so that they number a block's records alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsim.machine import supplied

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.program import Code

_MEMORY = (
    "memory.load", "memory.store", "memory.atomic", "memory.reduce", "memory.load_matrix", "memory.store_matrix",
)  # fmt: skip
_BARRIERS = ("barrier.barrier", "barrier.reduce", "barrier.arrive")
_OTHERS = ("control.nanosleep", "warp.registers")
COPIES = ("async.copy", "async.bulk_load", "async.bulk_store")
MBARRIERS = (
    "async.copies_arrive", "async.arrive", "async.init", "async.inval", "async.expect", "async.complete", "async.wait",
)  # fmt: skip
#: Spaces that become operands of other instructions.
FOLDED = ("param", "const")


def recorded(code: Code) -> list[Step]:
    """The steps of a block that have a memory record, in order; the block's ending comes last."""
    steps = [*code.steps] if code.ending is None else [*code.steps, code.ending]
    return [step for step in steps if has_record(step)]


def has_record(step: Step) -> bool:
    """Whether an execution of ``step`` has a memory record."""
    semantics = step.form.row.semantics
    if semantics in _MEMORY:
        return step.form.space not in FOLDED
    if semantics in _BARRIERS or semantics in _OTHERS or is_asynchronous(step):
        return True
    return is_grid_barrier(step)


def is_asynchronous(step: Step) -> bool:
    """Whether ``step`` is an asynchronous copy or does something to an mbarrier."""
    return step.form.row.semantics in COPIES or step.form.row.semantics in MBARRIERS


def is_grid_barrier(step: Step) -> bool:
    """Whether ``step`` is cooperative groups' ``grid.sync()``, which reaches PTX as a call."""
    if step.form.row.semantics != "control.call":
        return False
    return getattr(step.instruction.operands[1], "name", None) == supplied.GRID_BARRIER
