"""One micro-operation while its block is being put in order."""

from __future__ import annotations

from dataclasses import dataclass

from smsim.timing import microops as m

# How an operation is ordered against others, apart from its operands.
FREE, READS_MEMORY, WRITES_MEMORY, ORDERED, FIXED = range(5)


@dataclass(slots=True)
class Operation:
    """The fields of :class:`smsim.timing.microops.MicroOps`, for one; places are numbers.

    ``order`` says what keeps its place: nothing but operands (``FREE``), a read of memory (behind the writes
    of its space), a write (behind all accesses of its space), a fence, an atomic or a strong access (behind
    all accesses), or what everything stays on its side of (``FIXED``: clocks, barriers).
    """

    kind: int
    pipe: int
    interval: int
    latency: int
    pc: int
    dst: tuple[int, ...]
    src: tuple[int, ...]
    width: int = 0
    record: int = -1
    order: int = FREE
    space: str = ""
    gap: int = 1

    @property
    def is_load(self) -> bool:
        return self.kind in (m.LOAD, m.SHARED_LOAD)
