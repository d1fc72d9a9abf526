"""Asynchronous copies and mbarriers as micro-operations, as the assembler makes one instruction of each (sm_90a).

===========================  ===========================================
PTX                          SASS
===========================  ===========================================
``cp.async``                 LDGSTS (``.cg``: LDGSTS.BYPASS)
``cp.async.commit_group``    LDGDEPBAR
``cp.async.wait_group n``    DEPBAR.LE SB0, n
``cp.async.wait_all``        LDGDEPBAR, DEPBAR.LE SB0, 0
``cp.async.mbarrier``        ARRIVES.LDGSTSBAR
``cp.async.bulk``            UBLKCP, through uniform registers
``mbarrier.try_wait``        SYNCS.PHASECHK.TRANS64.TRYWAIT
all other ``mbarrier``       SYNCS
``fence.proxy.async``        MEMBAR.ALL.CTA, FENCE.VIEW.ASYNC
===========================  ===========================================

Where SYNCS is executed and how long it takes is not published; here it is an access to shared memory of 8 bytes, an
atomic one if it changes the mbarrier.
"""

from __future__ import annotations

from smsim.machine.bind.binding import Step
from smsim.timing import microops as m
from smsim.timing.figures import Timing
from smsim.timing.lowering.operation import ORDERED, Operation
from smsim.timing.operands import named

_CHANGES = ("async.arrive", "async.init", "async.inval", "async.expect", "async.complete")
_MBARRIER_BYTES = 8
#: Stall count seen in SASS between a fence and what follows.
_FENCE_GAP = 6


def operation(
    step: Step, pc: int, record: int, dst: tuple[int, ...], src: tuple[int, ...], timing: Timing
) -> Operation | None:
    """The micro-operation of an asynchronous copy, of a wait for one, or of an mbarrier; None if it is none."""
    name, flags = step.form.row.semantics, step.form.flags
    take = timing.lsu_address_cycles

    def through_lsu(kind: int, width: int) -> Operation:
        return Operation(kind, m.LSU, take, 0, pc, dst, src, width, record, ORDERED, step.form.space)

    def alone(kind: int, pipe: int, width: int = 0) -> Operation:
        return Operation(kind, pipe, 1, 0, pc, dst, src, width, record, ORDERED)

    if name == "async.copy":
        return through_lsu(m.COPY, named(step)["size"].value)
    if name == "async.commit":
        return alone(m.COPY_COMMIT, m.ADU)
    if name == "async.wait_group":
        return alone(m.COPY_WAIT, m.ADU, _most(step))
    if name == "async.copies_arrive":
        return through_lsu(m.COPY_ARRIVE, _MBARRIER_BYTES)
    if name in ("async.bulk_load", "async.bulk_store"):
        return alone(m.BULK_LOAD if name == "async.bulk_load" else m.BULK_STORE, m.UNIFORM)
    if name == "async.bulk_commit":
        return alone(m.BULK_COMMIT, m.UNIFORM)
    if name == "async.bulk_wait_group":
        return alone(m.BULK_WAIT_READ if "read" in flags else m.BULK_WAIT, m.ADU, _most(step))
    if name in _CHANGES:
        return through_lsu(m.SHARED_ATOMIC, _MBARRIER_BYTES)
    if name == "async.wait":
        return through_lsu(m.TRY_WAIT if "try_wait" in flags else m.SHARED_LOAD, _MBARRIER_BYTES)
    if name == "async.proxy_fence":
        return Operation(m.FENCE, m.LSU, 1, 0, pc, dst, src, order=ORDERED, gap=_FENCE_GAP)
    return None


def _most(step: Step) -> int:
    """How many groups may still be under way; -1 where copies in no group are waited for too."""
    most = named(step).get("n")
    return -1 if most is None else most.value
