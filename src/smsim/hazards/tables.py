"""Who touched each cell of memory, in little room, and yet nobody who could still race is forgotten.

For every cell and every kind of access two threads are kept: the first that came, and the one farthest
from it. Where only barriers of blocks and of whole warps make order, two are enough: whoever comes later
conflicts with at least one of them, or is ordered after all. Where single threads are ordered, by flags
or by barriers for some, further ones go into a list. An entry makes way for one that it is over for:
whoever races with the old one races with the new one too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from smsim.machine.kinds import ATOMIC, READ, WRITE

#: Kinds that conflict, when two different threads meet in a cell and nothing orders them.
CONFLICTS = {READ: (WRITE, ATOMIC), WRITE: (WRITE, READ, ATOMIC), ATOMIC: (WRITE, READ)}
_TIDY_AFTER = 1 << 18  # entries of a list before those of one thread at one cell are made one


class Order(Protocol):
    """What is over for whom; see :mod:`smsim.hazards.order`. Threads are numbers from 1; all ``(n,)``."""

    def now(self, who: np.ndarray) -> np.ndarray | None: ...

    def over(self, me: np.ndarray, other: np.ndarray, time: np.ndarray) -> np.ndarray | None: ...

    def distance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray: ...


#: Called with cell, me, other and time, ``(n,)`` each: whether what other did there is over for me, bool.
Seen = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class Slot:
    """One remembered thread a cell: ``who`` (0: nobody), the ``access`` it came by (a number), int32 of
    shape ``(cells,)`` each; and its ``time`` then, int64, ``None`` while no time ever mattered."""

    __slots__ = ("who", "access", "time")

    def __init__(self, cells: int) -> None:
        self.who = np.zeros(cells, np.int32)
        self.access = np.zeros(cells, np.int32)
        self.time: np.ndarray | None = None

    def put(
        self, cell: np.ndarray, who: np.ndarray, access: np.ndarray | int, time: np.ndarray | None
    ) -> None:
        self.who[cell] = who
        self.access[cell] = access
        if time is not None:
            self.with_times()[cell] = time
        elif self.time is not None:
            self.time[cell] = 0

    def with_times(self) -> np.ndarray:
        """The table of times, from now on kept."""
        if self.time is None:
            self.time = np.zeros(self.who.size, np.int64)
        return self.time

    def unordered(
        self, cell: np.ndarray, who: np.ndarray, order: Order, seen: Seen | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each lane the thread here, if it is another one and unordered with it (else 0), and the number
        of the access it came by."""
        known = self.who[cell]
        bad = np.flatnonzero((known != 0) & (known != who))
        other = np.zeros(cell.shape, np.int32)
        if bad.size:
            bad = bad[_open(cell[bad], who[bad], known[bad], self.times(cell[bad]), order, seen)]
            other[bad] = known[bad]
        return other, self.access[cell]

    def times(self, cell: np.ndarray) -> np.ndarray:
        return np.zeros(cell.shape, np.int64) if self.time is None else self.time[cell]

    def stamp(self, order: Order) -> None:
        """Everybody here came at the present time of its thread."""
        cell = np.flatnonzero(self.who)
        if cell.size:
            self.with_times()[cell] = order.now(self.who[cell])

    def spread(self, blocks: int, threads: int) -> Slot:
        wide = Slot(0)
        wide.who = _for_each_block(self.who, blocks, threads)
        wide.access = np.repeat(self.access, blocks)
        wide.time = None if self.time is None else np.repeat(self.time, blocks)
        return wide


