"""Watches a functional run and keeps what each warp of the recorded blocks executes; counts as it goes."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from smsim.counting.counter import ATOMIC, Counter
from smsim.counting.places import places
from smsim.counting.tally import Tally
from smsim.machine.bind.binding import Step
from smsim.machine.bind.control import LONGEST_SLEEP
from smsim.machine.chunk import Chunk
from smsim.machine.frame import Frame, Mask
from smsim.machine.loops import may_wait
from smsim.machine.observer import Enough, not_predicated_off
from smsim.machine.program import Code
from smsim.timing import copyrecords, touched
from smsim.timing.batches import Batch, Record
from smsim.timing.communication import Log
from smsim.timing.plan import Plan
from smsim.timing.records import has_record, is_asynchronous, is_grid_barrier
from smsim.timing.sharing import Opening
from smsim.timing.trace import BLOCK_BARRIER, GLOBAL, GRID_BARRIER, LOCAL, NOWHERE, SHARED
from smsim.timing.warprows import Columns, WarpRows

_SPACES = {"global": GLOBAL, "const": GLOBAL, "shared": SHARED, "shared::cta": SHARED, "local": LOCAL}
_BARRIERS = ("barrier.barrier", "barrier.reduce", "barrier.arrive")


#: Accesses of shared memory to places that come again, as in loops over a tile: so many are remembered.
_REMEMBERED = 512


class Recorder(Counter):
    """Counts as :class:`Counter` does, and keeps events and records.

    Args:
        plan: which blocks are recorded.
        only_opening: record nothing but the opening, and end a chunk when it is over.
        grain: bytes of the smallest access, if the launch's threads wait for what others write: then
            a log is kept of it.

    Attributes:
        batches: events and records, as they came.
        opening: what the blocks that start first access.
        codes: the blocks of code by identity, which keeps them alive, and their numbers in their programs.
        log: what was read and written, where threads wait for each other.
    """

    def __init__(self, plan: Plan, only_opening: bool = False, grain: int | None = None) -> None:
        super().__init__()
        self._grain = grain
        self.together = grain is not None
        self.plan, self._only_opening = plan, only_opening
        self.opening = Opening(plan)
        self._kinds: dict[Step, tuple[bool, bool]] = {}
        self._begin()

    def _begin(self) -> None:
        self.batches: list[Batch] = []
        self.codes: dict[int, tuple[Code, int]] = {}
        self.log = None if self._grain is None else Log(self._grain, self.plan.warps)
        self._unrecorded: WeakKeyDictionary[Chunk, Columns | None] = WeakKeyDictionary()
        self._columns: WeakKeyDictionary[Chunk, Columns | None] = WeakKeyDictionary()
        self._openings: WeakKeyDictionary[Chunk, Columns | None] = WeakKeyDictionary()
        self._known: dict[tuple, tuple] = {}
        self._batch: Batch | None = None
        self._opening: Columns | None = None
        self._record: Record | None = None
        self._code, self._place = 0, -1

    def restart(self) -> None:
        super().restart()
        self.opening.restart()
        self._begin()

    # -- events ------------------------------------------------------------------------------------------

    def enter(self, frame: Frame, code: Code) -> None:
        chunk = frame.chunk
        if id(code) not in self.codes:
            self.codes[id(code)] = (code, frame.program.blocks.index(code))
        self._code, self._place = id(code), -1
        self._opening = self._opening_of(chunk)
        if self._only_opening and self._opening is None:
            raise Enough
        self._batch = None
        columns = self._columns_of(chunk)
        if columns is not None:
            rows = columns.rows(frame, frame.mask)
            if rows.warp.size:
                self._batch = Batch(code, rows, frame.program, self.codes[id(code)][1], frame.depth)
                self.batches.append(self._batch)

    def _columns_of(self, chunk: Chunk) -> Columns | None:
        if chunk not in self._columns:
            index = self.plan.index(self.plan.numbers(chunk))
            wanted = not self._only_opening and bool((index >= 0).any())
            self._columns[chunk] = Columns(index, self.plan.warps) if wanted else None
        return self._columns[chunk]

    def _opening_of(self, chunk: Chunk) -> Columns | None:
        """The chunk's blocks that start first, while any of their warps is in its opening."""
        if chunk not in self._openings:
            self._openings[chunk] = self.opening.columns(self.plan.numbers(chunk))
        columns = self._openings[chunk]
        if columns is not None and not self.opening.still_open(columns):
            columns = self._openings[chunk] = None
        return columns

    # -- records -----------------------------------------------------------------------------------------

    def before(self, frame: Frame, step: Step) -> None:
        kept = self._kinds.get(step)
        if kept is None:
            kept = self._kinds[step] = has_record(step), is_asynchronous(step)
        if not kept[0]:
            super().before(frame, step)
            return
        self._place += 1
        batch = self._batch
        self._record = None if batch is None else Record()
        if batch is not None:
            batch.records.append(self._record)
        if kept[1]:
            self._asynchronous(frame, step)
            return
        super().before(frame, step)  # which tells of memory by _add
        if batch is not None and not step.form.row.semantics.startswith("memory."):
            self._other(frame, step, batch.rows, self._record)
        self._record = None

    def after(self, frame: Frame, step: Step) -> None:
        if self.log is not None:
            self.log.done(frame, step)

    def _add(
        self, frame: Frame, step: Step, tally: Tally, space: str, address: object, mask: Mask, width: int
    ) -> None:
        super()._add(frame, step, tally, space, address, mask, width)
        number = _SPACES[space]
        # How often a warp polls is an accident, so its polls are no part of its opening.
        polls = self.log is not None and may_wait(step)
        if self._opening is not None and number == GLOBAL and not polls:
            key = self._code, self._place
            self.opening.look(key, self._opening, frame, address, mask, width)
        if self.log is not None and number != LOCAL:
            self._log_others(frame, step, number, address, mask, width)
        if self._record is None:
            return
        rows = self._batch.rows
        atomic = step.form.row.semantics in ATOMIC
        key = again = None
        if number == SHARED and self.log is None and frame.lanes.full:
            again = places(address)
        if again is not None:
            key = (again, id(mask), id(rows), width, atomic)
            known = self._known.get(key)
            if known is not None and self._record.space is NOWHERE:
                self._record.lanes, self._record.space, self._record.passes = known[0]
                return
        active, where = _active(rows, frame, mask), rows.of(frame, address)
        if self.log is not None and number != LOCAL:
            place = len(self.batches) - 1, self._place
            self.log.access(
                frame, step, place, number, rows, self._grid_warp(rows.warp), where, active, width
            )
        alone = self._record.space is NOWHERE
        self._extend(self._record, rows, number, where, active, width, atomic)
        if key is not None and alone:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            record = self._record
            # What is remembered keeps its key's objects alive, so that their ids stay taken.
            self._known[key] = ((record.lanes, record.space, record.passes), mask, rows)

    def _log_others(
        self, frame: Frame, step: Step, space: int, address: object, mask: Mask, width: int
    ) -> None:
        """What blocks that are not recorded write: recorded ones may wait for it."""
        chunk = frame.chunk
        if chunk not in self._unrecorded:
            numbers = self.plan.numbers(chunk)
            index = np.where(self.plan.index(numbers) < 0, numbers, -1)
            self._unrecorded[chunk] = Columns(index, self.plan.warps) if (index >= 0).any() else None
        columns = self._unrecorded[chunk]
        if columns is not None and space == GLOBAL:
            rows = columns.rows(frame, mask)
            where = rows.of(frame, address)
            self.log.access(frame, step, (-1, 0), space, rows, rows.warp, where, rows.active, width)

    def _extend(
        self,
        record: Record,
        rows: WarpRows,
        space: int,
        address: np.ndarray,
        active: np.ndarray,
        width: int,
        atomic: bool,
    ) -> None:
        """Enter one access. A generic one may come in parts, one for each space.

        Where lanes of one warp go to different spaces, the record's is that of the last part, global before
        local before shared, and has its passes; sectors are those of all parts.
        """
        lanes = np.count_nonzero(active, axis=1)
        here = lanes > 0
        record.lanes = record.lanes + lanes
        record.space = np.where(here, space, record.space)
        if space == SHARED:
            record.passes = np.where(here, touched.wavefronts(address, active, width, atomic), record.passes)
            return
        if space == LOCAL:
            count, found = touched.local_sectors(address, active, width, self._grid_warp(rows.warp))
        else:
            count, found = touched.sectors(address, active, width)
            passes = touched.most_at_one_address(address, active) if atomic else 0
            record.passes = np.where(here, passes, record.passes)
        if record.sectors.size:
            row = np.concatenate([np.repeat(np.arange(lanes.size), c) for c in (record.count, count)])
            found = np.concatenate([record.sectors, found])
            found = found[np.lexsort((found, row))]
            count = record.count + count
        record.count, record.sectors = count, found

    def _grid_warp(self, warp: np.ndarray) -> np.ndarray:
        """The number of each recorded warp in the whole grid."""
        block, within = np.divmod(warp, self.plan.warps)
        return self.plan.number(block) * self.plan.warps + within

    def _asynchronous(self, frame: Frame, step: Step) -> None:
        """An asynchronous copy, or an mbarrier."""
        record, self._record = self._record, None
        super().before(frame, step)
        acting = not_predicated_off(frame, step)
        if record is None or acting is False:
            return
        rows = self._batch.rows
        active = _active(rows, frame, acting)
        copyrecords.fill(record, frame, step, rows, active)
        if self.log is not None:
            block = self._grid_warp(rows.warp) // self.plan.warps
            where = len(self.batches) - 1, self._place
            entry = copyrecords.entry(frame, step, where, rows, block, active)
            if entry is not None:
                self.log.entries.append(entry)

    def _other(self, frame: Frame, step: Step, rows: WarpRows, record: Record) -> None:
        """A barrier, a sleep or a change of registers."""
        acting = not_predicated_off(frame, step)
        if acting is False:
            return
        active = _active(rows, frame, acting)
        record.lanes = np.count_nonzero(active, axis=1)
        if is_grid_barrier(step):
            record.space = GRID_BARRIER
        elif step.form.row.semantics in _BARRIERS:
            record.space = BLOCK_BARRIER
            number, count = _barrier_operands(frame, step)
            taking = np.argmax(active, axis=1)[:, None]
            record.count = 1
            record.sectors = np.take_along_axis(rows.of(frame, number), taking, axis=1)[:, 0].astype(np.int64)
            if count is not None:
                threads = np.take_along_axis(rows.of(frame, count), taking, axis=1)[:, 0]
                record.passes = threads.astype(np.int64) // active.shape[1]
        elif step.form.row.semantics == "warp.registers":
            record.space = NOWHERE
            taking = np.argmax(active, axis=1)[:, None]
            more = rows.of(frame, frame.chunk.registers.change(frame, step))
            record.passes = np.take_along_axis(more, taking, axis=1)[:, 0]
        else:
            record.space = NOWHERE
            slot = _source(frame, step, step.instruction.operands[0])
            time = np.where(active, rows.of(frame, slot).astype(np.int64), 0).max(axis=1)
            record.passes = np.minimum(time, LONGEST_SLEEP)


def _active(rows: WarpRows, frame: Frame, mask: Mask) -> np.ndarray:
    """The lanes of ``mask``, by warp."""
    if mask is frame.mask:
        return rows.active
    return rows.active & rows.of(frame, np.ones((1, 1), bool) if mask is None else mask)


def _barrier_operands(frame: Frame, step: Step) -> tuple[np.ndarray, np.ndarray | None]:
    """A barrier's number, and the threads that it is for if the instruction says so."""
    operands = list(step.instruction.operands)
    if step.form.row.semantics == "barrier.reduce":
        operands = operands[1:-1]
    values = [_source(frame, step, operand) for operand in operands]
    return values[0], values[1] if len(values) > 1 else None


def _source(frame: Frame, step: Step, operand: object) -> np.ndarray:
    """The value of an operand that is a 32-bit number."""
    return np.asarray(frame.R[frame.program.binding.source(operand, "u32", step.instruction)])
