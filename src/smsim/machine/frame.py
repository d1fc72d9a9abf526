"""One activation of a function for a set of lanes: its registers, and where its lanes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import Lanes
from smsim.machine.retype import Value

if TYPE_CHECKING:
    from smsim.machine.chunk import Chunk
    from smsim.machine.params import ParamCells
    from smsim.machine.program import Program
    from smsim.machine.stack import Extents

#: A set of lanes: a boolean array that broadcasts to the lanes' shape, or ``None`` for all of them.
Mask = np.ndarray | None


class Frame:
    """Registers and positions of ``lanes`` in ``program``.

    Attributes:
        R: one array a slot (register, constant or special register); slots are numbered by the program.
        mask: the lanes that the block now running is for.
        pending: block number to the lanes that stand before it, ready to run.
        waiting: block numbers at which lanes will go on after a barrier or a call, one entry a group.
        held: as ``pending``, lanes that may not go on yet, see :meth:`Chunk.hold`.
        yielded: blocks whose lanes spin, and let all others go first.
        params: the ``.param`` variables that this function can see.
        local_base: where this activation's ``.local`` variables begin in the thread's stack.
        local_extents: those variables, and its callers'.
    """

    __slots__ = (
        "chunk", "program", "lanes", "R", "mask", "pending", "waiting", "held", "yielded", "depth",
        "params", "local_base", "local_extents", "on_return", "taint", "turns",
    )  # fmt: skip

    def __init__(
        self,
        chunk: Chunk,
        program: Program,
        lanes: Lanes,
        registers: list[Value],
        params: ParamCells,
        depth: int = 0,
        local_base: int = 0,
        local_extents: Extents = (),
    ) -> None:
        self.chunk, self.program, self.lanes, self.R = chunk, program, lanes, registers
        self.params, self.depth = params, depth
        self.local_base, self.local_extents = local_base, local_extents
        self.mask: Mask = None
        self.pending: dict[int, Mask] = {}
        self.waiting: list[int] = []
        self.held: dict[int, Mask] = {}
        self.yielded: set[int] = set()
        self.on_return = None
        self.taint: dict[int, dict] = {}
        self.turns = 0

    def go(self, block: int, mask: Mask) -> None:
        """Put the lanes of ``mask`` before ``block``."""
        if block in self.pending:
            mask = union(self.pending[block], mask, self.lanes.shape)
        self.pending[block] = mask

    def live_elsewhere(self) -> int:
        """Registers (as bits) whose old values lanes outside the running block still need."""
        if not self.pending and not self.waiting and not self.held:
            return 0
        blocks, bits = self.program.blocks, 0
        for block in self.pending:
            bits |= blocks[block].live_in
        for block in (*self.waiting, *self.held):
            bits |= blocks[block].live_in
        return bits


def union(a: Mask, b: Mask, shape: tuple[int, int]) -> Mask:
    if a is None or b is None:
        return None
    both = a | b
    return None if both.all() else both


def split(mask: Mask, condition: np.ndarray) -> tuple[Mask | bool, Mask | bool]:
    """The lanes of ``mask`` with and without ``condition``; ``False`` stands for no lane at all."""
    if mask is None:
        if condition.all():
            return None, False
        if not condition.any():
            return False, None
        return condition, ~condition
    yes = mask & condition
    if not yes.any():
        return False, mask
    no = mask & ~condition
    if not no.any():
        return mask, False
    return yes, no


def without(mask: Mask, taken: np.ndarray) -> Mask | bool:
    """The lanes of ``mask`` that are not in ``taken``, or ``False`` if none is left."""
    left = ~taken if mask is None else mask & ~taken
    return left if left.any() else False
