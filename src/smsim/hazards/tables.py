"""Who touched each cell of memory since the last barrier, in little room.

For every cell and every kind of access two threads are kept: the first that came, and another one if
there was another, from a different warp if there was one. Two are enough: whoever comes later conflicts
with at least one of them, or is ordered after both.
"""

from __future__ import annotations

import numpy as np

from smsim.hazards.order import Clocks
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.lanes import WARP

#: Kinds that conflict, when two different threads meet in a cell and nothing orders them.
CONFLICTS = {READ: (WRITE, ATOMIC), WRITE: (WRITE, READ, ATOMIC), ATOMIC: (WRITE, READ)}


class Slot:
    """One remembered thread a cell: ``thread`` (linear index + 1; 0: nobody), the ``access`` it came by
    (a number), and the ``interval`` its warp was in. All int32, ``(cells,)``."""

    __slots__ = ("thread", "access", "interval")

    def __init__(self, cells: int) -> None:
        self.thread = np.zeros(cells, np.int32)
        self.access = np.zeros(cells, np.int32)
        self.interval = np.zeros(cells, np.int32)

    def put(self, cell: np.ndarray, thread: np.ndarray, access: int, interval: np.ndarray | int) -> None:
        self.thread[cell] = thread
        self.access[cell] = access
        self.interval[cell] = interval

    def spread(self, blocks: int) -> Slot:
        wide = Slot(0)
        for name in self.__slots__:
            setattr(wide, name, np.repeat(getattr(self, name), blocks))
        return wide


class Touched:
    """The accesses of one kind to ``cells`` cells."""

    def __init__(self, cells: int) -> None:
        self.first, self.second = Slot(cells), Slot(cells)
        self.clean = True

    def add(
        self,
        cell: np.ndarray,
        thread: np.ndarray,
        access: int,
        block: np.ndarray,
        order: Clocks | None = None,
    ) -> None:
        """Threads ``thread`` (index + 1) touched ``cell`` in access number ``access``; all ``(n,)``."""
        self.clean = False
        first = self.first.thread[cell]
        fresh = first == 0
        if order is None:
            interval: np.ndarray | int = 0
        else:
            interval = order.now(thread - 1, block)
            done = order.before(thread - 1, block, np.maximum(first - 1, 0), self.first.interval[cell])
            fresh |= done  # what is over for this thread need not be remembered: it stands for it
        if fresh.any():
            self.first.put(cell[fresh], thread[fresh], access, _at(interval, fresh))
        first = self.first.thread[cell]
        another = first != thread
        if not another.any():
            return
        if order is not None:
            second = self.second.thread[cell]
            elsewhere = (second != 0) & ((second - 1) // WARP != (first - 1) // WARP)
            over = order.before(thread - 1, block, np.maximum(second - 1, 0), self.second.interval[cell])
            another &= ~elsewhere | over
        self.second.put(cell[another], thread[another], access, _at(interval, another))

    def other_than(
        self, cell: np.ndarray, thread: np.ndarray, block: np.ndarray, order: Clocks | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each lane a thread other than itself that touched its cell, unordered with it (0: none), and
        the number of the access it came by."""
        first, second = self.first.thread[cell], self.second.thread[cell]
        of_first = (first != 0) & (first != thread)
        of_second = (second != 0) & (second != thread)
        if order is not None:
            me = thread - 1
            of_first &= ~order.before(me, block, np.maximum(first - 1, 0), self.first.interval[cell])
            of_second &= ~order.before(me, block, np.maximum(second - 1, 0), self.second.interval[cell])
        other = np.where(of_first, first, np.where(of_second, second, 0))
        access = np.where(of_first, self.first.access[cell], self.second.access[cell])
        return other, access

    def clear(self, columns: np.ndarray | None, blocks: int) -> None:
        """Forget everything, or what the blocks of ``columns`` (boolean, ``(B,)``) did."""
        if self.clean:
            return
        for slot in (self.first, self.second):
            if columns is None:
                slot.thread.fill(0)
            else:
                slot.thread.reshape(-1, blocks)[:, columns] = 0
        self.clean = columns is None

    def spread(self, blocks: int) -> Touched:
        """The same for each of ``blocks`` blocks: cell ``c`` becomes ``c * blocks + b``."""
        wide = Touched(0)
        wide.first, wide.second = self.first.spread(blocks), self.second.spread(blocks)
        wide.clean = self.clean
        return wide


def _at(interval: np.ndarray | int, lanes: np.ndarray) -> np.ndarray | int:
    return interval if isinstance(interval, int) else interval[lanes]
