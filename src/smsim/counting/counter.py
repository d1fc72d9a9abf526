"""Counts while a launch runs: instructions, lanes, branches, and what each memory access touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from smsim.counting import copies
from smsim.counting.places import places
from smsim.counting.tally import Tally
from smsim.counting.warps import Rows, how_many, kinds_of_rows, rows_of
from smsim.machine.bind.access import by_space
from smsim.machine.bind.binding import Step
from smsim.machine.collectives import LANES
from smsim.machine.frame import Frame, Mask
from smsim.machine.observer import Observer, not_predicated_off
from smsim.machine.retype import DTYPES
from smsim.timing import banks, coalesce

#: Where the address stands among the operands, by the semantics of the instruction's row.
_ADDRESS_AT = {
    "memory.load": 1,
    "memory.load_matrix": 1,
    "memory.store": 0,
    "memory.store_matrix": 0,
    "memory.atomic": 1,
    "memory.reduce": 0,
}
#: Where the registers stand of what moves whole matrices.
_MATRICES = {"memory.load_matrix": 0, "memory.store_matrix": 1}
ATOMIC = ("memory.atomic", "memory.reduce")
#: Spaces that a load does not reach through L1 or shared memory.
ELSEWHERE = ("param", "const")
_REMEMBERED = 512  # accesses to places that come again, as in loops

_Access = Callable[[Frame], object]


class Counter(Observer):
    """Keeps a :class:`Tally` for every instruction that is executed.

    Attributes:
        tallies: step to its counts, in the order of first execution.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tallies: dict[Step, Tally] = {}
        self._addresses: dict[Step, _Access | None] = {}
        self._last: tuple[Frame | None, Mask, tuple[int, int]] = (None, None, (0, 0))
        self._judged: dict[tuple, tuple] = {}

    def restart(self) -> None:
        self.tallies.clear()

    def before(self, frame: Frame, step: Step) -> None:
        tally = self.tallies.get(step)
        if tally is None:
            tally = self.tallies[step] = Tally()
        warps, threads = self._counted(frame)
        acting, pred_on = frame.mask, threads
        if step.instruction.guard is not None:
            acting = not_predicated_off(frame, step)
            taking, pred_on = (0, 0) if acting is False else how_many(frame, acting)
            if step.form.row.semantics == "control.branch":
                staying = how_many(frame, self._others(frame, acting))[0] if pred_on < threads else 0
                tally.divergent += taking + staying - warps
        if step.form.row.semantics == "control.indexed_branch":
            tally.divergent += _going_apart(frame, step)
        tally.executed += warps
        tally.threads += threads
        tally.pred_on += pred_on
        if acting is not False:
            self._look_at_memory(frame, step, tally, acting)

    def _counted(self, frame: Frame) -> tuple[int, int]:
        """Warps and lanes of ``frame.mask``, which the instructions of a block share."""
        last_frame, last_mask, counts = self._last
        if last_frame is not frame or last_mask is not frame.mask:
            counts = how_many(frame, frame.mask)
            self._last = (frame, frame.mask, counts)
        return counts

    def _others(self, frame: Frame, acting: Mask | bool) -> np.ndarray:
        """The active lanes that do not act."""
        active = np.ones((1, 1), bool) if frame.mask is None else frame.mask
        return active if acting is False else active & ~acting

    # -- memory ------------------------------------------------------------------------------------------

    def _look_at_memory(self, frame: Frame, step: Step, tally: Tally, acting: Mask) -> None:
        name = step.form.row.semantics
        if name == "async.copy":
            for space, there, mask, width in copies.parts(frame, step, acting):
                self._add(frame, step, tally, space, there, mask, width)
            return
        if name in copies.BULK:
            copies.add_bulk(frame, step, tally, acting)
            return
        if step not in self._addresses:
            self._addresses[step] = _address_of(frame, step)
        address_of = self._addresses[step]
        if address_of is None:
            return
        form, address = step.form, address_of(frame)
        whole, frame.mask = frame.mask, acting
        try:
            parts = (
                by_space(frame, address) if form.space == "generic" else [(form.space, address, frame.mask)]
            )
        finally:
            frame.mask = whole
        width = DTYPES[form.type].itemsize * form.vector
        if form.row.semantics in _MATRICES:  # eight lanes a matrix name a row of 16 bytes each
            registers = step.instruction.operands[_MATRICES[form.row.semantics]]
            naming = frame.lanes.thread % LANES < 8 * len(registers.items)
            parts = [("shared", address, naming if acting is None else acting & naming)]
            width = 16
        for space, there, mask in parts:
            self._add(frame, step, tally, space, there, mask, width)

    def _add(
        self, frame: Frame, step: Step, tally: Tally, space: str, address: object, mask: Mask, width: int
    ) -> None:
        traffic = tally.into(space)
        warps, threads = self._counted(frame) if mask is frame.mask else how_many(frame, mask)
        traffic.requests += warps
        traffic.threads += threads
        traffic.bytes += threads * width
        atomic = step.form.row.semantics in ATOMIC
        for name, number in self._touched(frame, address, mask, space, width, atomic).items():
            setattr(traffic, name, getattr(traffic, name) + number)

    def _touched(
        self, frame: Frame, address: object, mask: Mask, space: str, width: int, atomic: bool
    ) -> dict[str, int]:
        where = places(address) if frame.lanes.full else None
        if where is None:
            return _sum(_touched(rows, space, width, atomic) for rows in kinds_of_rows(frame, mask, address))
        key = (where, id(mask), id(frame.lanes), space, width, atomic)
        known = self._judged.get(key)
        if known is None:
            kinds = kinds_of_rows(frame, mask, address)
            found = _sum(_touched(rows, space, width, atomic) for rows in kinds)
            if len(self._judged) >= _REMEMBERED:
                self._judged.clear()
            # What is remembered keeps its key's objects alive, so that their ids stay taken.
            known = self._judged[key] = (found, mask, frame.lanes)
        return known[0]


