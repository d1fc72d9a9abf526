"""Judges what is done to the sources and targets of asynchronous copies while these are under way.

Until a copy has been waited for, nobody may touch its target or write its source, the thread that began it neither.
That is found here, cell by cell. For all other threads a copy is also a write by the thread that began it: at its
beginning, so that nobody may still be using the target; and once more when that thread has waited, or at the arrival
that stands for the copy at an mbarrier, so that they must be ordered behind that. These are judged as any write is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.besidecopies import WatchBesideCopies
from smsim.machine.asyncview import PIECE, View
from smsim.machine.kinds import READ, WRITE

if TYPE_CHECKING:
    from smsim.machine.asynccopies import Copy
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame

_CELL = 4  # bytes; no copy moves fewer


class CopyWatch:
    """Judges the copies and mbarriers of one chunk; with ``hazards="off"`` it lets everything pass."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk, self.launch = chunk, chunk.launch
        self.on = chunk.launch.hazards != "off"
        self.shared = isinstance(chunk.watch, WatchBesideCopies)
        shape = (chunk.shared.size // _CELL + 4, chunk.lanes.blocks)
        #: By cell and block: the copy that is under way into it, or out of it; whether an mbarrier lies there.
        self._into, self._from = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        self._objects = np.zeros(shape, bool)
        self._busy = False
        self._copies: dict[int, Copy] = {}
        #: Where bulk copies read shared memory: who wrote each cell last, and when; when each thread last fenced.
        self._fences = chunk.launch.kernel.stores_in_bulk
        if self._fences:
            self._writer, self._wrote = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
            self._fenced = np.zeros(chunk.lanes.shape, np.int64)
        self._clock = 0

    # -- beginnings and ends -----------------------------------------------------------------------------

    def begins(self, copy: Copy) -> None:
        """The copy is about to be on its way."""
        if not self.on:
            return
        self._copies[copy.number] = copy
        if copy.into == "shared":
            self.touched(copy.view, copy.step, copy.target, copy.size, writes=True, copy=copy)
            self._write(copy, copy.view, copy.target)
            self._mark(self._into, copy, copy.view, copy.target)
        else:
            self.touched_global(copy.view, copy.step, WRITE, copy.target, copy.size)
            self._write(copy, copy.view, copy.target)
            self._mark(self._from, copy, copy.view, copy.source)
        self._busy = True

    def _write(self, copy: Copy, view: View, target: np.ndarray) -> None:
        """Note the copy as a write of its thread, now."""
        width = copy.values[0].dtype.itemsize
        for number, value in enumerate(copy.values):
            at = target + number * width
            if copy.into == "global":
                self.launch.watch.copies(view, copy.step, WRITE, at, width, value)
            elif self.shared:
                self.chunk.watch.copies_into(view, copy.step, at, value)

    def promised(self, copy: Copy, view: View) -> None:
        """Lanes of ``view`` are about to arrive at an mbarrier for their part of the copy."""
        if self.on:
            self._write(copy, view, copy.target)

    def landing(self, copy: Copy, here: View) -> None:
        """Its bytes arrive in the lanes of ``here``."""
        if not self.on:
            return
        if copy.into == "shared":
            self._unmark(self._into, copy, here, copy.target)
            if self._fences and copy.owner is None:  # cp.async writes as a store does
                self._write_seen(here, copy.target, copy.size)
            elif self._fences:
                for part in range(copy.size // _CELL):
                    row, column, cell = self._cells(here, here.mask, copy.target + part * _CELL)
                    self._wrote[cell, self._blocks(here, row, column)] = 0
        self.source_read(copy)

    def landed(
        self,
        copy: Copy,
        here: View,
        at: np.ndarray,
        value: np.ndarray,
        missing: np.ndarray | None,
        judge: bool,
    ) -> None:
        """One part of it has arrived. ``judge``: its thread has waited for it."""
        if not self.on:
            return
        if judge and copy.into == "global":
            self.launch.watch.copies(here, copy.step, WRITE, at, value.dtype.itemsize, value)
        elif judge and self.shared:
            self.chunk.watch.copies_into(here, copy.step, at, value)
        if missing is None or not missing.any():
            return
        lanes = missing if here.mask is None else missing & here.mask
        if copy.into == "shared":
            if self.shared:
                self.chunk.watch.written.forget(here, at, value.dtype.itemsize, lanes)
        else:
            for byte in range(value.dtype.itemsize):
                self.launch.device.memory.forget((at + byte)[lanes])

    def over(self, copy: Copy) -> None:
        """All of it has arrived."""
        self._copies.pop(copy.number, None)

    def source_read(self, copy: Copy) -> None:
        """The source of a bulk copy may be written again."""
        if self.on and copy.into == "global":
            self._unmark(self._from, copy, copy.view, copy.source)

    # -- sources -----------------------------------------------------------------------------------------

    def reads_global(self, view: View, step: Step, source: np.ndarray, size: int) -> None:
        """A copy is about to read."""
        if not self.on:
            return
        careful = self.launch.careful
        before = 0 if careful is None else len(careful._fresh)
        self.touched_global(view, step, READ, source, size)
        self.launch.watch.copies(view, step, READ, source, size)
        if careful is not None:
            for tag, _ in careful._fresh[before:]:  # a copy makes use of what it reads
                tag.use(np.ones(tag.used.shape, bool))

    def unwritten(self, view: View, source: np.ndarray, size: int) -> np.ndarray | None:
        """The lanes that read what nobody wrote; ``None`` for none."""
        if not self.on:
            return None
        whole = self.chunk.memory.whole(source, size)
        if whole is not None and whole.written is None:
            return None
        return self.launch.watch.written.unwritten(view, source, size, whole)

    def reads_shared(
        self, view: View, step: Step, source: np.ndarray, lane: tuple[int, int]
    ) -> np.ndarray | None:
        """A bulk copy by ``lane`` is about to read shared memory. Returns where nobody wrote that."""
        if not self.on or not self.shared:
            return None
        self.touched(view, step, source, PIECE, writes=False)
        if self._fences:
            self._need_fence(step, source, lane)
        watch = self.chunk.watch
        watch.copies_from(view, step, source, PIECE)
        return None if watch.written.full else watch.written.unwritten(view, source, PIECE)

    def _need_fence(self, step: Step, source: np.ndarray, lane: tuple[int, int]) -> None:
        """Raise CopyInFlight if ordinary writes of the source are not made known to bulk copies."""
        row, column = lane
        for part in range(PIECE // _CELL):
            cell = source[:, 0] // _CELL + part
            wrote, writer = self._wrote[cell, column], self._writer[cell, column]
            bad = (wrote > 0) & (self._fenced[writer, column] < wrote) & (self._fenced[row, column] < wrote)
            if bad.any():
                at = int(np.argmax(bad))
                error = self.launch.explain.no_proxy_fence(
                    self.chunk, step, row, column, int(writer[at]), int(source[at, 0]) + part * _CELL
                )
                self.launch.found(error)
                return

    def proxy_fence(self, view: View) -> None:
        """``fence.proxy.async``."""
        if self.on and self._fences:
            self._clock += 1
            self._fenced[np.broadcast_to(view.mask, self._fenced.shape)] = self._clock

    # -- mbarriers ---------------------------------------------------------------------------------------

    def made_mbarrier(self, view: View, step: Step, address: np.ndarray, made: bool) -> None:
        """``mbarrier.init`` or, if not ``made``, ``mbarrier.inval``."""
        if not self.on or not self.shared:
            return
        if made:
            self.touched(view, step, address, 8, writes=True)
        value = np.broadcast_to(view.lanes.thread.astype(np.uint64), view.lanes.shape)
        watch = self.chunk.watch
        watch.copies_into(view, step, address, value)
        if not made:
            watch.written.forget(view, address, 8, view.mask)
        row, column = np.nonzero(view.mask)
        for part in range(2):
            self._objects[address[row, column] // _CELL + part, column] = made
        self._busy = True

    def uses_mbarrier(self, view: View, step: Step, address: np.ndarray) -> None:
        if self.on and self.shared:
            self.chunk.watch.mbarrier(view, step, address, 8)

    # -- accesses of others ------------------------------------------------------------------------------

    def touched(
        self,
        frame: Frame | View,
        step: Step,
        address: np.ndarray,
        size: int,
        writes: bool,
        copy: Copy | None = None,
    ) -> None:
        """Lanes access shared memory. Raises CopyInFlight or MbarrierError if they may not."""
        if self._fences and writes and copy is None:
            self._write_seen(frame, address, size)
        if not self._busy or not self.on:
            return
        for part in range(-(-size // _CELL)):
            row, column, cell = self._cells(frame, frame.mask, address + part * _CELL)
            block = self._blocks(frame, row, column)
            for table in (self._into, self._from) if writes else (self._into,):
                number = table[cell, block]
                for at in np.flatnonzero(number).tolist():
                    thread, b = self._thread(frame, row[at], column[at]), int(block[at])
                    if self._races(thread, b, int(cell[at]) * _CELL, WRITE if table is self._into else READ):
                        continue  # not even its beginning is ordered before this: that is told as a race
                    self.launch.found(
                        self.launch.explain.in_flight(
                            self.chunk, step, thread, b, self._copies[int(number[at])], int(cell[at]) * _CELL,
                            table is self._into,
                        )
                    )  # fmt: skip
                    return
            on_object = self._objects[cell, block]
            if on_object.any():
                at = int(np.argmax(on_object))
                thread = self._thread(frame, row[at], column[at])
                self.launch.found(
                    self.launch.explain.plain_access(
                        self.chunk, step, thread, int(block[at]), int(cell[at]) * _CELL
                    )
                )
                return

    def _races(self, thread: int, block: int, address: int, kind: str) -> bool:
        """Whether somebody else did something of that kind at ``address`` that is not over for this thread."""
        watch = self.chunk.watch
        if not self.shared:
            return False
        watch._judge()
        column = block if watch.columns > 1 else 0
        who = np.array([column * self.chunk.lanes.threads + thread + 1], np.int32)
        cell = np.array([address // watch.grain * watch.columns + column])
        other, _ = watch.tables[kind].other_than(cell, who, watch.order)
        return bool(other[0])

    def touched_global(self, frame: Frame | View, step: Step, kind: str, address: object, size: int) -> None:
        """Lanes access global memory. Raises CopyInFlight if they may not."""
        if not self.on:
            return
        for copy in self.chunk.copies.under_way:
            if copy.into == "shared" and kind == READ:
                continue
            theirs = copy.target if copy.into == "global" else copy.source
            where, given = copy.view.mask, copy.given
            lanes = np.ones(theirs.shape, bool) if where is None else where
            if given is not None:
                lanes = lanes & (given > 0)
            if not lanes.any():
                continue
            mine = np.broadcast_to(np.asarray(address), frame.lanes.shape)
            active = np.broadcast_to(True if frame.mask is None else frame.mask, frame.lanes.shape)
            low, high = theirs[lanes].min(), theirs[lanes].max() + copy.size
            near = active & (mine < high) & (mine + size > low)
            if not near.any():
                continue
            offset = np.arange(0, copy.size, _CELL)
            words = theirs[lanes][:, None] + offset
            if given is not None:  # the rest of it is zeros and was read nowhere
                words = words[offset < given[lanes][:, None]]
            words = np.unique(words // _CELL)
            met = near & (np.isin(mine // _CELL, words) | np.isin((mine + size - 1) // _CELL, words))
            if met.any():
                column, row = (int(x[0]) for x in np.nonzero(met.T))
                block = int(self._blocks(frame, np.array([row]), np.array([column]))[0])
                thread = self._thread(frame, row, column)
                self.launch.found(
                    self.launch.explain.in_flight(
                        self.chunk, step, thread, block, copy, int(mine[row, column]), copy.into == "global"
                    )
                )
                return

    def _write_seen(self, frame: Frame | View, address: np.ndarray, size: int) -> None:
        self._clock += 1
        for part in range(-(-size // _CELL)):
            row, column, cell = self._cells(frame, frame.mask, address + part * _CELL)
            block = self._blocks(frame, row, column)
            self._wrote[cell, block] = self._clock
            self._writer[cell, block] = self._threads(frame, row, column)

    # -- cells -------------------------------------------------------------------------------------------

    def _mark(self, table: np.ndarray, copy: Copy, view: View, address: np.ndarray) -> None:
        for part in range(copy.size // _CELL):
            row, column, cell = self._cells(view, view.mask, address + part * _CELL)
            table[cell, self._blocks(view, row, column)] = copy.number

    def _unmark(self, table: np.ndarray, copy: Copy, view: View, address: np.ndarray) -> None:
        for part in range(copy.size // _CELL):
            row, column, cell = self._cells(view, view.mask, address + part * _CELL)
            block = self._blocks(view, row, column)
            mine = table[cell, block] == copy.number
            table[cell[mine], block[mine]] = 0

    def _cells(
        self, frame: Frame | View, mask: np.ndarray | None, address: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Active lanes, as rows and columns, and the cell that each touches."""
        active = np.broadcast_to(True if mask is None else mask, frame.lanes.shape)
        column, row = np.nonzero(active.T)
        return row, column, np.broadcast_to(address, frame.lanes.shape)[row, column] // _CELL

    def _blocks(self, frame: Frame | View, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        return np.broadcast_to(frame.lanes.block, frame.lanes.shape)[row, column]

    def _threads(self, frame: Frame | View, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        return np.broadcast_to(frame.lanes.thread, frame.lanes.shape)[row, column]

    def _thread(self, frame: Frame | View, row: int, column: int) -> int:
        return int(np.broadcast_to(frame.lanes.thread, frame.lanes.shape)[row, column])
