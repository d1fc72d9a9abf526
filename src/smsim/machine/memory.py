"""Global memory: one 64-bit space of our own addresses, a NumPy array behind each allocation.

Several simulated GPUs share one such space, each with a window of its own (:mod:`smsim.machine.windows`).

Addresses are never host pointers. Allocations are kept apart by red zones as wide as they are, and never
moved or reused, so that an index past the end of an array meets nothing, and a pointer kept after ``free`` is known
for what it is. An offset becomes a NumPy index only after the allocation's base is taken off: in the
browser an index has 32 bits.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass

import numpy as np

from smsim.machine import windows
from smsim.machine.written import WrittenBytes

ALIGNMENT = 256
RED_ZONE = 1 << 20  # bytes kept free on either side of an allocation, at least; addresses cost nothing
FRESH_BYTE = 0xCD
_REMEMBERED_FREES = 4096
PAGE = 1 << 16  # bytes; what is kept at a time of memory that a kernel is about to write


class OutOfMemory(Exception):
    """The allocation would not fit in the device's memory."""


class Allocation:
    """``size`` bytes from ``base`` on a GPU; ``data`` is the live uint8 array. ``written`` says which bytes
    somebody wrote, and is ``None`` where all of them are."""

    __slots__ = ("base", "size", "data", "written", "gpu", "_views")

    def __init__(
        self, base: int, size: int, data: np.ndarray, written: WrittenBytes | None = None, gpu: int = 0
    ) -> None:
        self.base, self.size, self.data, self.written, self.gpu = base, size, data, written, gpu
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
    """The memory at one moment; see :meth:`Memory.remember`."""

    next_address: dict[int, tuple[int, int]]
    used: dict[int, int]
    allocations: dict[int, Allocation]
    data: dict[int, np.ndarray]
    written: dict[int, WrittenBytes]
    freed: dict[int, int]


class Journal:
    """What memory was like before a launch, as far as the launch has changed it.

    Attributes:
        pages: by base address, then by number of page: the bytes before the first write.
        written: by base address: what was written of the allocation before (``None``: all of it).
        before: what was allocated, if the launch has allocated or freed anything since.
    """

    def __init__(self) -> None:
        self.pages: dict[int, dict[int, np.ndarray]] = {}
        self.written: dict[int, WrittenBytes | None] = {}
        self.before: tuple[dict[int, Allocation], dict[int, int], dict[int, int]] | None = None


