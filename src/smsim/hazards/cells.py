"""Tables of who touched the cells of one allocation, and notes that stand in for them.

Threads are linear numbers in the grid + 1; 0 stands for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smsim.hazards.tables import Slot

_SIGNATURES = 4


@dataclass(slots=True)
class Note:
    """The blocks from ``chunk`` on touched some of the bytes ``low`` to ``high - 1``.

    ``signature`` tells exactly which lane touched what, where that is a simple pattern.
    """

    chunk: int
    low: int
    high: int
    signature: object

    @staticmethod
    def add(notes: list[Note], chunk: int, low: int, high: int, signature: object) -> None:
        """Add a note to ``notes``; many notes of one chunk are run together."""
        mine = []
        for note in reversed(notes):
            if note.chunk != chunk:
                break
            mine.append(note)
        for note in mine:
            if note.signature == signature and (
                signature is not None or note.low <= low and high <= note.high
            ):
                return
        if len(mine) < _SIGNATURES:
            notes.append(Note(chunk, low, high, signature))
            return
        widest = mine[0]
        widest.low, widest.high, widest.signature = min(widest.low, low), max(widest.high, high), None


class LastWriter(Slot):
    """The thread that wrote each cell last. A write that nothing orders after it is told at once, so one
    thread a cell is enough, unless both wrote the same."""

    def __init__(self, cells: int) -> None:
        super().__init__(cells)
        self.access = np.zeros(cells, np.int16)

    def put_rectangle(
        self,
        steps: tuple[int, int, int],
        shape: tuple[int, int],
        size: int,
        ids: np.ndarray,
        mask: np.ndarray | None,
        access: int,
        time: np.ndarray | None,
    ) -> bool:
        """Enter a rectangle of cells, if nobody has written any of them yet; say whether it was done."""
        who = _strided(self.who, steps, shape, size)
        if who.any():
            return False
        tables = [(self.who, ids), (self.access, np.int16(access))]
        if time is not None:
            tables.append((self.with_times(), time))
        for table, value in tables:
            target = _strided(table, steps, shape, size)
            if mask is None:
                target[...] = value
            else:
                np.copyto(target, value, where=mask)
        return True


def _strided(table: np.ndarray, steps: tuple[int, int, int], shape: tuple[int, int], size: int) -> np.ndarray:
    """The cells of a rectangle of addresses as a view of ``table``."""
    start, row_step, column_step = (step // size * table.itemsize for step in steps)
    return np.ndarray(shape, table.dtype, table, start, (row_step, column_step))
