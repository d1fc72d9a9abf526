"""Global memory: one 64-bit space of our own addresses, a NumPy array behind each allocation.

Addresses are never host pointers. Allocations are kept apart by red zones and never moved or reused,
so that an index past the end of an array meets nothing, and a pointer kept after ``free`` is known
for what it is. An offset becomes a NumPy index only after the allocation's base is taken off: in the
browser an index has 32 bits.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass

import numpy as np

FIRST_ADDRESS = 0x7000_0000_0000
ALIGNMENT = 256
RED_ZONE = 512
FRESH_BYTE = 0xCD
_REMEMBERED_FREES = 4096
PAGE = 1 << 16  # bytes; what is kept at a time of memory that a kernel is about to write


class OutOfMemory(Exception):
    """The allocation would not fit in the device's memory."""


class Allocation:
    """``size`` bytes from ``base``; ``data`` is the live uint8 array, ``None`` once freed."""

    __slots__ = ("base", "size", "data", "_views")

    def __init__(self, base: int, size: int, data: np.ndarray) -> None:
        self.base, self.size, self.data = base, size, data
        self._views: dict[np.dtype, np.ndarray] = {}

    def typed(self, dtype: np.dtype) -> np.ndarray:
        """The whole allocation as a 1-D array of ``dtype`` (a live view; an odd tail is left off)."""
        view = self._views.get(dtype)
        if view is None:
            count = self.size // dtype.itemsize
            view = self._views[dtype] = self.data[: count * dtype.itemsize].view(dtype)
        return view

    def __lt__(self, other: Allocation) -> bool:
        return self.base < other.base


@dataclass(frozen=True)
class Remembered:
    """A device's memory at one moment; see :meth:`Memory.remember`."""

    next_address: int
    used: int
    allocations: dict[int, Allocation]
    data: dict[int, np.ndarray]
    freed: dict[int, int]