def _going_apart(frame: Frame, step: Step) -> int:
    """Warps whose lanes take different labels of a ``brx.idx``."""
    labels = step.function.branch_targets[step.instruction.operands[1].name]
    place = np.array([labels.index(label) for label in labels])
    index = np.clip(np.asarray(frame.R[step.reads[-1]]), 0, len(labels) - 1)
    rows = rows_of(frame, frame.mask, place[index])
    return int(np.count_nonzero(coalesce.distinct(rows.address, rows.active) > 1)) * rows.times


def _address_of(frame: Frame, step: Step) -> _Access | None:
    """A function that gives the address of a memory instruction; ``None`` for all other instructions."""
    at = _ADDRESS_AT.get(step.form.row.semantics)
    if at is None or step.form.space in ELSEWHERE:
        return None
    return frame.program.binding.address(step.instruction.operands[at], step.instruction)[0]


def _sum(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    first, *others = parts
    return {name: number + sum(other[name] for other in others) for name, number in first.items()}


def _touched(rows: Rows, space: str, width: int, atomic: bool) -> dict[str, int]:
    """What one access touches, over all its warps."""
    address, active = rows.address, rows.active
    if space == "shared":
        passes = banks.atomic_wavefronts if atomic else banks.wavefronts
        waits = banks.atomic_conflicts if atomic else banks.conflicts
        return {
            "wavefronts": int(passes(address, active, width).sum()) * rows.times,
            "conflicts": int(waits(address, active, width).sum()) * rows.times,
        }
    if space == "local":
        words = max(width // 4, 1)
        lane = np.arange(address.shape[1])
        address = np.concatenate(
            [coalesce.local_addresses(address + 4 * n, lane) for n in range(words)], axis=1
        )
        active, width = np.tile(active, words), min(width, 4)
    sectors, lines = coalesce.sectors_and_lines(address, active, width)
    if atomic:
        sectors = coalesce.atomic_sectors(address, active, width)
    return {"sectors": int(sectors.sum()) * rows.times, "lines": int(lines.sum()) * rows.times}
