"""Local memory: each thread's own stack of ``.local`` variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ownedspace import Extent, OwnedSpace
from smsim.ptx.nodes import Variable

if TYPE_CHECKING:
    from smsim.hazards.ownedwritten import OwnedWritten
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame, Mask
    from smsim.machine.lanes import Lanes

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

    def __init__(self, lanes: Lanes, watch: Callable[[OwnedSpace], OwnedWritten] | None = None) -> None:
        self.lanes, self._watch = lanes, watch
        self.written: OwnedWritten | None = None
        self.space = self._space(_CELL, [])
        self._shown: Extents | None = None

    def has_read(self, frame: Frame, step: Step, address: np.ndarray, size: int) -> None:
        """Lanes of ``frame`` have loaded ``size`` bytes at ``address``.

        Raises:
            Suspicion: nobody has written them; whether the value matters is not known yet.
        """
        if self.written is not None and not self.written.full:
            self.written.read(frame, step, address, size)

    def has_written(self, frame: Frame, address: np.ndarray, size: int) -> None:
        """Lanes of ``frame`` have written ``size`` bytes at ``address``."""
        if self.written is not None and not self.written.full:
            self.written.write(frame, address, size)

    def push(
        self, base: int, variables: tuple[Variable, ...], below: Extents, mask: Mask = None
    ) -> tuple[int, Extents]:
        """Make room above ``base`` for one activation's variables.

        Args:
            below: what the caller could reach.
            mask: the lanes of the chunk whose activation it is.

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
        own = [Extent(offsets[v.name], v.size_bytes, v.name) for v in variables]
        self._begin(own, mask)
        return base, (*below, *own)

    def show(self, extents: Extents) -> None:
        """From here on accesses are checked against ``extents``: those of the activation that runs."""
        if extents is self._shown:
            return
        self._shown, space = extents, self.space
        space.extents = list(extents)
        space._starts = np.array([e.start for e in extents], np.int64)
        space._ends = np.array([e.start + e.size for e in extents], np.int64)
        space._known.clear()

    def _begin(self, extents: list[Extent], mask: Mask) -> None:
        """Nobody has written these variables yet."""
        if self._watch is None:
            return
        if self.written is None:
            self.written = self._watch(self.space)
        elif self.written.space is not self.space:
            self.written.grow(self.space)
        owners = None if mask is None else self.lanes.lane[np.broadcast_to(mask, self.lanes.shape)]
        for extent in extents:
            self.written.begin(extent, owners)

    def _grow(self, size: int) -> None:
        if size > self.space.size:
            wider = self._space(max(size, 2 * self.space.size), [])
            wider.data[: self.space.data.shape[0]] = self.space.data
            self.space, self._shown = wider, None

    def _space(self, size: int, extents: list[Extent]) -> OwnedSpace:
        return OwnedSpace("local", size, extents, self.lanes.count, _CELL, by_thread=True)
