"""What asynchronous copies touch: those of a warp's lanes as other accesses, a bulk copy once for its thread."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smsim.counting.tally import Tally
from smsim.machine.bind.binding import Step
from smsim.machine.frame import Frame, Mask
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Immediate, Operand

BULK = {"async.bulk_load": "b", "async.bulk_store": "a"}
_SECTOR, _LINE = 32, 128


def parts(frame: Frame, step: Step, acting: Mask) -> Iterator[tuple[str, object, Mask, int]]:
    """``(space, addresses, lanes, bytes a lane)`` of both sides of ``cp.async``.

    Lanes that read nothing, because they only fill with zeros, take no part in global memory.
    """
    operands = _named(step)
    size = operands["size"].value
    reading = acting
    if "source" in operands:
        given = _value(frame, step, operands["source"]) > 0
        reading = given if acting is None else acting & given
    address_of = frame.program.binding.address
    if reading is None or reading.any():
        yield "global", address_of(operands["b"], step.instruction)[0](frame), reading, size
    yield "shared", address_of(operands["a"], step.instruction)[0](frame), acting, size


def add_bulk(frame: Frame, step: Step, tally: Tally, acting: Mask) -> None:
    """Count a bulk copy's bytes, sectors and lines of global memory. It takes no way through the lanes' LSU, so a
    copy is one request, whatever its warp does."""
    operands = _named(step)
    place = operands[BULK[step.form.row.semantics]]
    shape = frame.lanes.shape
    active = np.broadcast_to(True if acting is None else acting, shape)
    at = frame.program.binding.address(place, step.instruction)[0](frame)
    start = np.broadcast_to(np.asarray(at), shape)[active].astype(np.int64)
    size = np.broadcast_to(_value(frame, step, operands["size"]), shape)[active].astype(np.int64)
    start, size = start[size > 0], size[size > 0]
    traffic = tally.into("global")
    traffic.requests += start.size
    traffic.threads += start.size
    traffic.bytes += int(size.sum())
    traffic.sectors += int(((start + size - 1) // _SECTOR - start // _SECTOR + 1).sum())
    traffic.lines += int(((start + size - 1) // _LINE - start // _LINE + 1).sum())


def _named(step: Step) -> dict[str, Operand]:
    return {s.name: o for s, o in zip(step.form.operands, step.instruction.operands, strict=True)}


def _value(frame: Frame, step: Step, operand: Operand) -> np.ndarray:
    if isinstance(operand, Immediate):
        return np.full((1, 1), operand.value, np.uint32)
    slot = frame.program.binding.source(operand, "u32", step.instruction)
    return np.asarray(retype(frame.R[slot], DTYPES["u32"]))
