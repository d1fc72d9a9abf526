"""Operands of asynchronous copies and mbarriers, by all lanes of a chunk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smsim.machine import windows
from smsim.machine.asyncview import View, narrow, wide
from smsim.machine.bind.access import attempt
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.faults import AccessFault
from smsim.machine.frame import Frame
from smsim.machine.mbarriers import BYTES
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Instruction
from smsim.ptx.rows import Form


class Operands:
    """What an instruction reads: each operand as a function of the frame, ``(T, B)`` by the chunk's lanes."""

    def __init__(self, binding: Binding, instruction: Instruction, form: Form) -> None:
        self.binding, self.instruction = binding, instruction
        self.named = dict(
            zip(
                (s.name for s in form.operands),
                zip(instruction.operands, form.operand_types, strict=True),
                strict=True,
            )
        )
        self.reads: list[int] = []
        #: Otherwise an mbarrier's address is a generic one.
        self.in_shared = (
            instruction.opcode == "cp"
            and "mbarrier" not in form.flags
            or any(flag.startswith("shared") for flag in form.flags)
        )

    def address(self, name: str, shared: bool = True) -> Callable[[Frame], np.ndarray]:
        address_of, slots = self.binding.address(self.named[name][0], self.instruction)
        self.reads += slots
        if not shared:
            return lambda frame: wide(frame, address_of(frame))
        if self.in_shared:
            return lambda frame: wide(frame, address_of(frame))
        return lambda frame: _in_window(View.of(frame), wide(frame, address_of(frame)))

    def value(self, name: str, kind: str, otherwise: int | None = None) -> Callable[[Frame], np.ndarray]:
        if name not in self.named:
            return lambda frame: np.full(frame.chunk.lanes.shape, otherwise, np.int64)
        slot = self.binding.source(self.named[name][0], kind, self.instruction)
        self.reads.append(slot)
        dtype = DTYPES[kind]
        return lambda frame: wide(frame, retype(frame.R[slot], dtype)).astype(np.int64)


def _in_window(view: View, address: np.ndarray) -> np.ndarray:
    """Generic addresses of shared memory, as addresses there. Raises AccessFault for others."""
    bad = view.mask & ((address < windows.SHARED) | (address >= windows.LOCAL))
    if bad.any():
        raise AccessFault("outside", bad, address, BYTES, view.chunk.memory)
    return np.where(view.mask, address - windows.SHARED, 0)


def attempt_all(frame: Frame, step: Step, act: Callable[[], None]) -> None:
    """As :func:`attempt`, where faults are told of the chunk's lanes."""

    def of_frame() -> None:
        try:
            act()
        except AccessFault as fault:
            shape = frame.chunk.lanes.shape
            lanes, address = (
                narrow(frame, np.broadcast_to(part, shape)) for part in (fault.lanes, fault.address)
            )
            raise AccessFault(fault.reason, lanes, address, fault.size, fault.space, fault.extent) from None

    attempt(frame, step, of_frame)


def step_of(run: Callable[[Frame], None], operands: Operands, form: Form, into: int | None = None) -> Step:
    reads = tuple(operands.reads)
    writes = 0 if into is None else 1 << into
    return Step(run, writes, reads, reads, operands.instruction, operands.binding.function, form)


def see_mbarrier(view: View, step: Step, address: np.ndarray) -> None:
    """An mbarrier lies in a shared variable, at a multiple of 8. Raises AccessFault if not."""
    view.chunk.shared.stay(step.home, address, BYTES, view.mask)
    view.chunk.shared.load(address, np.dtype("u8"), view.mask, view.lanes)
