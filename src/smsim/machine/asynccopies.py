"""Asynchronous copies under way. Their bytes are taken when they begin, and are there when somebody has waited.

That is as late as can be: a kernel that reads too early finds what was there before, and is told so. The copies of
one instruction are kept together, for all lanes. What others did to their source or target meanwhile is judged in
:mod:`smsim.hazards.asyncwatch`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.asyncview import View
from smsim.machine.copylog import Arrived, CopyLog

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk

#: Groups of a thread: those of cp.async, and those of bulk copies.
PLAIN, BULK = 0, 1


@dataclass(eq=False)
class Copy:
    """What one instruction began, for some lanes.

    Attributes:
        view: whose it is; ``view.mask`` are the lanes whose bytes are still under way. A bulk copy has a view
            of its own, with a lane for each piece.
        owner: ``(thread, block)`` of a bulk copy; ``None`` where every lane has its own.
        into: ``"shared"`` or ``"global"``; target: addresses there, of the shape of ``view.lanes``.
        values: what each part of the target will hold, one array for every 4 or 8 bytes.
        missing: for each part, where that is nothing that anybody wrote; ``None``: nowhere.
        source: addresses of what is read, of the same shape; ``size`` bytes each.
        group: the group that each lane has put it in, int32 ``(T, B)``; -1: none yet.
        mbarrier: where its arrival is counted, if it is; ``total`` bytes of it.
        read: its source is known to be read.
        given: bytes that each lane reads, if these may be fewer than it writes.
    """

    number: int
    step: Step
    view: View
    into: str
    target: np.ndarray
    source: np.ndarray
    size: int
    values: list[np.ndarray]
    missing: list[np.ndarray | None]
    queue: int = PLAIN
    group: np.ndarray | None = None
    owner: tuple[int, int] | None = None
    mbarrier: int | None = None
    total: int = 0
    read: bool = False
    given: np.ndarray | None = None


@dataclass(eq=False)
class ArrivalToCome:
    """``cp.async.mbarrier.arrive`` by the lanes ``mask``: they arrive when ``copies`` are done."""

    step: Step
    address: np.ndarray
    mask: np.ndarray
    copies: list[tuple[Copy, np.ndarray]] = field(default_factory=list)


class Copies:
    """The asynchronous copies of a chunk's blocks.

    Attributes:
        under_way: those whose bytes are not all there, in the order in which they began.
        log: what happened, for an observer that asks (:mod:`smsim.machine.copylog`); ``None``: nobody does.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.under_way: list[Copy] = []
        self._arrivals: list[ArrivalToCome] = []
        self._groups = np.zeros((2, *chunk.lanes.shape), np.int32)
        self._begun = 0
        observer = chunk.launch.observer
        self.log = CopyLog() if observer is not None and observer.wants_copies else None

    def begin(self, copy: Copy) -> None:
        """The copy is on its way."""
        self.under_way.append(copy)
        if self.log is not None:
            self.log.begun(copy)

    def number(self) -> int:
        """The number of the next copy, from 1."""
        self._begun += 1
        return self._begun

    # -- groups ------------------------------------------------------------------------------------------

    def commit(self, view: View, queue: int) -> None:
        """The copies of each lane that are in no group become its next one."""
        for copy in self.under_way:
            if copy.group is not None and copy.queue == queue:
                copy.group = np.where(view.mask & (copy.group < 0), self._groups[queue], copy.group)
        self._groups[queue] += view.mask

    def wait(self, view: View, step: Step, queue: int, leave: int | None, only_read: bool = False) -> None:
        """Lanes wait until no more than ``leave`` of their groups are under way (``None``: for all copies)."""
        waited = []
        for copy in list(self.under_way):
            if copy.group is None or copy.queue != queue:
                continue
            group = copy.group
            done = (
                view.mask
                if leave is None
                else view.mask & (group >= 0) & (group < self._groups[queue] - leave)
            )
            if copy.owner is None:
                done = done & copy.view.mask
                mine = bool(done.any())
            else:
                mine = bool(done[copy.owner])
            if not mine:
                continue
            waited.append(copy.number)
            if only_read:
                self.source_is_free(copy)
            else:
                self.land(copy, None if copy.owner is not None else done)
        if self.log is not None:
            self.log.waited(step, view, waited)

    def source_is_free(self, copy: Copy) -> None:
        """The source of a bulk copy is read."""
        if not copy.read:
            copy.read = True
            self.chunk.copy_watch.source_read(copy)

    # -- landing -----------------------------------------------------------------------------------------

    def land(self, copy: Copy, lanes: np.ndarray | None, judge: bool = True) -> None:
        """The bytes arrive, for ``lanes`` (``None``: for all that wait for them)."""
        chunk, view = self.chunk, copy.view
        here = View(chunk, view.lanes, view.mask if lanes is None else lanes)
        width = copy.values[0].dtype.itemsize
        self.chunk.copy_watch.landing(copy, here)
        for number, value in enumerate(copy.values):
            at = copy.target + number * width
            if copy.into == "shared":
                chunk.shared.store(at, value, here.mask, here.lanes)
            else:
                chunk.memory.store(at, value, here.mask, here.lanes.shape)
            chunk.copy_watch.landed(copy, here, at, value, copy.missing[number], judge)
        if lanes is None or view.mask is None:
            left = False
        else:
            view.mask = view.mask & ~lanes
            left = bool(view.mask.any())
        if not left:
            self.under_way.remove(copy)

    def arrive_when_done(self, view: View, step: Step, address: np.ndarray, counted: bool) -> None:
        """``cp.async.mbarrier.arrive``; ``counted``: init has counted the arrival (``.noinc``)."""
        mbarriers = self.chunk.mbarriers
        if not counted:
            mbarriers.more_pending(view, step, address)
        coming = ArrivalToCome(step, address, view.mask.copy())
        for copy in self.under_way:
            if copy.queue == PLAIN and copy.owner is None and (lanes := copy.view.mask & view.mask).any():
                coming.copies.append((copy, lanes))
                self.chunk.copy_watch.promised(copy, View(self.chunk, self.chunk.lanes, lanes))
        self._arrivals.append(coming)
        self.chunk.order.arrive_for_copies(address, view.mask)
        mbarriers.changes += 1

    def land_at(self, at: int, columns: np.ndarray) -> None:
        """Somebody in the blocks ``columns`` looks at the mbarrier at ``at``: what it counts arrives now."""
        mine = np.zeros(self.chunk.lanes.shape, bool)
        mine[:, columns] = True
        for coming in list(self._arrivals):
            lanes = coming.mask & mine & (coming.address == at)
            if not lanes.any():
                continue
            coming.mask = coming.mask & ~lanes
            if not coming.mask.any():
                self._arrivals.remove(coming)
            for copy, theirs in coming.copies:
                done = theirs & lanes & copy.view.mask
                if done.any():
                    self.land(copy, done, judge=False)
            view = View(self.chunk, self.chunk.lanes, lanes)
            one = np.ones(lanes.shape, np.int64)
            self.chunk.mbarriers.arrive(view, coming.step, coming.address, one, tells=False)
        for copy in list(self.under_way):
            if copy.mbarrier == at and copy.owner[1] in columns:
                self.land(copy, None, judge=False)
                whose = np.zeros(self.chunk.lanes.shape, bool)
                whose[copy.owner] = True
                view = View(self.chunk, self.chunk.lanes, whose)
                where, size = np.full(whose.shape, at, np.int64), np.full(whose.shape, copy.total, np.int64)
                if self.log is not None:
                    self.log.arrived(Arrived(at, copy.owner[1], copy.number))
                self.chunk.mbarriers.come(view, copy.step, where, size)

    def phase_over(self, at: int, columns: np.ndarray, phase: np.ndarray) -> None:
        """Phase ``phase`` (by column) of the mbarrier at ``at`` is complete."""
        if self.log is not None:
            self.log.phase_over(at, columns, phase)

    def saw(self, step: Step, at: int, lanes: np.ndarray, phase: np.ndarray) -> None:
        """``lanes`` have seen that phase ``phase`` (by block) is over."""
        if self.log is not None:
            self.log.saw(step, at, lanes, phase)

    def finish(self) -> None:
        """All threads have ended. What is under way into global memory arrives.

        Raises:
            CopyInFlight: a bulk copy still reads or writes the shared memory of a block that is gone.
        """
        for copy in list(self.under_way):
            if copy.owner is not None and not copy.read:
                self.chunk.launch.found(self.chunk.launch.explain.still_under_way(copy))
            if copy.into == "global":
                self.land(copy, None)
        self.under_way.clear()
