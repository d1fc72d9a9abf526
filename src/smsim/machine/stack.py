"""Local memory: each thread's own stack of ``.local`` variables."""

from __future__ import annotations

import numpy as np

from smsim.machine.ownedspace import Extent, OwnedSpace
from smsim.ptx.nodes import Variable

_GUARD = 128
LIMIT = 1 << 20  # bytes a thread; a recursion that needs more has run away
_CELL = 8


#: The variables that an activation can reach, by their place in the stack.
Extents = tuple[Extent, ...]


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
        self._shown: Extents | None = None

    def push(self, base: int, variables: tuple[Variable, ...], below: Extents) -> tuple[int, Extents]:
        """Make room above ``base`` for one activation's variables.

        Args:
            below: what the caller could reach.

        Returns:
            where the variables begin, and what the activation can reach: its own variables and those of
            its callers. Of what earlier calls had in the same place nothing is left.

        Raises:
            RecursionError: the stack would exceed :data:`LIMIT`.
        """
        if not variables:
            return base, below
        base = -(-base // 16) * 16
        offsets, end = layout(variables, base, _GUARD)
        if end > LIMIT:
            raise RecursionError
        self._grow(end)
        return base, (*below, *(Extent(offsets[v.name], v.size_bytes, v.name) for v in variables))

    def show(self, extents: Extents) -> None:
        """From here on accesses are checked against ``extents``: those of the activation that runs."""
        if extents is self._shown:
            return
        self._shown, space = extents, self.space
        space.extents = list(extents)
        space._starts = np.array([e.start for e in extents], np.int64)
        space._ends = np.array([e.start + e.size for e in extents], np.int64)
        space._known.clear()

    def _grow(self, size: int) -> None:
        if size > self.space.size:
            wider = self._space(max(size, 2 * self.space.size), [])
            wider.data[: self.space.data.shape[0]] = self.space.data
            self.space, self._shown = wider, None

    def _space(self, size: int, extents: list[Extent]) -> OwnedSpace:
        return OwnedSpace("local", size, extents, self.threads, _CELL, by_thread=True)
