"""Loads, stores, atomics, barriers and fences as micro-operations: one each, whatever their width up to 16 bytes."""

from __future__ import annotations

from smsim.machine.bind.binding import Step
from smsim.ptx.syntax import TYPE_BITS
from smsim.timing import microops as m
from smsim.timing import records
from smsim.timing.figures import Timing
from smsim.timing.lowering import asynchronous
from smsim.timing.lowering.operation import FIXED, ORDERED, READS_MEMORY, WRITES_MEMORY, Operation

#: Kind in global, local or generic memory, kind in shared memory.
_KINDS = {
    "memory.load": (m.LOAD, m.SHARED_LOAD),
    "memory.load_matrix": (m.LOAD, m.SHARED_LOAD),
    "memory.store_matrix": (m.STORE, m.SHARED_STORE),
    "memory.store": (m.STORE, m.SHARED_STORE),
    "memory.atomic": (m.ATOMIC, m.SHARED_ATOMIC),
    "memory.reduce": (m.ATOMIC, m.SHARED_ATOMIC),
}
_STRONG = {"volatile", "relaxed", "acquire", "release", "mmio"}
_ENDS = {"control.return", "control.exit", "control.trap"}
#: Stall counts seen in SASS after a branch or exit, and after a barrier.
_BRANCH_GAP, _BARRIER_GAP = 5, 6


def access(
    step: Step, pc: int, record: int, dst: tuple[int, ...], src: tuple[int, ...], timing: Timing
) -> Operation | None:
    """The micro-operation of an instruction that reaches memory or other warps; None if it does neither."""
    form = step.form
    name = form.row.semantics
    if name in _KINDS and record >= 0:
        shared = form.space.startswith("shared")
        kind = _KINDS[name][shared]
        order = READS_MEMORY if kind in (m.LOAD, m.SHARED_LOAD) else WRITES_MEMORY
        if _STRONG & form.flags or kind in (m.ATOMIC, m.SHARED_ATOMIC):
            order = ORDERED
        return Operation(
            kind, m.LSU, timing.lsu_address_cycles, 0, pc, dst, src, _width(step), record, order, form.space
        )
    if name.startswith("async."):
        return asynchronous.operation(step, pc, record, dst, src, timing)
    if name == "memory.fence":
        return Operation(m.FENCE, m.LSU, 1, 0, pc, dst, src, order=ORDERED)
    if name in ("barrier.barrier", "barrier.reduce") or records.is_grid_barrier(step):
        return Operation(m.BARRIER, m.ADU, 1, 0, pc, dst, src, 0, record, FIXED, gap=_BARRIER_GAP)
    if name == "barrier.arrive":
        return Operation(m.ARRIVE, m.ADU, 1, 0, pc, dst, src, 0, record, FIXED, gap=_BARRIER_GAP)
    if name == "barrier.warp_sync":
        return Operation(m.COMPUTE, m.ADU, 1, 1, pc, dst, src, order=FIXED)
    if name == "warp.registers":
        return Operation(m.REGISTERS, m.UNIFORM, 1, 0, pc, dst, src, 0, record, FIXED)
    if name == "control.nanosleep":
        return Operation(m.SLEEP, m.CBU, 1, 0, pc, dst, src, 0, record, FIXED)
    if name.startswith("control."):
        leaves = name in _ENDS and (step.function.kind == "entry" or name != "control.return")
        kind = m.EXIT if leaves else m.BRANCH
        return Operation(kind, m.CBU, 1, 1, pc, dst, src, order=FIXED, gap=_BRANCH_GAP)
    return None


def _width(step: Step) -> int:
    """Bytes a lane."""
    form = step.form
    if form.row.semantics == "memory.load_matrix":
        return 4 * len(step.instruction.operands[0].items)
    if form.row.semantics == "memory.store_matrix":
        return 4 * len(step.instruction.operands[1].items)
    return TYPE_BITS[form.type] // 8 * form.vector
