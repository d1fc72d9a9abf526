"""Memory that belongs to someone: shared memory to a block, local memory to a thread.

Every owner has a copy of the same layout, so a chunk keeps them side by side: an array of shape
``(cells, owners)``, cell-major. A load at one address for all threads of all blocks (``sA[ty, k]``)
is then a copy of whole rows, the fastest thing NumPy does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.faults import AccessFault, active_where
from smsim.machine.globalspace import FlatAccess
from smsim.machine.lanes import Lanes

if TYPE_CHECKING:
    from smsim.machine.interleaving import Interleaving

_REMEMBERED = 512  # address arrays whose check is kept


class Extent:
    """One variable within a layout: ``start`` (byte offset), ``size``, ``name``."""

    __slots__ = ("start", "size", "name")

    def __init__(self, start: int, size: int, name: str) -> None:
        self.start, self.size, self.name = start, size, name


class OwnedSpace:
    """``owners`` copies of a memory of ``size`` bytes.

    Args:
        name: ``"shared"`` or ``"local"``.
        size: bytes of the layout, red zones included.
        extents: what lies where; an access must stay within one of them.
        owners: number of copies.
        cell: bytes of the widest access in the kernel (1, 2, 4 or 8).
        by_thread: owners are threads (local memory) rather than blocks.
        interleaving: decides in what order lanes are served that meet; ``None``: in the order of the lanes.
    """

    def __init__(
        self,
        name: str,
        size: int,
        extents: list[Extent],
        owners: int,
        cell: int,
        by_thread: bool,
        interleaving: Interleaving | None = None,
    ) -> None:
        self.name, self.size, self.extents, self.owners, self.cell = name, size, extents, owners, cell
        self.by_thread, self.interleaving = by_thread, interleaving
        cells = max(-(-size // cell), 1)
        self.data = np.full((cells, owners, cell), 0xCD, np.uint8)
        self._views: dict[np.dtype, tuple[np.ndarray, np.ndarray, int]] = {}
        self._known: dict[int, tuple[np.ndarray, int, np.ndarray]] = {}
        self._kept: dict[int, tuple[np.ndarray, int, int]] = {}
        self._starts = np.array([e.start for e in extents], np.int64)
        self._ends = np.array([e.start + e.size for e in extents], np.int64)

    def owner(self, lanes: Lanes) -> np.ndarray:
        return lanes.lane if self.by_thread else lanes.block

    def _typed(self, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray, int]:
        """``(view as (cells, owners, k), the same flat, k)``: k elements of ``dtype`` in a cell."""
        found = self._views.get(dtype)
        if found is None:
            view = self.data.view(dtype)
            found = self._views[dtype] = (view, view.reshape(-1), self.cell // dtype.itemsize)
        return found

    def load(self, address: np.ndarray, dtype: np.dtype, mask: np.ndarray | None, lanes: Lanes) -> np.ndarray:
        """The values at ``address`` (byte offsets, int64) for the lanes of ``mask``.

        Raises:
            AccessFault: an active lane is outside every variable, or misaligned.
        """
        view, flat, per_cell = self._typed(dtype)
        index = self._index(address, dtype.itemsize, mask)
        if per_cell == 1 and index.shape[1] == 1 and lanes.full:
            if not self.by_thread:
                return view[:, :, 0].take(index[:, 0], axis=0)
            if index.size == 1:
                return view[int(index[0, 0]), :, 0].reshape(lanes.shape).copy()
        return flat.take(self._flat_index(index, per_cell, lanes))

    def store(self, address: np.ndarray, value: np.ndarray, mask: np.ndarray | None, lanes: Lanes) -> None:
        """Write ``value`` (its dtype is the access's type) at ``address`` for the lanes of ``mask``."""
        dtype = value.dtype
        if self.interleaving is not None:
            value = np.broadcast_to(value, lanes.shape)
            for access in self.flat(address, dtype, mask, lanes):
                access.view[access.index] = value[access.row, access.column]
            return
        view, flat, per_cell = self._typed(dtype)
        index = self._index(address, dtype.itemsize, mask)
        if mask is None and per_cell == 1 and index.shape[1] == 1 and lanes.full and not self.by_thread:
            if index.size == 1:  # every thread of a block writes one cell: the last lane's value stays
                view[int(index[0, 0]), :, 0] = np.broadcast_to(value, lanes.shape)[-1]
            else:
                view[index[:, 0], :, 0] = value
            return
        where = np.broadcast_to(self._flat_index(index, per_cell, lanes), lanes.shape)
        value = np.broadcast_to(value, lanes.shape)
        if mask is None:
            flat[where] = value
        else:
            mask = np.broadcast_to(mask, lanes.shape)
            flat[where[mask]] = value[mask]

    def flat(
        self, address: np.ndarray, dtype: np.dtype, mask: np.ndarray | None, lanes: Lanes
    ) -> list[FlatAccess]:
        """The active lanes as flat indices, in the order block, then thread, or that of the seed."""
        _, flat, per_cell = self._typed(dtype)
        index = self._index(address, dtype.itemsize, mask)
        where = np.broadcast_to(self._flat_index(index, per_cell, lanes), lanes.shape)
        active = np.ones((1, 1), bool) if mask is None else mask
        column, row = np.nonzero(np.broadcast_to(active, lanes.shape).T)
        if self.interleaving is not None:
            turns = self.interleaving.turns(row * lanes.shape[1] + column)
            column, row = column[turns], row[turns]
        return [FlatAccess(flat, where[row, column], row, column)]

    def _index(self, address: np.ndarray, size: int, mask: np.ndarray | None) -> np.ndarray:
        """Checked addresses as numbers of elements of ``size`` bytes.

        An address array that was good once is good for every mask, and is recognised.

        Raises:
            AccessFault: an active lane is outside every variable, or misaligned.
        """
        known = self._known.get(id(address))
        if known is not None and known[0] is address and known[1] == size:
            return known[2]
        good = self._all_good(address, size)
        checked = address if good else self._only_good(address, size, mask)
        index = np.right_shift(checked, size.bit_length() - 1).astype(np.intp, copy=False)
        if good and address.shape[1] == 1:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[id(address)] = (address, size, index)
        return index

    def _flat_index(self, index: np.ndarray, per_cell: int, lanes: Lanes) -> np.ndarray:
        owner = self.owner(lanes)
        if per_cell == 1:
            flat = index * self.owners + owner
        else:
            flat = ((index // per_cell) * self.owners + owner) * per_cell + index % per_cell
        return flat.astype(np.intp, copy=False)  # lanes are int64; `take` wants the browser's 32 bits there

    def _all_good(self, address: np.ndarray, size: int) -> bool:
        if size > 1 and np.bitwise_and(address, size - 1).any():
            return False
        low, high = int(address.min()), int(address.max()) + size
        return any(e.start <= low and high <= e.start + e.size for e in self.extents)

    def _only_good(self, address: np.ndarray, size: int, mask: np.ndarray | None) -> np.ndarray:
        """Check lane by lane; idle lanes with a bad address are given a good one.

        Raises:
            AccessFault: an active lane is outside every variable, or misaligned.
        """
        inside = self.inside(address, size)
        outside = active_where(~inside, mask)
        if outside.any():
            raise AccessFault("outside", outside, address, size, self)
        aligned = np.bitwise_and(address, size - 1) == 0
        misaligned = active_where(~aligned, mask)
        if misaligned.any():
            raise AccessFault("misaligned", misaligned, address, size, self)
        spare = self.extents[0].start if self.extents else 0
        return np.where(inside & aligned, address, spare)

    def stay(self, start: int | None, address: np.ndarray, size: int, mask: np.ndarray | None) -> None:
        """See that an access keeps to the variable at ``start``, if that is given.

        Raises:
            AccessFault: an active lane leaves it, perhaps into another variable.
        """
        if start is None:
            return
        known = self._kept.get(id(address))
        if known is not None and known[0] is address and known[1:] == (start, size):
            return
        extent = next((e for e in self.extents if e.start == start), None)
        if extent is None:
            return
        end = start + extent.size - size
        if start <= int(address.min()) and int(address.max()) <= end:
            if address.shape[1] == 1:
                if len(self._kept) >= _REMEMBERED:
                    self._kept.clear()
                self._kept[id(address)] = (address, start, size)
            return
        outside = active_where((address < start) | (address > end), mask)
        if outside.any():
            raise AccessFault("outside", outside, address, size, self, extent)

    def inside(self, address: np.ndarray, size: int) -> np.ndarray:
        """For each address whether ``size`` bytes from it lie within one variable; same shape, bool."""
        if not self.extents:
            return np.zeros(address.shape, bool)
        at = np.searchsorted(self._starts, address, side="right") - 1
        return (at >= 0) & (address + size <= self._ends[at])

    def extent_of(self, address: int) -> Extent | None:
        """The variable that holds ``address`` or ends closest before it (else the first one)."""
        before = [e for e in self.extents if e.start <= address]
        return before[-1] if before else (self.extents[0] if self.extents else None)
