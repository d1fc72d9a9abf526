"""Somebody who watches a launch instruction by instruction: who counts, or who steps through it.

A launch carries at most one observer and normal runs carry none, so that these pay nothing. An observer
changes nothing: it looks at a frame before and after each instruction.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.frame import Mask

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame
    from smsim.machine.program import Code


class Enough(Exception):
    """An observer has seen all it wants of the chunk that runs: its blocks are left where they are."""


class Observer:
    """Override what you want to see. ``frame.mask`` is the active lanes, guards not yet applied.

    Attributes:
        together: lanes that have left a loop in which others of their warp still poll wait for these, as long
            as anybody gets on without them. It is how a GPU runs them, and it makes what a warp executes
            independent of how often the others polled.
    """

    together = False

    def __init__(self) -> None:
        self._watched: dict[int, tuple[Code, list[Step]]] = {}

    def enter(self, frame: Frame, code: Code) -> None:
        """The lanes of ``frame.mask`` are about to execute ``code``, from its first step to its ending.

        Raises:
            Enough: the chunk need not go on.
        """

    def before(self, frame: Frame, step: Step) -> None:
        """The lanes of ``frame.mask`` are about to execute ``step``."""

    def after(self, frame: Frame, step: Step) -> None:
        """They have executed it. Not called for instructions that end a block: branches, barriers, calls."""

    def restart(self) -> None:
        """The launch starts again from its beginning, to look at something more carefully."""

    # -- what the engine calls ---------------------------------------------------------------------------

    def watched(self, code: Code) -> list[Step]:
        """``code.steps``, each of them telling about itself as it runs."""
        found = self._watched.get(id(code))
        if found is None:
            found = self._watched[id(code)] = (code, [self._telling(step) for step in code.steps])
        return found[1]

    def _telling(self, step: Step) -> Step:
        inner = step.run

        def run(frame: Frame) -> None:
            self.before(frame, step)
            inner(frame)
            self.after(frame, step)

        return replace(step, run=run)


def not_predicated_off(frame: Frame, step: Step) -> Mask | bool:
    """The active lanes whose guard lets them execute ``step``; ``False`` if there is none."""
    instruction = step.instruction
    if instruction.guard is None:
        return frame.mask
    condition = np.asarray(frame.R[frame.program.slots.register(instruction.guard.name)])
    if instruction.guard_negated:
        condition = ~condition
    lanes = condition if frame.mask is None else frame.mask & condition
    if not lanes.any():
        return False
    return None if lanes.all() else lanes