class Memory:
    """The device's global memory.

    Args:
        capacity: bytes that may be in use at once.
    """

    def __init__(self, capacity: int = 1 << 40) -> None:
        self.capacity = capacity
        self.used = 0
        self._next = FIRST_ADDRESS
        self._bases: list[int] = []
        self._allocations: dict[int, Allocation] = {}
        self._freed: dict[int, int] = {}
        self._journal: dict[int, dict[int, np.ndarray]] | None = None

    # -- allocation ---------------------------------------------------------------------------------

    def allocate(
        self,
        size: int,
        *,
        fill: int | None = FRESH_BYTE,
        data: np.ndarray | None = None,
        base: int | None = None,
    ) -> int:
        """Reserve ``size`` bytes and return their address (a multiple of 256).

        Args:
            fill: byte written to all of it; fresh device memory is not zero.
            data: an existing uint8 array to stand behind the allocation (pinned, mapped memory).
            base: the address to use (managed memory, where host and device share one).

        Raises:
            OutOfMemory: the device's capacity would be exceeded.
        """
        size = int(size)
        if self.used + size > self.capacity:
            raise OutOfMemory(f"{size} bytes asked for, {self.capacity - self.used} left")
        if data is None:
            data = np.empty(size, np.uint8) if fill is None else np.full(size, fill, np.uint8)
        if base is None:
            base = self._next
            self._next += -(-(size + RED_ZONE) // ALIGNMENT) * ALIGNMENT
        insort(self._bases, base)
        self._allocations[base] = Allocation(base, size, data)
        self._freed.pop(base, None)
        self.used += size
        return base

    def free(self, address: int) -> None:
        """Give an allocation back. Unknown addresses are ignored: finalisers come late and twice."""
        allocation = self._allocations.pop(int(address), None)
        if allocation is None:
            return
        self._bases.remove(allocation.base)
        self.used -= allocation.size
        self._freed[allocation.base] = allocation.size
        if len(self._freed) > _REMEMBERED_FREES:
            del self._freed[next(iter(self._freed))]

    def find(self, low: int, high: int) -> Allocation | None:
        """The one allocation that holds all bytes ``low <= address < high``, or ``None``."""
        at = bisect_right(self._bases, low) - 1
        if at < 0:
            return None
        allocation = self._allocations[self._bases[at]]
        return allocation if high <= allocation.base + allocation.size else None

    def holds(self, address: np.ndarray, size: int) -> np.ndarray:
        """For each address whether ``size`` bytes from it lie within one allocation; same shape, bool."""
        if not self._bases:
            return np.zeros(address.shape, bool)
        bases = np.array(self._bases, np.int64)
        ends = bases + np.array([self._allocations[b].size for b in self._bases], np.int64)
        at = np.searchsorted(bases, address, side="right") - 1
        return (at >= 0) & (address + size <= ends[at])

    def nearest(self, address: int) -> Allocation | None:
        """The allocation that holds ``address`` or ends or begins closest to it."""
        at = bisect_right(self._bases, address)
        near = [self._allocations[b] for b in self._bases[max(at - 1, 0) : at + 1]]
        if not near:
            return None
        return min(near, key=lambda a: max(a.base - address, address - (a.base + a.size - 1), 0))

    def was_freed(self, address: int) -> bool:
        return any(base <= address < base + size for base, size in self._freed.items())

    def range_of(self, address: int) -> tuple[int, int] | None:
        """``(base, size)`` of the allocation that holds ``address``."""
        allocation = self.find(int(address), int(address) + 1)
        return None if allocation is None else (allocation.base, allocation.size)

    # -- the host's side ----------------------------------------------------------------------------

    def view(self, address: int, size: int) -> np.ndarray:
        """A live uint8 view of ``size`` bytes.

        Raises:
            MemoryError: the bytes do not lie within one allocation.
        """
        address, size = int(address), int(size)
        allocation = self.find(address, address + size)
        if allocation is None:
            raise MemoryError(f"{size} bytes at {address:#x} are not within one allocation")
        start = address - allocation.base
        return allocation.data[start : start + size]

    def write(self, address: int, data: bytes | bytearray | memoryview | np.ndarray) -> None:
        raw = np.frombuffer(data, np.uint8)
        if raw.size:
            self.view(address, raw.size)[:] = raw

    def read(self, address: int, size: int) -> bytes:
        return self.view(address, size).tobytes() if size else b""

    def fill(self, address: int, pattern: bytes, count: int) -> None:
        """Write ``count`` copies of ``pattern`` from ``address`` on."""
        if count:
            target = self.view(address, len(pattern) * count).reshape(count, len(pattern))
            target[:] = np.frombuffer(pattern, np.uint8)

    # -- going back ---------------------------------------------------------------------------------

    def remember(self) -> Remembered:
        """What is allocated now and every byte of it, for :meth:`restore`."""
        data = {base: a.data.copy() for base, a in self._allocations.items()}
        return Remembered(self._next, self.used, dict(self._allocations), data, dict(self._freed))

    def restore(self, then: Remembered) -> None:
        """Everything as it was: later allocations are gone, and the next ones get the same addresses."""
        self._next, self.used, self._freed = then.next_address, then.used, dict(then.freed)
        self._allocations = dict(then.allocations)
        self._bases = sorted(self._allocations)
        for base, before in then.data.items():
            self._allocations[base].data[:] = before

    def begin_journal(self) -> None:
        """From here on keep a copy of each page of memory before a kernel first writes to it."""
        self._journal = {}

    def end_journal(self) -> None:
        self._journal = None

    def rewind(self) -> None:
        """Put back all that kernels wrote since :meth:`begin_journal`, and go on keeping copies."""
        for base, pages in (self._journal or {}).items():
            data = self._allocations[base].data
            for page, before in pages.items():
                data[page * PAGE : page * PAGE + before.size] = before

    def will_write(self, allocation: Allocation, low: int, high: int) -> None:
        """A kernel is about to write somewhere in the bytes ``low`` to ``high - 1`` of ``allocation``."""
        if self._journal is None:
            return
        pages = self._journal.setdefault(allocation.base, {})
        for page in range(low // PAGE, -(-high // PAGE)):
            if page not in pages:
                pages[page] = allocation.data[page * PAGE : (page + 1) * PAGE].copy()
