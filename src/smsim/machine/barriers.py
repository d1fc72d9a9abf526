"""Where threads of a block wait for each other: ``bar.sync``, ``bar.red`` and their counts.

A barrier is met by its number, not by its place in the program: two warps may reach barrier 0 through
different instructions. Within one warp they may not, because ``bar`` is short for the *aligned* form,
which all lanes of a warp execute together. Blocks are let go together, once nobody else can move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.frame import Frame, Mask, without
from smsim.machine.lanes import WARP

if TYPE_CHECKING:
    from smsim.machine.chunk import Chunk
    from smsim.machine.program import Step

#: How many a block has; they are numbered from 0.
BARRIERS = 16

_NEVER = object()

#: More threads than any block has.
WHOLE_BLOCK = 1 << 30


@dataclass(eq=False)
class Waiting:
    """Lanes that arrived together.

    Attributes:
        frame, resume: where they go on.
        mask: which lanes of the frame.
        number: the barrier's number.
        count: how many threads it is for, or ``None`` for the whole block.
        step: the instruction they arrived at.
        aligned: whether the lanes of a warp must arrive together.
        predicate: each lane's vote, for ``bar.red``.
        finish: called as ``finish(group, released lanes, all groups)`` for ``bar.red``; writes registers.
    """

    frame: Frame
    resume: int
    mask: Mask
    number: int
    count: int | None
    step: Step
    aligned: bool = True
    predicate: np.ndarray | None = None
    finish: Callable[[Waiting, Mask, list[Waiting]], None] | None = None


class Barriers:
    """All barriers of a chunk's blocks."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.waiting: list[Waiting] = []
        self._arrivals: dict[int, np.ndarray] = {}
        self._arrival_counts: dict[int, np.ndarray] = {}
        #: Who had exited when ``release`` last looked in vain; :data:`_NEVER`, since when lanes have arrived.
        self._looked_at: object = _NEVER

    def only_arrive(self, number: int, count: int, frame: Frame, mask: Mask) -> None:
        """``bar.arrive``: lanes count at a barrier and go on."""
        self._looked_at = _NEVER
        lanes = self.chunk.in_chunk(frame, mask)
        here = np.broadcast_to(True if lanes is None else lanes, self.chunk.lanes.shape)
        self._arrivals[number] = self._arrivals.get(number, False) | here
        before = self._arrival_counts.get(number, np.zeros((1, here.shape[1]), int))
        self._arrival_counts[number] = np.where(here.any(axis=0, keepdims=True), count, before)
        self.chunk.order.arrive(number, here)
        self._complete_without_waiters(number, ~self._waiting_lanes(number).any(axis=0, keepdims=True))

    def _complete_without_waiters(self, number: int, blocks: np.ndarray) -> None:
        """In ``blocks``, ``(1, B)``, threads that only arrived may be enough: then its next turn begins, and
        nobody has waited for them."""
        if number in self._arrivals:
            arrivals = np.broadcast_to(self._arrivals[number], self.chunk.lanes.shape)
            counts, here = self._arrival_counts[number], arrivals.sum(axis=0, keepdims=True)
            enough = blocks & (here > 0) & (here >= counts)
            if enough.any():
                self._arrivals[number] = arrivals & ~enough
                self.chunk.order.forget_arrivals(number, enough)

    def arrive(self, group: Waiting) -> None:
        """Lanes reach a barrier and stop there."""
        self._looked_at = _NEVER
        for other in self.waiting:
            if (
                other.frame is group.frame
                and other.resume == group.resume
                and other.number == group.number
                and other.count == group.count
                and other.predicate is None
                and group.predicate is None
            ):
                other.mask = _union(other.mask, group.mask, group.frame.lanes.shape)
                return
        self.waiting.append(group)
        group.frame.waiting.append(group.resume)

    def release(self) -> bool:
        """Let go every block whose barrier is complete. True if anybody can move again."""
        if not self.waiting or self._looked_at is self.chunk.exited:
            return False
        only = self.waiting[0]
        if len(self.waiting) == 1 and only.mask is None and only.frame.lanes.full and only.count is None:
            if only.finish is not None:
                only.finish(only, None, [only])
            self.waiting.clear()
            only.frame.waiting.remove(only.resume)
            only.frame.go(only.resume, None)
            self.chunk.order.barrier(None)
            return True
        released = False
        for number in sorted({g.number for g in self.waiting}):
            self._complete_without_waiters(number, np.ones((1, 1), bool))
            complete = self._complete_blocks(number)
            if complete is None or not complete.any():
                continue
            groups = [g for g in self.waiting if g.number == number]
            waited = self._waiting_lanes(number)
            go = complete
            counts = self._counts(number)
            if counts is not None:
                waited = self._first_to_come(number, waited, counts)
                go = complete & waited
            for group in groups:  # bar.red looks at all groups as they arrived
                if group.finish is not None:
                    group.finish(group, self._freed(group, go), groups)
            whole = bool((waited.all(axis=0, keepdims=True) | ~complete).all())
            for group in groups:
                self._let_go(group, go)
            if number in self._arrivals:
                self._arrivals[number] = self._arrivals[number] & ~complete
            if whole or not {g.count for g in groups} - {None}:
                self.chunk.order.barrier(complete)
            else:
                self.chunk.order.meet(number, waited, complete)
            released = True
        # Who came too late for one turn may be enough for the next, so after a release it looks again.
        self._looked_at = _NEVER if released else self.chunk.exited
        return released

    def _counts(self, number: int) -> np.ndarray | None:
        """How many threads barrier ``number`` is for in each block, ``(1, B)``: in two blocks it may be two barriers.

        Where nobody gave a number it is :data:`WHOLE_BLOCK`; ``None``, where nobody did in any block.
        """
        counts = np.full((1, self.chunk.lanes.shape[1]), WHOLE_BLOCK)
        for group in self.waiting:
            if group.number == number and group.count is not None:
                there = self._lanes_of(group).any(axis=0, keepdims=True)
                counts[there] = np.minimum(counts, group.count)[there]
        if number in self._arrivals:
            there = np.broadcast_to(self._arrivals[number], self.chunk.lanes.shape).any(axis=0, keepdims=True)
            counts[there] = np.minimum(counts, self._arrival_counts[number])[there]
        return None if (counts == WHOLE_BLOCK).all() else counts

    def _first_to_come(self, number: int, waited: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Those of the lanes ``waited`` that a barrier for ``counts`` lets go: the others came too late, and wait
        for its next turn. Who only arrived counts first; then lower warps come before higher ones."""
        only_arrived = np.broadcast_to(self._arrivals.get(number, False), waited.shape) & ~waited
        places = only_arrived.sum(axis=0, keepdims=True) + np.cumsum(waited, axis=0)
        return waited & (places <= counts)

    def _arrived(self, number: int) -> np.ndarray:
        """Who counts at barrier ``number``: those who wait there and those who only arrived."""
        return self._waiting_lanes(number) | self._arrivals.get(number, False)

    def _waiting_lanes(self, number: int) -> np.ndarray:
        arrived = np.zeros(self.chunk.lanes.shape, bool)
        for group in self.waiting:
            if group.number == number:
                arrived |= self._lanes_of(group)
        return arrived

    def _lanes_of(self, group: Waiting) -> np.ndarray:
        mask = self.chunk.in_chunk(group.frame, group.mask)
        return np.broadcast_to(True if mask is None else mask, self.chunk.lanes.shape)

    def _complete_blocks(self, number: int) -> np.ndarray | None:
        """Shape ``(1, B)``: the blocks in which barrier ``number`` is complete.

        Raises:
            BarrierError: it is complete in number, but lanes of one warp came by different ways, or
                threads have exited that the barrier counts on.
        """
        chunk = self.chunk
        arrived = self._arrived(number)
        here = arrived.sum(axis=0, keepdims=True)
        counts = self._counts(number)
        of_all = True if counts is None else counts == WHOLE_BLOCK
        complete = here == chunk.lanes.threads
        if counts is not None:
            complete = np.where(of_all, complete, here >= counts)
        if np.any(of_all):
            if chunk.exited is not False:
                gone = np.broadcast_to(True if chunk.exited is None else chunk.exited, chunk.lanes.shape)
                short = (
                    of_all
                    & (here > 0)
                    & ~complete
                    & (here + gone.sum(axis=0, keepdims=True) == chunk.lanes.threads)
                )
                if short.any():
                    if chunk.launch.hazards != "isa":
                        raise chunk.launch.explain.exited_before_barrier(self, number, arrived, gone, short)
                    complete = complete | short
        if complete.any():
            self._check_aligned(number, complete)
        return complete

    def _check_aligned(self, number: int, complete: np.ndarray) -> None:
        groups = [g for g in self.waiting if g.number == number and g.aligned]
        if len({id(g.step) for g in groups}) < 2:
            return
        which = np.full(self.chunk.lanes.shape, -1)
        for at, group in enumerate(groups):
            mask = self.chunk.in_chunk(group.frame, group.mask)
            which[np.broadcast_to(True if mask is None else mask, which.shape)] = at
        for start in range(0, which.shape[0], WARP):
            warp = which[start : start + WARP]
            for column in np.nonzero(complete[0])[0]:
                seen = np.unique(warp[:, column])
                seen = seen[seen >= 0]
                if seen.size > 1:
                    lanes = [start + int(np.argmax(warp[:, column] == s)) for s in seen[:2]]
                    steps = [groups[s].step for s in seen[:2]]
                    raise self.chunk.launch.explain.split_warp_at_barrier(self.chunk, column, lanes, steps)

    def _freed(self, group: Waiting, go: np.ndarray) -> Mask | bool:
        """The lanes of ``group`` that may ``go``, ``(1, B)`` by blocks or ``(T, B)``; ``False`` if there is none."""
        lanes = group.frame.lanes
        mine = go
        if not lanes.full:
            rows = np.broadcast_to(go, self.chunk.lanes.shape)
            mine = rows[lanes.thread[:, 0], lanes.block[:, 0]].reshape(-1, 1)
        freed = np.broadcast_to(mine, lanes.shape)
        freed = freed if group.mask is None else freed & group.mask
        if not freed.any():
            return False
        return None if freed.all() else freed

    def _let_go(self, group: Waiting, go: np.ndarray) -> None:
        """Release the lanes of ``group`` that may ``go``, as :meth:`_freed` takes it."""
        frame = group.frame
        freed = self._freed(group, go)
        if freed is False:
            return
        left = False if freed is None else without(group.mask, freed)
        if left is False:
            self.waiting.remove(group)
            frame.waiting.remove(group.resume)
        else:
            group.mask = left
        frame.go(group.resume, freed)

    def explain_deadlock(self) -> None:
        """Nobody can move: say who waits for whom.

        Raises:
            BarrierError: threads of one block wait at barriers that can never be complete.
            Deadlock: anything else.
        """
        raise self.chunk.launch.explain.deadlock(self)


def _union(a: Mask, b: Mask, shape: tuple[int, int]) -> Mask:
    if a is None or b is None:
        return None
    both = a | b
    return None if both.all() else both


@dataclass(eq=False)
class AtGrid:
    """Lanes that wait for all threads of the grid."""

    frame: Frame
    mask: Mask
    resume: int
    step: Step


class GridBarrier:
    """Where a chunk's lanes wait for every other thread of a cooperative launch."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.waiting: list[AtGrid] = []

    def arrive(self, lanes: AtGrid) -> None:
        self.waiting.append(lanes)
        lanes.frame.waiting.append(lanes.resume)

    def release(self) -> None:
        """The whole grid has come."""
        self.chunk.order.barrier(None)
        for lanes in self.waiting:
            lanes.frame.waiting.remove(lanes.resume)
            lanes.frame.go(lanes.resume, lanes.mask)
        self.waiting.clear()
