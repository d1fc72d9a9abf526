"""The warps of some of a chunk's blocks, out of arrays over all its lanes: one row of 32 lanes a warp."""

from __future__ import annotations

import numpy as np

from smsim.machine.collectives import LANES, to_warps
from smsim.machine.frame import Frame, Mask
from smsim.machine.outersum import OuterSum


class Columns:
    """Some blocks of a chunk.

    Attributes:
        places: their numbers within the chunk, ascending, int64 ``(n,)``.
        first_warp: the number that the first warp of each has, int64 ``(n,)``.
        warp: the numbers of all their warps, block by block, int64 ``(n * warps,)``.
        warps: warps of a block.
    """

    def __init__(self, index: np.ndarray, warps: int) -> None:
        """``index``: the place of each of the chunk's blocks among those wanted, -1 for the others."""
        self.places, self.warps = np.flatnonzero(index >= 0), warps
        self.first_warp = index[self.places] * warps
        self.warp = (self.first_warp[:, None] + np.arange(warps)).ravel()
        self.all = self.places.size == index.size
        self._index = index
        self._whole: WarpRows | None = None

    def rows(self, frame: Frame, mask: Mask) -> WarpRows:
        """The warps of these blocks that have a lane in ``mask``."""
        if not frame.lanes.full:
            return self._of_gathered(frame, mask)
        if mask is None:
            if self._whole is None:
                self._whole = self._of_mask(frame, np.ones((1, 1), bool))
            return self._whole
        return self._of_mask(frame, mask)

    def _of_mask(self, frame: Frame, mask: np.ndarray) -> WarpRows:
        active = self.by_warp(mask, frame)
        lanes = np.count_nonzero(active, axis=1)
        if lanes.all():
            return WarpRows(self, None, self.warp, active, lanes, None, None)
        keep = np.flatnonzero(lanes)
        return WarpRows(self, keep, self.warp[keep], active[keep], lanes[keep], None, None)

    def by_warp(self, value: object, frame: Frame) -> np.ndarray:
        """``(T|1, B|1)`` as ``(n * warps, 32)``; lanes beyond the block's last thread are zero or false."""
        threads, count = frame.lanes.threads, self.places.size
        if isinstance(value, OuterSum):
            cols = value.cols if self.all else value.cols[:, self.places]
            value = value.rows + (cols + value.offset)
        elif value.shape[1] > 1 and not self.all:
            value = value[:, self.places]
        warps = to_warps(np.broadcast_to(value, (threads, count)), (threads, count))
        return warps.transpose(2, 0, 1).reshape(-1, LANES)

    def _of_gathered(self, frame: Frame, mask: Mask) -> WarpRows:
        lanes = frame.lanes
        index = self._index[lanes.block[:, 0]]
        wanted = index >= 0
        if mask is not None:
            wanted = wanted & np.broadcast_to(mask, lanes.shape)[:, 0]
        source = np.flatnonzero(wanted)
        thread = lanes.thread[source, 0]
        warp, row = np.unique(index[source] * self.warps + thread // LANES, return_inverse=True)
        place = row.reshape(-1), thread % LANES
        active = np.zeros((warp.size, LANES), bool)
        active[place] = True
        return WarpRows(self, None, warp, active, np.count_nonzero(active, axis=1), source, place)


class WarpRows:
    """The warps that execute something together.

    Attributes:
        warp: their numbers in the trace, int64 ``(rows,)``.
        active: which lanes of each take part, bool ``(rows, 32)``.
        lanes: how many, ``(rows,)``.
    """

    __slots__ = ("columns", "_keep", "warp", "active", "lanes", "_source", "_place")

    def __init__(
        self,
        columns: Columns,
        keep: np.ndarray | None,
        warp: np.ndarray,
        active: np.ndarray,
        lanes: np.ndarray,
        source: np.ndarray | None,
        place: tuple[np.ndarray, np.ndarray] | None,
    ) -> None:
        self.columns, self._keep, self.warp, self.active, self.lanes = columns, keep, warp, active, lanes
        self._source, self._place = source, place

    def of(self, frame: Frame, value: object) -> np.ndarray:
        """A value of ``frame``'s lanes, by warp: ``(rows, 32)``; what lanes outside :attr:`active` hold
        means nothing."""
        if self._place is None:
            rows = self.columns.by_warp(value, frame)
            return rows if self._keep is None else rows[self._keep]
        value = np.asarray(value)
        out = np.zeros(self.active.shape, value.dtype)
        out[self._place] = np.broadcast_to(value, frame.lanes.shape)[self._source, 0]
        return out
