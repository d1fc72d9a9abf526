"""Watches which thread touches which bytes at which line, so that a test can say whether two really met."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine import windows
from smsim.machine.observer import Observer, not_predicated_off
from smsim.machine.retype import DTYPES
from smsim.ptx.nodes import Address, Register, Vector

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame

_OPCODES = {"ld", "ldmatrix", "stmatrix", "st", "atom", "red", "cp", "mbarrier"}


def _bytes(frame: Frame, step: Step) -> int:
    """How many bytes each thread touches."""
    if step.instruction.opcode == "mbarrier" or "mbarrier" in step.form.flags:
        return 8
    if step.instruction.opcode != "cp":
        return DTYPES[step.form.type].itemsize * step.form.vector
    size = step.instruction.operands[2]
    if isinstance(size, Register):
        return int(np.asarray(frame.R[frame.program.slots.register(size.name)]).flat[0])
    return size.value


class Touches(Observer):
    """Bytes that each thread touched, by PTX line: ``bytes_of[block, thread, line]``, linear numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes_of: dict[tuple[int, int, int], set[int]] = defaultdict(set)
        self._named: dict[tuple[int, int, int], dict[int, int]] = defaultdict(dict)

    def restart(self) -> None:
        self.bytes_of.clear()
        self._named.clear()

    def before(self, frame: Frame, step: Step) -> None:
        instruction = step.instruction
        if instruction.opcode not in _OPCODES or step.form.space in ("param", "local"):
            return
        mask = not_predicated_off(frame, step)
        if mask is False:
            return
        for place in [o for o in instruction.operands if isinstance(o, Address)]:
            self._touch(frame, step, place, mask)

    def _touch(self, frame: Frame, step: Step, place: Address, mask: np.ndarray | None) -> None:
        instruction = step.instruction
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
        if instruction.opcode in ("ldmatrix", "stmatrix"):
            self._matrices(step, block, thread, starts)
            return
        size = _bytes(frame, step)
        for b, t, start in zip(block.tolist(), thread.tolist(), starts.tolist(), strict=True):
            self.bytes_of[b, t, instruction.line].update(range(start, start + size))

    def _matrices(self, step: Step, block: np.ndarray, thread: np.ndarray, rows: np.ndarray) -> None:
        """``ldmatrix``, ``stmatrix``: lane ``8 m + r`` names row ``r`` of matrix ``m``; each lane has two of each.

        A seed may let the lanes of a warp come one after another.
        """
        line = step.instruction.line
        for b, t, row in zip(block.tolist(), thread.tolist(), rows.tolist(), strict=True):
            named = self._named[b, t // 32, line]
            named[t % 32] = row
            if len(named) == 32:
                self._read_matrices(step, b, t - t % 32, named)
                named.clear()

    def _read_matrices(self, step: Step, block: int, first: int, named: dict[int, int]) -> None:
        for lane in range(32):
            touched = self.bytes_of[block, first + lane, step.instruction.line]
            for matrix in range(
                len(next(o for o in step.instruction.operands if isinstance(o, Vector)).items)
            ):
                for element in (2 * (lane % 4), 2 * (lane % 4) + 1):
                    row, column = (element, lane // 4) if "trans" in step.form.flags else (lane // 4, element)
                    start = named[8 * matrix + row] + 2 * column
                    touched.update((start, start + 1))

    def met(self, race: object, grid: tuple[int, int, int], block: tuple[int, int, int]) -> bool:
        """Whether the two threads that ``race`` names touched a common byte at the lines it names."""

        def linear(index: tuple[int, int, int], dims: tuple[int, int, int]) -> int:
            return index[0] + dims[0] * (index[1] + dims[1] * index[2])

        mine, theirs = (
            self.bytes_of[linear(b, grid), linear(t, block), line]
            for b, t, line in zip(race.blocks, race.threads, race.ptx_lines, strict=True)
        )
        return bool(mine & theirs)
