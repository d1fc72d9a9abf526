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
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.under_way: list[Copy] = []
        self._arrivals: list[ArrivalToCome] = []
        self._groups = np.zeros((2, *chunk.lanes.shape), np.int32)
        self._begun = 0

    def begin(self, copy: Copy) -> None:
        """The copy is on its way."""
        self.under_way.append(copy)

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

    def wait(self, view: View, queue: int, leave: int | None, only_read: bool = False) -> None:
        """Lanes wait until no more than ``leave`` of their groups are under way (``None``: for all copies)."""
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
            if only_read:
                self.source_is_free(copy)
            else:
                self.land(copy, None if copy.owner is not None else done)

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
            chunk.copy_watch.over(copy)

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
        come: dict[int, int] = {}
        whose: dict[int, int] = {}
        step, here = None, set(columns.tolist())
        for copy in [c for c in self.under_way if c.mbarrier == at and c.owner[1] in here]:
            self.land(copy, None, judge=False)
            whose[copy.owner[1]], step = copy.owner[0], copy.step
            come[copy.owner[1]] = come.get(copy.owner[1], 0) + copy.total
        if step is not None:
            self.chunk.mbarriers.bytes_here(at, step, come, whose)

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