class Further:
    """Threads for whom a cell had no slot left."""

    def __init__(self, cells: int) -> None:
        self.has = np.zeros(cells, bool)
        self._parts: list[tuple[np.ndarray, ...]] = []
        self._tidy_at = _TIDY_AFTER

    def put(
        self, cell: np.ndarray, who: np.ndarray, access: np.ndarray | int, time: np.ndarray | None
    ) -> None:
        access = np.broadcast_to(np.asarray(access, np.int32), cell.shape)
        self._parts.append((cell, who, access, np.zeros(cell.shape, np.int64) if time is None else time))
        self.has[cell] = True
        if sum(part[0].size for part in self._parts) > self._tidy_at:
            self._tidy()

    def at(self, cell: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """``(which of cell, who, access, time)`` of every entry for every cell asked for."""
        entries = self._all()
        asked, found = pairs(cell, entries[0])
        return asked, entries[1][found], entries[2][found], entries[3][found]

    def keep(self, cells: np.ndarray) -> None:
        """Forget all but what was done to ``cells`` (boolean, by cell)."""
        kept = cells[self._all()[0]]
        self._parts = [tuple(column[kept] for column in self._all())]
        self.has &= cells

    def stamp(self, order: Order) -> None:
        cell, who, access, _ = self._all()
        self._parts = [(cell, who, access, order.now(who))]

    def spread(self, blocks: int, threads: int) -> Further:
        cell, who, access, time = self._all()
        block = np.arange(blocks)
        wide = Further(self.has.size * blocks)
        wide.put(
            (cell[:, None] * blocks + block).ravel(),
            (who[:, None] + block * threads).ravel(),
            np.repeat(access, blocks),
            np.repeat(time, blocks),
        )
        return wide

    def _all(self) -> tuple[np.ndarray, ...]:
        if len(self._parts) != 1:
            self._parts = [tuple(np.concatenate(column) for column in zip(*self._parts, strict=True))]
        return self._parts[0]

    def _tidy(self) -> None:
        cell, who, access, time = self._all()
        newest_first = (
            cell.size - 1 - np.unique((cell.astype(np.int64) << 32 | who)[::-1], return_index=True)[1]
        )
        self._parts = [tuple(column[newest_first] for column in (cell, who, access, time))]
        self._tidy_at = max(_TIDY_AFTER, 2 * newest_first.size)


class Touched:
    """The accesses of one kind to ``cells`` cells.

    Args:
        many: single threads may be ordered, so two a cell are not enough.
    """

    def __init__(self, cells: int, many: bool) -> None:
        self.cells, self.many = cells, many
        self.first, self.second = Slot(cells), Slot(cells)
        self.further: Further | None = None
        self.clean = True

    def add(
        self,
        cell: np.ndarray,
        who: np.ndarray,
        access: np.ndarray | int,
        order: Order,
        time: np.ndarray | None = None,
    ) -> None:
        """Threads ``who`` touched ``cell`` in access number ``access``, at ``time`` if that is not now."""
        if not cell.size:
            return
        self.clean = False
        if time is None:
            time = order.now(who)
        known = self.first.who[cell]
        fresh = known == 0
        over = order.over(who, known, self.first.times(cell))
        if over is not None:
            fresh |= over
        if fresh.any():
            self.first.put(cell[fresh], who[fresh], _at(access, fresh), _at(time, fresh))
        first = self.first.who[cell]
        another = first != who
        if not another.any():
            return
        cell, who, first = cell[another], who[another], first[another]
        access, time = _at(access, another), _at(time, another)
        known = self.second.who[cell]
        over = order.over(who, known, self.second.times(cell))
        fresh = (known == 0) if over is None else (known == 0) | over
        if not self.many:
            taken = ~fresh
            fresh[taken] = order.distance(first[taken], who[taken]) > order.distance(
                first[taken], known[taken]
            )
        if fresh.any():
            self.second.put(cell[fresh], who[fresh], _at(access, fresh), _at(time, fresh))
        if self.many:
            left = self.second.who[cell] != who
            if left.any():
                self.further = self.further or Further(self.cells)
                self.further.put(cell[left], who[left], _at(access, left), _at(time, left))

    def other_than(
        self, cell: np.ndarray, who: np.ndarray, order: Order, seen: Seen | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each lane a thread other than itself that touched its cell, unordered with it (0: none), and
        the number of the access it came by.

        Args:
            seen: further accesses that are over for a thread, asked with their cells.
        """
        other, access = self.second.unordered(cell, who, order, seen)
        from_first, by_first = self.first.unordered(cell, who, order, seen)
        other, access = np.where(from_first, from_first, other), np.where(from_first, by_first, access)
        if self.further is not None:
            open_ = np.flatnonzero((other == 0) & self.further.has[cell])
            if open_.size:
                asked, theirs, by, time = self.further.at(cell[open_])
                me = who[open_][asked]
                bad = np.flatnonzero(theirs != me)
                bad = bad[_open(cell[open_][asked[bad]], me[bad], theirs[bad], time[bad], order, seen)]
                at = open_[asked[bad]]
                other[at], access[at] = theirs[bad], by[bad]
        return other, access

    def settled(self, cell: np.ndarray) -> None:
        """A write to ``cell`` is ordered after all of these: whoever comes later meets the write first."""
        if self.clean or not self.many:
            return
        self.first.who[cell] = 0
        self.second.who[cell] = 0
        if self.further is not None and self.further.has[cell].any():
            kept = np.ones(self.cells, bool)
            kept[cell] = False
            self.further.keep(kept)

    def clear(self, columns: np.ndarray | None, blocks: int) -> None:
        """Forget everything, or what the blocks of ``columns`` (boolean, ``(B,)``) did."""
        if self.clean:
            return
        for slot in (self.first, self.second):
            if columns is None:
                slot.who.fill(0)
            else:
                slot.who.reshape(-1, blocks)[:, columns] = 0
        if self.further is not None and columns is not None:
            self.further.keep(np.tile(~columns, self.cells // blocks))
        elif columns is None:
            self.further = None
        self.clean = columns is None

    def stamp(self, order: Order) -> None:
        """The order of single threads begins to matter: nobody's time has changed since they came here."""
        for part in (self.first, self.second, self.further):
            if part is not None:
                part.stamp(order)

    def spread(self, blocks: int, threads: int) -> Touched:
        """The same for each of ``blocks`` blocks: cell ``c`` becomes ``c * blocks + b``."""
        wide = Touched(0, self.many)
        wide.cells = self.cells * blocks
        wide.first, wide.second = (s.spread(blocks, threads) for s in (self.first, self.second))
        wide.further = None if self.further is None else self.further.spread(blocks, threads)
        wide.clean = self.clean
        return wide


def pairs(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All ``(i, j)`` with ``a[i] == b[j]``: two int64 arrays, by ``i``."""
    order = np.argsort(b, kind="stable")
    in_order = b[order]
    start = np.searchsorted(in_order, a, side="left")
    count = np.searchsorted(in_order, a, side="right") - start
    i = np.repeat(np.arange(a.size), count)
    within = np.arange(i.size) - np.repeat(np.cumsum(count) - count, count)
    return i, order[np.repeat(start, count) + within]


def _open(
    cell: np.ndarray, me: np.ndarray, other: np.ndarray, time: np.ndarray, order: Order, seen: Seen | None
) -> np.ndarray:
    """Where what ``other`` did is not over for ``me``: bool."""
    over = order.over(me, other, time)
    if over is None:
        over = np.zeros(me.shape, bool)
    if seen is not None:
        left = np.flatnonzero(~over)
        over[left] = seen(cell[left], me[left], other[left], time[left])
    return ~over


def _for_each_block(who: np.ndarray, blocks: int, threads: int) -> np.ndarray:
    wide = np.repeat(who, blocks).reshape(-1, blocks)
    return np.where(wide != 0, wide + np.arange(blocks, dtype=np.int32) * threads, 0).ravel().astype(np.int32)


def _at(values: np.ndarray | int | None, lanes: np.ndarray) -> np.ndarray | int | None:
    return values[lanes] if isinstance(values, np.ndarray) else values
