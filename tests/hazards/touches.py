"""Watches which thread touches which bytes at which line, so that a test can say whether two really met."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine import windows
from smsim.machine.observer import Observer, not_predicated_off
from smsim.machine.retype import DTYPES
from smsim.ptx.nodes import Address, Register

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame

_OPCODES = {"ld", "st", "atom", "red"}


class Touches(Observer):
    """Bytes that each thread touched, by PTX line: ``bytes_of[block, thread, line]``, linear numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes_of: dict[tuple[int, int, int], set[int]] = defaultdict(set)

    def restart(self) -> None:
        self.bytes_of.clear()

    def before(self, frame: Frame, step: Step) -> None:
        instruction = step.instruction
        place = next((o for o in instruction.operands if isinstance(o, Address)), None)
        if instruction.opcode not in _OPCODES or place is None or step.form.space in ("param", "local"):
            return
        mask = not_predicated_off(frame, step)
        if mask is False:
            return
        if isinstance(place.base, Register):
            address = np.asarray(frame.R[frame.program.slots.register(place.base.name)]).astype(np.int64)
        else:
            address = np.full((1, 1), frame.program.binding.symbol(place.base, instruction))
        shape = frame.lanes.shape
        active = np.broadcast_to(True if mask is None else mask, shape)
        starts = np.broadcast_to(address + place.offset, shape)[active]
        if step.form.space == "generic":
            inside = (starts >= windows.SHARED) & (starts < windows.SHARED + windows.WINDOW_BYTES)
            starts = np.where(inside, starts - windows.START["shared"], starts)
        thread = np.broadcast_to(frame.lanes.thread, shape)[active]
        block = np.broadcast_to(frame.lanes.block, shape)[active] + frame.chunk.first_block
        size = DTYPES[step.form.type].itemsize * step.form.vector
        for b, t, start in zip(block.tolist(), thread.tolist(), starts.tolist(), strict=True):
            self.bytes_of[b, t, instruction.line].update(range(start, start + size))

    def met(self, race: object, grid: tuple[int, int, int], block: tuple[int, int, int]) -> bool:
        """Whether the two threads that ``race`` names touched a common byte at the lines it names."""

        def linear(index: tuple[int, int, int], dims: tuple[int, int, int]) -> int:
            return index[0] + dims[0] * (index[1] + dims[1] * index[2])

        mine, theirs = (
            self.bytes_of[linear(b, grid), linear(t, block), line]
            for b, t, line in zip(race.blocks, race.threads, race.ptx_lines, strict=True)
        )
        return bool(mine & theirs)
