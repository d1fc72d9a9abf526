"""The records of asynchronous copies and of mbarriers, and what arrives in which phase: for :mod:`.recorder`.

A copy's record has the sectors of global memory that it reads or writes. Which bytes it moves stands in its operands;
when they land is for the replay to say.

Who waits at an mbarrier waits for one *phase* of it: for all that arrives there while it lasts, threads and copies. So
in the log each phase counts as a word of its own: an arrival adds to that of the phase it arrives in, and a wait polls
that of the phase it waits for.
"""

from __future__ import annotations

import numpy as np

from smsim.machine import windows
from smsim.machine.bind.binding import Step
from smsim.machine.frame import Frame
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Address, Immediate, Operand
from smsim.timing import touched
from smsim.timing.batches import Record
from smsim.timing.communication import Entry
from smsim.timing.operands import named
from smsim.timing.records import COPIES
from smsim.timing.trace import GLOBAL, SHARED
from smsim.timing.warprows import WarpRows

#: What takes part in the phase that it finds.
_ARRIVES = ("async.copies_arrive", "async.arrive", "async.complete", "async.bulk_load")
#: What comes later than the instruction that asks for it.
_LATE = ("async.copies_arrive", "async.bulk_load")
#: Keys of phases in the log begin here. Below: the block, the mbarrier's place, and the phase's number.
_PHASES = 1 << 62
_PLACE_BITS, _NUMBER_BITS = 17, 20
_MBARRIER_BYTES = 8
#: Below the phase in a state that an arrival gives.
_PENDING_BITS = 21


def fill(record: Record, frame: Frame, step: Step, rows: WarpRows, active: np.ndarray) -> None:
    """What the ``active`` lanes, ``(rows, 32)``, do by ``step``."""
    name, operands = step.form.row.semantics, named(step)
    record.lanes = np.count_nonzero(active, axis=1)
    if name == "async.copy":
        size = operands["size"].value
        reads = active
        if "source" in operands:  # a copy that reads nothing writes zeros
            reads = active & (rows.of(frame, _value(frame, step, operands["source"])) > 0)
        record.space = GLOBAL
        record.count, record.sectors = touched.sectors(
            _rows_at(rows, frame, step, operands["b"]), reads, size
        )
        record.passes = touched.wavefronts(_shared_at(rows, frame, step, operands["a"]), active, size, False)
    elif name in COPIES:
        at = _rows_at(rows, frame, step, operands["b" if name == "async.bulk_load" else "a"])
        size = rows.of(frame, _value(frame, step, operands["size"]))
        record.space = GLOBAL
        record.count, record.sectors = _ranges(at, size.astype(np.int64), active)
    else:
        at = _shared_at(rows, frame, step, operands["a"])
        record.space = SHARED
        record.passes = touched.wavefronts(at, active, _MBARRIER_BYTES, name != "async.wait")


def entry(
    frame: Frame, step: Step, where: tuple[int, int], rows: WarpRows, block: np.ndarray, active: np.ndarray
) -> Entry | None:
    """What the log should know of ``step``: who arrives in which phase, or which is waited for; None if nothing.

    Args:
        where: batch and place.
        block: each row's number of its block in the grid.
    """
    name, operands = step.form.row.semantics, named(step)
    waits = name == "async.wait"
    if not waits and name not in _ARRIVES:
        return None
    place = operands["m" if name == "async.bulk_load" else "a"]
    at = _shared_at(rows, frame, step, place)
    phase = _phase(frame, step, rows, at, operands)
    keys = (block[:, None] << _PLACE_BITS) + at // _MBARRIER_BYTES
    keys = _PHASES + (keys << _NUMBER_BITS) + (phase & (1 << _NUMBER_BITS) - 1)
    return Entry(*where, keys, active, waits, None if waits else active, not waits, name in _LATE)


def _rows_at(rows: WarpRows, frame: Frame, step: Step, place: Address) -> np.ndarray:
    """The address operand of each lane, int64 ``(rows, 32)``."""
    return rows.of(frame, frame.program.binding.address(place, step.instruction)[0](frame)).astype(np.int64)


def _shared_at(rows: WarpRows, frame: Frame, step: Step, place: Address) -> np.ndarray:
    """The same of a place in shared memory, also where its address is a generic one."""
    at, start = _rows_at(rows, frame, step, place), windows.START["shared"]
    return np.where(at >= start, at - start, at)


def _value(frame: Frame, step: Step, operand: Operand) -> np.ndarray:
    if isinstance(operand, Immediate):
        return np.full((1, 1), operand.value, np.int64)
    slot = frame.program.binding.source(operand, "u32", step.instruction)
    return np.asarray(retype(frame.R[slot], DTYPES["u32"]))


def _ranges(at: np.ndarray, size: np.ndarray, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sectors of ``size`` bytes from ``at`` on, row by row; few lanes copy so."""
    found = []
    for row in range(at.shape[0]):
        parts = [
            np.arange(at[row, lane] >> 5, (at[row, lane] + size[row, lane] + 31) >> 5)
            for lane in np.flatnonzero(active[row])
        ]
        found.append(np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64))
    return np.array([len(one) for one in found], np.int64), np.concatenate(found) if found else np.zeros(
        0, np.int64
    )


def _phase(
    frame: Frame, step: Step, rows: WarpRows, at: np.ndarray, operands: dict[str, Operand]
) -> np.ndarray:
    """The number of the phase that each lane arrives in or waits for, int64 ``(rows, 32)``."""
    column = rows.of(frame, np.broadcast_to(frame.lanes.block, frame.lanes.shape))
    present = np.zeros(at.shape, np.int64)
    for place, found in frame.chunk.mbarriers.at.items():
        present = np.where(at == place, found.phase[column], present)
    if step.form.row.semantics != "async.wait":
        return present
    if "parity" in operands:  # the present one, or the one before
        parity = rows.of(frame, _value(frame, step, operands["parity"])).astype(np.int64)
        return present - ((present ^ parity) & 1)
    slot = frame.program.binding.source(operands["state"], "b64", step.instruction)
    return (
        rows.of(frame, np.asarray(retype(frame.R[slot], DTYPES["u64"]))) >> np.uint64(_PENDING_BITS)
    ).astype(np.int64)
