"""Which threads a run computes, and where each of them sits.

Registers are arrays of shape ``(T, B)``: T threads of a block by B blocks of a chunk. A value that
does not depend on the block has shape ``(T, 1)``, one that does not depend on the thread ``(1, B)``,
one that is the same everywhere ``(1, 1)``; NumPy's broadcasting makes them meet.

When few lanes are left in a loop they are gathered into a *compact* set of shape ``(n, 1)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

Dim3 = tuple[int, int, int]
WARP = 32


@dataclass(frozen=True, eq=False)
class Lanes:
    """A set of lanes.

    Attributes:
        shape: ``(T, B)``, or ``(n, 1)`` when compact.
        thread: int64 linear thread index within the block, ``(T, 1)`` or ``(n, 1)``.
        block: int64 block number within the chunk, ``(1, B)`` or ``(n, 1)``.
        blocks: B, the number of blocks in the chunk.
        threads: T, the number of threads of a block.
        full: whether these are all lanes of the chunk.
    """

    thread: np.ndarray
    block: np.ndarray
    threads: int
    blocks: int
    full: bool

    @classmethod
    def of_chunk(cls, threads: int, blocks: int) -> Lanes:
        return cls(
            np.arange(threads, dtype=np.int64).reshape(-1, 1),
            np.arange(blocks, dtype=np.int64).reshape(1, -1),
            threads,
            blocks,
            True,
        )

    def compact(self, mask: np.ndarray) -> tuple[Lanes, np.ndarray, np.ndarray]:
        """The lanes of ``mask`` alone, and where each came from: ``(lanes, row, column)``."""
        row, column = np.nonzero(np.broadcast_to(mask, self.shape))
        thread = np.broadcast_to(self.thread, self.shape)[row, column].reshape(-1, 1)
        block = np.broadcast_to(self.block, self.shape)[row, column].reshape(-1, 1)
        return Lanes(thread, block, self.threads, self.blocks, False), row, column

    @property
    def shape(self) -> tuple[int, int]:
        return (self.thread.shape[0], self.block.shape[1])

    @cached_property
    def lane(self) -> np.ndarray:
        """Number of each lane within the chunk, thread-major: ``thread * B + block``; shape ``shape``."""
        return self.thread * self.blocks + self.block

    @property
    def count(self) -> int:
        return self.shape[0] * self.shape[1]


def unflatten(index: int, dims: Dim3) -> Dim3:
    """Linear index to ``(x, y, z)``, x fastest, as CUDA counts."""
    x, rest = index % dims[0], index // dims[0]
    return (x, rest % dims[1], rest // dims[1])


def thread_indices(threads: np.ndarray, block_dim: Dim3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``%tid.x``, ``%tid.y``, ``%tid.z`` of linear thread indices, each uint32 of the same shape."""
    x, y, _ = block_dim
    parts = (threads % x, threads // x % y, threads // (x * y))
    return tuple(p.astype(np.uint32) for p in parts)


def block_indices(blocks: np.ndarray, grid_dim: Dim3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``%ctaid.x``, ``.y``, ``.z`` of linear block indices, each uint32 of the same shape."""
    x, y, _ = grid_dim
    parts = (blocks % x, blocks // x % y, blocks // (x * y))
    return tuple(p.astype(np.uint32) for p in parts)
