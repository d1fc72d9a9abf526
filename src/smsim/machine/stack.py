"""Local memory: each thread's own stack of ``.local`` variables."""

from __future__ import annotations

import numpy as np

from smsim.machine.ownedspace import Extent, OwnedSpace
from smsim.ptx.nodes import Variable

_GUARD = 128
LIMIT = 1 << 20  # bytes a thread; a recursion that needs more has run away
_CELL = 8


def layout(variables: tuple[Variable, ...], base: int, gap: int) -> tuple[dict[str, int], int]:
    """Place variables one after another: ``({name: offset}, end)``.

    Args:
        gap: bytes of red zone kept free after each, a multiple of 128 so that banks stay as they are.
    """
    offsets: dict[str, int] = {}
    end = base
    for variable in variables:
        start = -(-end // variable.align) * variable.align
        offsets[variable.name] = start
        end = start + variable.size_bytes + (gap + -variable.size_bytes % 8 if gap else 0)
    return offsets, end


class ThreadStack:
    """Grows as functions that have ``.local`` variables are called; empty for most kernels."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.space = self._space(_CELL, [])

    def push(self, base: int, variables: tuple[Variable, ...]) -> int:
        """Make room above ``base`` for one activation's variables; returns where they begin.

        Raises:
            RecursionError: the stack would exceed :data:`LIMIT`.
        """
        if not variables:
            return base
        base = -(-base // 16) * 16
        offsets, end = layout(variables, base, _GUARD)
        if end > LIMIT:
            raise RecursionError
        self._grow(end)
        known = {e.start: e for e in self.space.extents}
        for variable in variables:
            start = offsets[variable.name]
            if start in known:
                known[start].size = max(known[start].size, variable.size_bytes)
            else:
                known[start] = Extent(start, variable.size_bytes, variable.name)
        self._rebuild([known[start] for start in sorted(known)])
        return base

    def _grow(self, size: int) -> None:
        if size > self.space.size:
            wider = self._space(max(size, 2 * self.space.size), self.space.extents)
            wider.data[: self.space.data.shape[0]] = self.space.data
            self.space = wider

    def _space(self, size: int, extents: list[Extent]) -> OwnedSpace:
        return OwnedSpace("local", size, extents, self.threads, _CELL, by_thread=True)

    def _rebuild(self, extents: list[Extent]) -> None:
        space = self.space
        space.extents = extents
        space._starts = np.array([e.start for e in extents], np.int64)
        space._ends = np.array([e.start + e.size for e in extents], np.int64)
