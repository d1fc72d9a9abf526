"""Which bytes of an allocation have been written.

An allocation that the host filled needs no record: all of it is written. One that was only reserved starts
with none. Most are then filled from one end to the other, so a record begins as one stretch of bytes; what
fits no stretch makes it a map of one boolean a byte. When every byte is written the record is dropped.
"""

from __future__ import annotations

import numpy as np

from smsim.machine.outersum import OuterSum

_EVERY_BYTE = 0x0101_0101_0101_0101


class WrittenBytes:
    """The written bytes among the ``size`` bytes of an allocation: at first none."""

    __slots__ = ("size", "low", "high", "map")

    def __init__(self, size: int) -> None:
        self.size = size
        self.low = self.high = 0
        self.map: np.ndarray | None = None

    def copy(self) -> WrittenBytes:
        twin = WrittenBytes(self.size)
        twin.low, twin.high = self.low, self.high
        twin.map = None if self.map is None else self.map.copy()
        return twin

    def complete(self) -> bool:
        """Whether every byte is written; looks at each if they were not written in one stretch."""
        if self.map is None:
            return self.low == 0 and self.high == self.size
        return bool(self.map.all())

    # -- asking ------------------------------------------------------------------------------------------

    def covers(self, start: int, end: int) -> bool:
        """Whether all of the bytes ``start`` to ``end - 1`` are written."""
        if self.map is None:
            return self.low <= start and end <= self.high
        return bool(self.map[start:end].all())

    def at(self, offset: np.ndarray, size: int) -> np.ndarray:
        """For each aligned access of ``size`` bytes at ``offset`` whether all of it is written; same shape."""
        if self.map is None:
            return (self.low <= offset) & (offset + size <= self.high)
        return self.map.view(f"u{size}")[offset // size] == _all(size)

    # -- writing -----------------------------------------------------------------------------------------

    def put(self, start: int, end: int) -> None:
        """The bytes ``start`` to ``end - 1`` are written."""
        if self.map is None and (self.low == self.high or start <= self.high and self.low <= end):
            if self.low == self.high:
                self.low, self.high = start, end
            else:
                self.low, self.high = min(self.low, start), max(self.high, end)
            return
        self.bytewise()[start:end] = True

    def put_at(self, index: np.ndarray, size: int) -> None:
        """The elements ``index`` of ``size`` bytes each are written."""
        self.bytewise().view(f"u{size}")[index] = _all(size)

    def put_rectangle(
        self, start: int, steps: tuple[int, int], shape: tuple[int, int], size: int, mask: np.ndarray | None
    ) -> None:
        """Elements of ``size`` bytes at ``start + row * steps[0] + column * steps[1]`` are written.

        Args:
            mask: which of the ``shape`` elements; ``None`` for all.
        """
        in_a_row = steps[0] == size or shape[0] == 1
        if in_a_row and (steps[1] == size * shape[0] or shape[1] == 1):
            count = shape[0] * shape[1]
            if mask is not None:  # a guard such as ``i < n`` leaves the first so many
                linear = np.broadcast_to(mask, shape).T.ravel()
                count = int(np.count_nonzero(linear))
                if not linear[:count].all():
                    count = None
            if count is not None:
                if count:
                    self.put(start, start + count * size)
                return
        view = np.ndarray(shape, f"u{size}", self.bytewise(), start, steps)
        np.copyto(view, _all(size), where=True if mask is None else mask)

    def forget(self, offset: np.ndarray) -> None:
        """The bytes at ``offset`` hold what nobody wrote."""
        self.bytewise()[offset] = False

    def bytewise(self) -> np.ndarray:
        """The record as a map; live, padded to a multiple of 8 bytes."""
        if self.map is None:
            self.map = np.zeros(-(-self.size // 8) * 8, bool)
            self.map[self.low : self.high] = True
            self.map[self.size :] = True
        return self.map


def _all(size: int) -> np.unsignedinteger:
    return np.dtype(f"u{size}").type(_EVERY_BYTE & (1 << 8 * size) - 1)


def put_lanes(
    written: WrittenBytes,
    base: int,
    address: np.ndarray | OuterSum,
    size: int,
    mask: np.ndarray | None,
    shape: tuple[int, int],
) -> None:
    """The lanes of ``mask``, of ``shape`` in all, wrote ``size`` bytes at ``address`` of the allocation at
    ``base``. Every address, of idle lanes too, lies within it."""
    if isinstance(address, OuterSum):
        row_step, column_step = address.even_steps()
        if row_step is not None and column_step is not None:
            start = address.first() - base
            written.put_rectangle(start, (row_step, column_step), address.shape, size, mask)
            return
    offset = np.asarray(address) - base
    if offset.size == 1:
        if mask is None or mask.any():
            written.put(int(offset[0, 0]), int(offset[0, 0]) + size)
        return
    if mask is not None:
        offset = np.broadcast_to(offset, shape)[np.broadcast_to(mask, shape)]
    written.put_at(offset // size, size)
