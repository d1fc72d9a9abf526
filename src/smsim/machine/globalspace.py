"""Loads, stores and flat access (for atomics) in global memory, for all lanes of one instruction.

The quick ways come first: every address within one allocation, and best of all a rectangle in it
(:class:`OuterSum` addresses with even steps), which is one strided copy. What is left is gathered
lane by lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine import windows
from smsim.machine.faults import AccessFault, active_where
from smsim.machine.memory import Allocation, Memory
from smsim.machine.outersum import OuterSum
from smsim.machine.written import put_lanes

if TYPE_CHECKING:
    from smsim.machine.interleaving import Interleaving

Addresses = np.ndarray | OuterSum


@dataclass(frozen=True)
class FlatAccess:
    """The active lanes of an access as indices into one flat array, in the order in which they are served.

    Attributes:
        view: 1-D array of the access's type; live.
        index: int64 ``(n,)`` positions in ``view``.
        row, column: ``(n,)`` each, the lanes in the frame's ``(T, B)``.
        allocation: what ``view`` is of, in global memory.
    """

    view: np.ndarray
    index: np.ndarray
    row: np.ndarray
    column: np.ndarray
    allocation: Allocation | None = None


class GlobalSpace:
    """Global memory as a launch sees it.

    Args:
        memory: the device's.
        interleaving: decides in what order lanes are served that meet; ``None``: in the order of the lanes.
        reachable: numbers of the GPUs whose memory it may use; ``None``: there is one GPU.
    """

    name = "global"

    def __init__(
        self,
        memory: Memory,
        interleaving: Interleaving | None = None,
        reachable: frozenset[int] | None = None,
    ) -> None:
        self.memory, self.interleaving, self.reachable = memory, interleaving, reachable
        self._last: tuple[Addresses | None, int, Allocation | None] = (None, 0, None)

    def load(self, address: Addresses, dtype: np.dtype, mask: np.ndarray | None) -> np.ndarray:
        """The values at ``address`` for the lanes of ``mask``; other lanes receive anything.

        Raises:
            AccessFault: an active lane's bytes lie in no allocation, or are not aligned.
        """
        found = self.whole(address, dtype.itemsize)
        if found is not None:
            return _gather(found, address, dtype)
        address = np.asarray(address)
        shape = address.shape if mask is None else np.broadcast_shapes(address.shape, mask.shape)
        out = np.zeros(shape, dtype)
        for allocation, where in self._allocation_of_each(address, dtype.itemsize, mask):
            index = (np.broadcast_to(address, shape)[where] - allocation.base) // dtype.itemsize
            out[where] = allocation.typed(dtype)[index]
        return out

    def store(
        self,
        address: Addresses,
        value: np.ndarray,
        mask: np.ndarray | None,
        shape: tuple[int, int],
        in_turn: bool = False,
    ) -> None:
        """Write ``value`` (its dtype is the access's type) to the lanes of ``mask``, of ``shape`` in all.

        ``in_turn``: where lanes meet, the one that :meth:`flat` has last stays.
        """
        dtype = value.dtype
        found = self.whole(address, dtype.itemsize)
        if found is not None:
            low, high = bounds(address)
            self.memory.will_write(found, low - found.base, high - found.base + dtype.itemsize)
            if found.written is not None:
                put_lanes(found.written, found.base, address, dtype.itemsize, mask, shape)
        if found is not None and isinstance(address, OuterSum):
            if _scatter_rectangle(found, address, value, mask):
                return
        if in_turn or self.interleaving is not None:
            value = np.broadcast_to(value, shape)
            for access in self.flat(address, dtype, mask, shape):
                access.view[access.index] = value[access.row, access.column]
            return
        if found is not None and mask is None:
            address = np.broadcast_to(np.asarray(address), shape)
            found.typed(dtype)[(address - found.base) // dtype.itemsize] = value
            return
        address = np.asarray(address)
        value = np.broadcast_to(value, shape)
        for allocation, where in self._allocation_of_each(address, dtype.itemsize, mask, shape):
            index = (np.broadcast_to(address, shape)[where] - allocation.base) // dtype.itemsize
            self._keep(allocation, index, dtype)
            allocation.typed(dtype)[index] = value[where]

    def flat(
        self,
        address: Addresses,
        dtype: np.dtype,
        mask: np.ndarray | None,
        shape: tuple[int, int],
        writes: bool = True,
    ) -> list[FlatAccess]:
        """The active lanes by allocation; within each in the order block, then thread, or that of the seed.

        Args:
            writes: whether the caller is going to write through the views.
        """
        found = self.whole(address, dtype.itemsize)
        address = np.broadcast_to(np.asarray(address), shape)
        if found is None:
            parts = self._allocation_of_each(address, dtype.itemsize, mask, shape)
        else:
            parts = [(found, np.ones((1, 1), bool) if mask is None else mask)]
        accesses = []
        for allocation, where in parts:
            column, row = np.nonzero(np.broadcast_to(where, shape).T)
            if not row.size:
                continue
            if self.interleaving is not None:
                turns = self.interleaving.turns(row * shape[1] + column)
                column, row = column[turns], row[turns]
            index = (address[row, column] - allocation.base) // dtype.itemsize
            if writes:
                self._keep(allocation, index, dtype)
            accesses.append(FlatAccess(allocation.typed(dtype), index, row, column, allocation))
        return accesses

    def _keep(self, allocation: Allocation, index: np.ndarray, dtype: np.dtype) -> None:
        low, high = int(index.min()), int(index.max()) + 1
        self.memory.will_write(allocation, low * dtype.itemsize, high * dtype.itemsize)
        if allocation.written is not None:
            allocation.written.put_at(index, dtype.itemsize)

    def inside(self, address: np.ndarray, size: int) -> np.ndarray:
        """For each address whether ``size`` bytes from it lie within one allocation; same shape, bool."""
        held = self.memory.holds(address, size)
        if self.reachable is not None:
            reached = np.isin(windows.owner(address), list(self.reachable))
            held &= reached | ~windows.is_of_a_gpu(address)
        return held

    def _find(self, low: int, high: int) -> Allocation | None:
        """The allocation that holds these bytes, if the launch may use it."""
        found = self.memory.find(low, high)
        if found is None or self.reachable is None or not windows.is_of_a_gpu(low):
            return found
        return found if windows.owner(low) in self.reachable else None

    def whole(self, address: Addresses, size: int) -> Allocation | None:
        """The allocation that holds every lane's aligned access (idle lanes included), if there is one."""
        last = self._last
        if last[0] is address and last[1] == size:
            return last[2]
        low, high = bounds(address)
        found = self._find(low, high + size)
        if found is not None and not _aligned(address, size):
            found = None
        self._last = (address, size, found)
        return found

    def _allocation_of_each(
        self,
        address: np.ndarray,
        size: int,
        mask: np.ndarray | None,
        shape: tuple[int, int] | None = None,
    ) -> list[tuple[Allocation, np.ndarray]]:
        """Sort the active lanes by allocation: ``[(allocation, lanes as a boolean array)]``."""
        if shape is None:
            shape = address.shape if mask is None else np.broadcast_shapes(address.shape, mask.shape)
        left = np.broadcast_to(np.ones((1, 1), bool) if mask is None else mask, shape).copy()
        address = np.broadcast_to(address, shape)
        misaligned = left & (np.bitwise_and(address, size - 1) != 0) if size > 1 else None
        found = []
        while left.any():
            first = int(address[left][0])
            allocation = self._find(first, first + size)
            if allocation is None:
                outside = left & ~self.inside(address, size)
                raise AccessFault("outside", outside, address, size, self)
            end = allocation.base + allocation.size - size
            here = left & (address >= allocation.base) & (address <= end)
            found.append((allocation, here))
            left &= ~here
        if misaligned is not None and misaligned.any():
            raise AccessFault("misaligned", active_where(misaligned, mask), address, size, self)
        return found


def bounds(address: Addresses) -> tuple[int, int]:
    """Smallest and largest address."""
    if isinstance(address, OuterSum):
        return address.bounds()
    return int(address.min()), int(address.max())


def _aligned(address: Addresses, size: int) -> bool:
    if size == 1:
        return True
    if isinstance(address, OuterSum):
        return _aligned_parts(address, size)
    return not np.bitwise_and(address, size - 1).any()


def _aligned_parts(address: OuterSum, size: int) -> bool:
    rows, cols = address.rows, address.cols
    low = size - 1
    if None not in address.even_steps():
        return not any(part & low for part in (address.first(), *address.even_steps()))
    return (
        address.first() & low == 0
        and not np.bitwise_and(rows - rows[0, 0], low).any()
        and not np.bitwise_and(cols - cols[0, 0], low).any()
    )


def even_steps(address: OuterSum, base: int) -> tuple[int, int, int] | None:
    """``(start, step from thread to thread, step from block to block)`` in bytes from ``base``, if even."""
    row_step, column_step = address.even_steps()
    if row_step is None or column_step is None:
        return None
    return address.first() - base, row_step, column_step


def lanes_apart(row_step: int, column_step: int, shape: tuple[int, int], size: int) -> bool:
    """Whether no two lanes of such a rectangle touch the same bytes."""
    row_step, column_step = abs(row_step), abs(column_step)
    threads, blocks = shape
    by_rows = (row_step >= size or threads == 1) and (blocks == 1 or column_step >= row_step * threads)
    by_columns = (column_step >= size or blocks == 1) and (threads == 1 or row_step >= column_step * blocks)
    enough = (row_step >= size or threads == 1) and (column_step >= size or blocks == 1)
    return enough and (by_rows or by_columns)


def _rectangle(
    allocation: Allocation, address: OuterSum, dtype: np.dtype, shape: tuple[int, int]
) -> tuple[np.ndarray, int, int] | None:
    steps = even_steps(address, allocation.base)
    if steps is None:
        return None
    start, row_step, column_step = steps
    view = np.ndarray(shape, dtype, allocation.data, start, (row_step, column_step))
    return view, row_step, column_step


def _gather(allocation: Allocation, address: Addresses, dtype: np.dtype) -> np.ndarray:
    if isinstance(address, OuterSum):
        rectangle = _rectangle(allocation, address, dtype, address.shape)
        if rectangle is not None:
            return rectangle[0].copy(order="K")
        origin = address.rows[0, 0]
        index = (address.rows - origin) // dtype.itemsize
        index = index + (address.cols + (address.offset + origin - allocation.base)) // dtype.itemsize
    else:
        index = np.right_shift(address - allocation.base, dtype.itemsize.bit_length() - 1)
    return allocation.typed(dtype).take(index.astype(np.intp, copy=False))


def _scatter_rectangle(
    allocation: Allocation, address: OuterSum, value: np.ndarray, mask: np.ndarray | None
) -> bool:
    """Store through a strided view where no two lanes meet; say whether it was possible."""
    rectangle = _rectangle(allocation, address, value.dtype, address.shape)
    if rectangle is None:
        return False
    view, row_step, column_step = rectangle
    if not lanes_apart(row_step, column_step, address.shape, value.dtype.itemsize):
        return False
    if mask is None:
        view[...] = value
    else:
        np.copyto(view, value, where=mask)
    return True