class Memory:
    """The global memory of a GPU, or of all GPUs of a process.

    Args:
        capacity: bytes that may be in use at once on each GPU.
    """

    def __init__(self, capacity: int = 1 << 40) -> None:
        self.capacity = capacity
        self._used: dict[int, int] = {}  # bytes, by GPU
        self._next: dict[int, tuple[int, int]] = {}  # by GPU: the next address, and the red zone before it
        self._bases: list[int] = []
        self._allocations: dict[int, Allocation] = {}
        self._freed: dict[int, int] = {}
        self._journal: Journal | None = None

    # -- allocation ---------------------------------------------------------------------------------

    @property
    def used(self) -> int:
        """Bytes in use on all GPUs together."""
        return sum(self._used.values())

    def used_on(self, gpu: int) -> int:
        """Bytes in use on one GPU."""
        return self._used.get(gpu, 0)

    def allocate(
        self,
        size: int,
        *,
        fill: int | None = FRESH_BYTE,
        data: np.ndarray | None = None,
        base: int | None = None,
        gpu: int = 0,
    ) -> int:
        """Reserve ``size`` bytes and return their address (a multiple of 256).

        Args:
            fill: the byte in all of it. The default stands for what happens to be there: nobody wrote it.
            data: an existing uint8 array to stand behind the allocation (pinned, mapped memory).
            base: the address to use (managed memory, where host and device share one).
            gpu: on which GPU, by its number.

        Raises:
            OutOfMemory: the GPU's capacity would be exceeded, or the addresses of its window.
        """
        size = int(size)
        if self.used_on(gpu) + size > self.capacity:
            raise OutOfMemory(f"{size} bytes asked for, {self.capacity - self.used_on(gpu)} left")
        self._will_change()
        written = WrittenBytes(size) if data is None and fill == FRESH_BYTE else None
        if data is None:
            data = np.empty(size, np.uint8) if fill is None else np.full(size, fill, np.uint8)
        if base is None:
            base = self._place(size, gpu)
        insort(self._bases, base)
        self._allocations[base] = Allocation(base, size, data, written, gpu)
        self._freed.pop(base, None)
        self._count(gpu, size)
        return base

    def _place(self, size: int, gpu: int) -> int:
        """An address such that an index may miss the allocation, or miss a neighbour, by the whole size of
        either and still meets nothing."""
        start = windows.GLOBAL + (gpu << windows.GPU_WINDOW_BITS)
        following, before = self._next.get(gpu, (start, 0))
        zone = -(-max(size, RED_ZONE) // ALIGNMENT) * ALIGNMENT
        base = following + max(zone - before, 0)
        end = base + -(-size // ALIGNMENT) * ALIGNMENT + zone
        alone = not gpu and self._next.keys() <= {0}  # nobody is behind the window of the only GPU
        beyond = end > start + (1 << windows.GPU_WINDOW_BITS) and not alone
        if beyond or (gpu and self._next.get(0, (0, 0))[0] > windows.GLOBAL + (1 << windows.GPU_WINDOW_BITS)):
            raise OutOfMemory(
                f"there have been so many allocations that the addresses of GPU {gpu} are used up"
            )
        self._next[gpu] = end, zone
        return base

    def _count(self, gpu: int, size: int) -> None:
        self._used[gpu] = self._used.get(gpu, 0) + size

    def free(self, address: int) -> None:
        """Give an allocation back. Unknown addresses are ignored: finalisers come late and twice."""
        if int(address) not in self._allocations:
            return
        self._will_change()
        allocation = self._allocations.pop(int(address))
        self._bases.remove(allocation.base)
        self._count(allocation.gpu, -allocation.size)
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
            self._now_written(address, raw.size)

    def read(self, address: int, size: int) -> bytes:
        return self.view(address, size).tobytes() if size else b""

    def fill(self, address: int, pattern: bytes, count: int) -> None:
        """Write ``count`` copies of ``pattern`` from ``address`` on."""
        if count:
            target = self.view(address, len(pattern) * count).reshape(count, len(pattern))
            target[:] = np.frombuffer(pattern, np.uint8)
            self._now_written(address, target.size)

    def copy(self, target: int, source: int, size: int) -> None:
        """Copy ``size`` bytes; those that nobody wrote stay so."""
        if not size:
            return
        origin = self.find(source, source + size)
        self.write(target, self.view(source, size).copy())
        if origin is not None and origin.written is not None:
            start = source - origin.base
            missing = np.flatnonzero(~origin.written.bytewise()[start : start + size])
            self.forget(target + missing)

    def forget(self, address: np.ndarray) -> None:
        """The bytes at ``address`` (int64, all in one allocation) hold what nobody wrote."""
        if address.size:
            allocation = self.find(int(address.min()), int(address.max()) + 1)
            if allocation.written is None:
                allocation.written = WrittenBytes(allocation.size)
                allocation.written.put(0, allocation.size)
            allocation.written.forget(address - allocation.base)

    def written_like(self, address: int, other: Memory, there: int) -> None:
        """What was written of this allocation is what was written of the one at ``there`` of ``other``."""
        record = other._allocations[there].written
        self._allocations[address].written = None if record is None else record.copy()

    def _now_written(self, address: int, size: int) -> None:
        allocation = self.find(int(address), int(address) + size)
        if allocation.written is not None:
            start = int(address) - allocation.base
            allocation.written.put(start, start + size)
            if allocation.written.complete():
                allocation.written = None

    # -- going back ---------------------------------------------------------------------------------

    def remember(self) -> Remembered:
        """What is allocated now and every byte of it, for :meth:`restore`."""
        data = {base: a.data.copy() for base, a in self._allocations.items()}
        written = {b: a.written.copy() for b, a in self._allocations.items() if a.written is not None}
        return Remembered(
            dict(self._next), dict(self._used), dict(self._allocations), data, written, dict(self._freed)
        )

    def restore(self, then: Remembered) -> None:
        """Everything as it was: later allocations are gone, and the next ones get the same addresses."""
        self._next, self._used, self._freed = dict(then.next_address), dict(then.used), dict(then.freed)
        self._allocations = dict(then.allocations)
        self._bases = sorted(self._allocations)
        for base, before in then.data.items():
            self._allocations[base].data[:] = before
            record = then.written.get(base)
            self._allocations[base].written = None if record is None else record.copy()

    def begin_journal(self) -> None:
        """From here on keep a copy of each page of memory before a kernel first writes to it."""
        self._journal = Journal()

    def end_journal(self) -> None:
        """Keep no copies any more; drop the record of what is written where that is everything by now."""
        for base in self._journal.written if self._journal else ():
            allocation = self._allocations.get(base)
            if allocation is not None and allocation.written is not None and allocation.written.complete():
                allocation.written = None
        self._journal = None

    def rewind(self) -> None:
        """Undo all that kernels did since :meth:`begin_journal`, and go on keeping copies."""
        journal = self._journal
        if journal is None:
            return
        if journal.before is not None:
            self._allocations, self._freed, self._used = (dict(part) for part in journal.before)
            self._bases = sorted(self._allocations)
        for base, pages in journal.pages.items():
            if base in self._allocations:
                data = self._allocations[base].data
                for page, before in pages.items():
                    data[page * PAGE : page * PAGE + before.size] = before
        for base, record in journal.written.items():
            if base in self._allocations:
                self._allocations[base].written = None if record is None else record.copy()

    def _will_change(self) -> None:
        """Something is about to be allocated or freed."""
        if self._journal is not None and self._journal.before is None:
            self._journal.before = dict(self._allocations), dict(self._freed), dict(self._used)

    def will_write(self, allocation: Allocation, low: int, high: int) -> None:
        """A kernel is about to write somewhere in the bytes ``low`` to ``high - 1`` of ``allocation``."""
        if self._journal is None:
            return
        pages = self._journal.pages.get(allocation.base)
        if pages is None:
            pages = self._journal.pages[allocation.base] = {}
            record = allocation.written
            self._journal.written[allocation.base] = None if record is None else record.copy()
        for page in range(low // PAGE, -(-high // PAGE)):
            if page not in pages:
                pages[page] = allocation.data[page * PAGE : (page + 1) * PAGE].copy()
