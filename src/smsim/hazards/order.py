"""Who has waited for whom between two barriers of the block: clocks of its warps.

Most kernels order their threads by whole-block barriers alone and never come here. ``bar.warp.sync``
orders the lanes of one warp, and a barrier for some of the warps orders those. Each warp counts its
synchronisations, and for every other warp remembers up to which count it has waited for it.
"""

from __future__ import annotations

import numpy as np

from smsim.machine.lanes import WARP


class Order:
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
