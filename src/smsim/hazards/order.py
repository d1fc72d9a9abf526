"""Who has waited for whom within a block, between two barriers of all its threads: clocks of its warps.

Most kernels order their threads by whole-block barriers alone and never come here. ``bar.warp.sync``
orders the lanes of one warp, and a barrier for some of the warps orders those. Each warp counts its
synchronisations, and for every other warp remembers up to which count it has waited for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import WARP

if TYPE_CHECKING:
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Mask


class Clocks:
    """Clocks of the warps of ``blocks`` blocks.

    Attributes:
        seen: ``(W, W, B)`` int32; ``seen[w, v, b]`` is how many of warp ``v``'s intervals warp ``w`` has
            waited for. ``seen[w, w]`` is the interval that warp ``w`` is in now.
    """

    def __init__(self, threads: int, blocks: int) -> None:
        warps = -(-threads // WARP)
        self.seen = np.zeros((warps, warps, blocks), np.int32)

    def now(self, thread: np.ndarray, block: np.ndarray) -> np.ndarray:
        """The interval that each thread's warp is in."""
        warp = thread // WARP
        return self.seen[warp, warp, block]

    def before(
        self, thread: np.ndarray, block: np.ndarray, other: np.ndarray, interval: np.ndarray
    ) -> np.ndarray:
        """Whether what thread ``other`` did in ``interval`` is over for ``thread``, as of now."""
        return self.seen[thread // WARP, other // WARP, block] > interval

    def warps_synchronise(self, warps: np.ndarray) -> None:
        """The lanes of each warp in ``warps`` (boolean, ``(W, B)``) have waited for each other."""
        warp, block = np.nonzero(warps)
        self.seen[warp, warp, block] += 1

    def leave_word(self, warps: np.ndarray, word: np.ndarray) -> None:
        """Each warp in ``warps`` (boolean, ``(W, B)``) arrives at a barrier: it adds what it has seen, and
        its own interval, to ``word`` (int32, ``(W, B)``, changed in place), and begins a new interval."""
        for warp, block in zip(*np.nonzero(warps), strict=True):
            seen = self.seen[warp, :, block]
            seen[warp] += 1
            np.maximum(word[:, block], seen, out=word[:, block])

    def take_word(self, warps: np.ndarray, word: np.ndarray) -> None:
        """Each warp in ``warps`` has waited for all that ``word`` speaks of."""
        for warp, block in zip(*np.nonzero(warps), strict=True):
            seen = self.seen[warp, :, block]
            own = seen[warp]
            np.maximum(seen, word[:, block], out=seen)
            seen[warp] = own

    def reset(self, columns: np.ndarray | None) -> None:
        """A barrier of the whole block: order begins anew in the blocks of ``columns`` (``None``: all)."""
        if columns is None:
            self.seen.fill(0)
        else:
            self.seen[:, :, columns] = 0


class BlockOrder:
    """The order that barriers make among the threads of a chunk's blocks.

    Attributes:
        clocks: of the warps; ``None`` until something less than a whole barrier orders them.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.clocks: Clocks | None = None
        self._words: dict[int, np.ndarray] = {}

    def barrier(self, complete: np.ndarray | None) -> None:
        """All threads of the ``complete`` blocks (``(1, B)``; ``None``: all) have met."""
        self.chunk.watch.barrier(complete)
        self.chunk.launch.watch.barrier(self.chunk, complete)
        if self.clocks is not None:
            self.clocks.reset(None if complete is None else complete[0])

    def warp_sync(self, lanes: Mask) -> None:
        """The warps of ``lanes`` have waited for their own lanes, at ``bar.warp.sync``.

        A warp counts as a whole, also where the mask names only some of its lanes: what the others do
        between is then not judged against it.
        """
        self._begin().warps_synchronise(self._warps(lanes))

    def arrive(self, number: int, lanes: Mask) -> None:
        """The warps of ``lanes`` arrive at barrier ``number`` without waiting there."""
        self._begin().leave_word(self._warps(lanes), self._word(number))

    def meet(self, number: int, lanes: np.ndarray, complete: np.ndarray) -> None:
        """The warps of ``lanes`` have waited at barrier ``number``, which is for some of the block's threads
        only; ``complete`` (``(1, B)``) says in which blocks."""
        clocks, word = self._begin(), self._word(number)
        warps = self._warps(lanes & complete)
        clocks.leave_word(warps, word)
        clocks.take_word(warps, word)
        word[:, complete[0]] = 0

    def _begin(self) -> Clocks:
        self.chunk.watch.settle()
        if self.clocks is None:
            self.clocks = Clocks(self.chunk.lanes.threads, self.chunk.lanes.blocks)
        return self.clocks

    def _word(self, number: int) -> np.ndarray:
        shape = (self.clocks.seen.shape[0], self.chunk.lanes.blocks)
        return self._words.setdefault(number, np.zeros(shape, np.int32))

    def _warps(self, lanes: Mask) -> np.ndarray:
        """The warps that have a lane in ``lanes``: boolean, ``(W, B)``."""
        here = np.broadcast_to(True if lanes is None else lanes, self.chunk.lanes.shape)
        return np.logical_or.reduceat(here, np.arange(0, here.shape[0], WARP), axis=0)
