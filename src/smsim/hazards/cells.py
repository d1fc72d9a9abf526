"""Tables of who touched the cells of one allocation, and notes that stand in for them.

Threads are linear numbers in the grid + 1; 0 stands for nobody. ``when`` and ``released`` are kept from the
moment that barriers, or releases, make them matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Stamps = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
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


class Entry:
    """One remembered access a cell."""

    def __init__(self, cells: int) -> None:
        self.who = np.zeros(cells, np.int32)
        self.access = np.zeros(cells, np.int16)
        self.when: np.ndarray | None = None
        self.released: np.ndarray | None = None

    def put(
        self,
        cell: np.ndarray,
        ids: np.ndarray,
        access: int,
        when: np.ndarray | None,
        released: np.ndarray | None,
    ) -> None:
        self.who[cell] = ids
        self.access[cell] = access
        if when is not None:
            self._whens()[cell] = when
        if released is not None:
            self._releases()[cell] = released

    def at(self, cell: np.ndarray) -> Stamps:
        """``(who, access, when, released)`` of each cell."""
        who = self.who[cell]
        zero = np.zeros(who.shape, np.int32)
        when = zero if self.when is None else self.when[cell]
        released = zero if self.released is None else self.released[cell]
        return who, self.access[cell], when, released

    def _whens(self) -> np.ndarray:
        if self.when is None:
            self.when = np.zeros(self.who.size, np.int32)
        return self.when

    def _releases(self) -> np.ndarray:
        if self.released is None:
            self.released = np.zeros(self.who.size, np.int32)
        return self.released


class LastWriter(Entry):
    """The thread that wrote each cell last. A write that nothing orders after it is told at once, so one
    thread a cell is enough."""

    def put_rectangle(
        self,
        steps: tuple[int, int, int],
        shape: tuple[int, int],
        size: int,
        ids: np.ndarray,
        mask: np.ndarray | None,
        access: int,
        when: np.ndarray | None,
        released: np.ndarray | None,
    ) -> bool:
        """Enter a rectangle of cells, if nobody has written any of them yet; say whether it was done."""
        who = _strided(self.who, steps, shape, size)
        if who.any():
            return False
        tables = [(self.who, ids), (self.access, np.int16(access))]
        if when is not None:
            tables.append((self._whens(), when))
        if released is not None:
            tables.append((self._releases(), released))
        for table, value in tables:
            target = _strided(table, steps, shape, size)
            if mask is None:
                target[...] = value
            else:
                np.copyto(target, value, where=mask)
        return True


class Visitors:
    """Two threads a cell that read it (or updated it with an atomic): the first, and the last other one."""

    def __init__(self, cells: int) -> None:
        self.first, self.second = Entry(cells), Entry(cells)

    def put(
        self,
        cell: np.ndarray,
        ids: np.ndarray,
        access: int,
        when: np.ndarray | None,
        released: np.ndarray | None,
    ) -> None:
        def of(part: np.ndarray | None, lanes: np.ndarray) -> np.ndarray | None:
            return None if part is None else part[lanes]

        known = self.first.who[cell]
        fresh = (known == 0) | (known == ids)
        self.first.put(cell[fresh], ids[fresh], access, of(when, fresh), of(released, fresh))
        other = self.first.who[cell] != ids
        self.second.put(cell[other], ids[other], access, of(when, other), of(released, other))

    def at(self, cell: np.ndarray) -> tuple[Stamps, Stamps]:
        return self.first.at(cell), self.second.at(cell)


def _strided(table: np.ndarray, steps: tuple[int, int, int], shape: tuple[int, int], size: int) -> np.ndarray:
    """The cells of a rectangle of addresses as a view of ``table``."""
    start, row_step, column_step = (step // size * table.itemsize for step in steps)
    return np.ndarray(shape, table.dtype, table, start, (row_step, column_step))
