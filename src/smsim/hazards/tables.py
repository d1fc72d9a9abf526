"""Who touched each cell of memory since the last barrier, in little room.

For every cell and every kind of access two threads are kept: the first that came, and another one if
there was another. Two are enough: a third thread conflicts with at least one of any two others.
"""

from __future__ import annotations

import numpy as np

READ, WRITE, ATOMIC = "read", "write", "atomic"
#: Kinds that conflict, when two different threads meet in a cell and nothing orders them.
CONFLICTS = {READ: (WRITE, ATOMIC), WRITE: (WRITE, READ, ATOMIC), ATOMIC: (WRITE, READ)}


class Touched:
    """Two threads for each of ``cells`` cells, and the numbers of the accesses they came by.

    Threads are stored as linear index + 1; 0 stands for nobody.
    """

    def __init__(self, cells: int) -> None:
        self.first = np.zeros(cells, np.int32)
        self.second = np.zeros(cells, np.int32)
        self.first_access = np.zeros(cells, np.int32)
        self.second_access = np.zeros(cells, np.int32)
        self.clean = True

    def add(self, cell: np.ndarray, thread: np.ndarray, access: int) -> None:
        """Threads ``thread`` (n,) touched cells ``cell`` (n,) in access number ``access``."""
        self.clean = False
        fresh = self.first[cell] == 0
        if fresh.any():
            self.first[cell[fresh]] = thread[fresh]
            self.first_access[cell[fresh]] = access
        another = self.first[cell] != thread
        if another.any():
            self.second[cell[another]] = thread[another]
            self.second_access[cell[another]] = access

    def other_than(self, cell: np.ndarray, thread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each lane a thread other than itself that touched its cell (0: none), and by which access."""
        first = self.first[cell]
        mine = first == thread
        other = np.where(mine, self.second[cell], first)
        access = np.where(mine, self.second_access[cell], self.first_access[cell])
        return other, access

    def clear(self, columns: np.ndarray | None, blocks: int) -> None:
        """Forget everything, or what the blocks of ``columns`` (boolean, ``(B,)``) did."""
        if self.clean:
            return
        if columns is None:
            for part in (self.first, self.second):
                part.fill(0)
            self.clean = True
        else:
            for part in (self.first, self.second):
                part.reshape(-1, blocks)[:, columns] = 0

    def spread(self, blocks: int) -> Touched:
        """The same for each of ``blocks`` blocks: cell ``c`` becomes ``c * blocks + b``."""
        wide = Touched(0)
        wide.first, wide.second = np.repeat(self.first, blocks), np.repeat(self.second, blocks)
        wide.first_access = np.repeat(self.first_access, blocks)
        wide.second_access = np.repeat(self.second_access, blocks)
        wide.clean = self.clean
        return wide
