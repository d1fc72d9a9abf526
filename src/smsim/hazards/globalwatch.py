"""Watches global memory for races between all threads of a launch, and for values that nobody wrote.

Most kernels write an array that nobody else reads, and read arrays that nobody writes. For those a note of
which bytes a chunk of blocks touched is enough. An allocation that is written gets a table of who wrote
each cell last. Where a write meets bytes that were read before, the note does not say by whom: the launch
is then run again with all accesses to that allocation entered one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.cells import Note
from smsim.hazards.globaljudge import GlobalJudge
from smsim.hazards.globalwritten import GlobalWritten
from smsim.hazards.readonlypath import ReadOnlyPath
from smsim.hazards.scopes import reach
from smsim.machine.globalspace import bounds, even_steps, lanes_apart
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.memory import Allocation
from smsim.machine.outersum import OuterSum

if TYPE_CHECKING:
    from smsim.hazards.globalrecord import GlobalRecord
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame
    from smsim.machine.launch import Launch


class NoGlobalWatch:
    """Stands in where nothing is to be watched."""

    knowledge = None

    def access(
        self, frame: Frame, step: Step, kind: str, address: object, size: int, value: object = None
    ) -> None: ...

    def barrier(self, chunk: Chunk, complete: np.ndarray | None) -> None: ...

    def grid_barrier(self) -> None: ...

    def fence(self, frame: Frame, step: Step) -> None: ...


class GlobalWatch(GlobalJudge):
    """Judges the accesses to global memory of one run of a launch, most of them with a note alone."""

    def __init__(self, launch: Launch, record: GlobalRecord) -> None:
        super().__init__(launch, record)
        self.written = GlobalWritten(launch)
        self._read_only = None if record.read_only is None else ReadOnlyPath(self, record.read_only)

    def access(
        self,
        frame: Frame,
        step: Step,
        kind: str,
        address: np.ndarray | OuterSum,
        size: int,
        value: np.ndarray | None = None,
    ) -> None:
        """Lanes of ``frame`` are about to touch ``size`` bytes at ``address``; ``value`` is what a write
        will leave there.

        Raises:
            DataRace: two writes, or a write and an atomic, that nothing orders.
            NonCoherentRead: ``ld.global.nc`` of what somebody writes.
            UninitializedRead: an atomic updates what nobody wrote.
            Suspicion: a read that races or that finds what nobody wrote, or accesses that must be entered
                one by one.
        """
        if self._read_only is not None:
            self._read_only.access(frame, step, address, size)
        whole = self.space.whole(address, size)
        if (whole is None or whole.written is not None) and step.form.row.semantics != "memory.store":
            self.written.read(frame, step, address, size, whole)
        if whole is not None and self._noted(frame, kind, whole, address, size):
            return
        if whole is not None and kind == WRITE and self._rectangle(frame, step, whole, address, size):
            return
        self._one_by_one(frame, step, kind, address, size, value)

    def barrier(self, chunk: Chunk, complete: np.ndarray | None) -> None:
        """All threads of the ``complete`` blocks of ``chunk`` have met."""
        blocks = chunk.first_block + np.arange(chunk.lanes.blocks)
        self.order.barrier(blocks if complete is None else blocks[complete[0]])

    def grid_barrier(self) -> None:
        """All threads of the grid have met: whatever was done before is over for all of it."""
        if len(self.record.together.launches) == 1:
            self.record.clear()
        else:
            self.knowledge.grid_barrier(range(self.launch.first_place, self.launch.end_place))

    def fence(self, frame: Frame, step: Step) -> None:
        """``fence`` or ``membar`` by the lanes of ``frame``."""
        if self.knowledge is not None:
            frame.chunk.watch.settle()
            scope = reach(step.form.flags)
            for thread in (self._lane_ids(frame)[self._active(frame)] - 1).tolist():
                self.knowledge.fence(thread, scope)

    def _noted(
        self, frame: Frame, kind: str, whole: Allocation, address: np.ndarray | OuterSum, size: int
    ) -> bool:
        """Settle the access with a note, if nothing of another kind has happened to the allocation."""
        base = whole.base
        if base in self.in_full:
            return False
        if any(self._notes[other].get(base) for other in (READ, ATOMIC)):
            self._against_notes(frame, kind, base, *self._extent(address, size))
        if kind == WRITE or self.knowledge is not None and kind == ATOMIC:
            return False
        if base in self._writers:
            return False
        self._notes[kind].setdefault(base, [])
        Note.add(self._notes[kind][base], frame.chunk.first_block, *self._extent(address, size))
        return True

    def _extent(self, address: np.ndarray | OuterSum, size: int) -> tuple[int, int, object]:
        """``(low, high, signature)``: equal signatures mean that each lane touches the same bytes again."""
        low, high = bounds(address)
        if isinstance(address, OuterSum):
            steps = even_steps(address, 0)
            if steps is not None and lanes_apart(*steps[1:], address.shape, size):
                return low, high + size, (steps, address.shape, size)
        return low, high + size, None

    def _rectangle(
        self, frame: Frame, step: Step, whole: Allocation, address: np.ndarray | OuterSum, size: int
    ) -> bool:
        """A write by all lanes to cells that nobody has written: one strided copy into the table."""
        if not isinstance(address, OuterSum) or size != self.grain or not frame.lanes.full:
            return False
        if whole.base in self.in_full:
            return False
        steps = even_steps(address, whole.base)
        if steps is None or not lanes_apart(*steps[1:], address.shape, size):
            return False
        if any(part % size for part in steps):
            return False
        writer = self._writer(whole)
        ids = self._lane_ids(frame)
        self.order.chunk = frame.chunk
        return writer.put_rectangle(
            steps, address.shape, size, ids, frame.mask, self._number(step), self.order.now(ids)
        )

    def _active(self, frame: Frame) -> np.ndarray:
        return np.broadcast_to(True if frame.mask is None else frame.mask, frame.lanes.shape)
