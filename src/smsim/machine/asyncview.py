"""Lanes of an asynchronous instruction, as those who read, write and judge memory want to see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import Lanes

if TYPE_CHECKING:
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame

PIECE = 8  # bytes that a bulk copy moves at a time here


class View:
    """Stands in for a frame: some lanes of a chunk, outside the instruction that they are at.

    Attributes:
        mask: which of ``lanes``, boolean ``(T, B)``; ``None`` for all.
    """

    __slots__ = ("chunk", "lanes", "mask", "taint")

    def __init__(self, chunk: Chunk, lanes: Lanes, mask: np.ndarray | None) -> None:
        self.chunk, self.lanes, self.mask = chunk, lanes, mask
        self.taint: dict = {}

    @classmethod
    def of(cls, frame: Frame) -> View:
        """The active lanes of ``frame`` among all lanes of its chunk."""
        mask = frame.chunk.in_chunk(frame, frame.mask)
        mask = np.broadcast_to(True if mask is None else mask, frame.chunk.lanes.shape)
        return cls(frame.chunk, frame.chunk.lanes, mask)

    @classmethod
    def of_lane(cls, chunk: Chunk, lane: tuple[int, int]) -> View:
        """One thread (row, column) of a chunk."""
        mask = np.zeros(chunk.lanes.shape, bool)
        mask[lane] = True
        return cls(chunk, chunk.lanes, mask)

    @classmethod
    def pieces(cls, chunk: Chunk, thread: int, block: int, count: int) -> View:
        """One thread as ``count`` lanes, which share a bulk copy."""
        rows = np.full((count, 1), thread, np.int64)
        columns = np.full((count, 1), block, np.int64)
        return cls(chunk, Lanes(rows, columns, chunk.lanes.threads, chunk.lanes.blocks, False), None)


def wide(frame: Frame, value: object) -> np.ndarray:
    """A value of ``frame``'s lanes by all lanes of the chunk, ``(T, B)``; 0 for lanes of other frames."""
    value, chunk = np.asarray(value), frame.chunk
    if frame.lanes.full:
        return np.broadcast_to(value, chunk.lanes.shape)
    out = np.zeros(chunk.lanes.shape, value.dtype)
    out[frame.lanes.thread[:, 0], frame.lanes.block[:, 0]] = np.broadcast_to(value, frame.lanes.shape)[:, 0]
    return out


def narrow(frame: Frame, value: np.ndarray) -> np.ndarray:
    """The reverse of :func:`wide`."""
    if frame.lanes.full:
        return value
    return value[frame.lanes.thread[:, 0], frame.lanes.block[:, 0]].reshape(-1, 1)


def addresses_of(start: int, size: int) -> np.ndarray:
    """Where the pieces of ``size`` bytes from ``start`` lie: int64 ``(n, 1)``."""
    return start + PIECE * np.arange(size // PIECE, dtype=np.int64).reshape(-1, 1)
