"""What asynchronous copies and mbarriers did, in order, for an observer that wants to know.

An observer with ``wants_copies`` set finds a :class:`CopyLog` at ``frame.chunk.copies.log`` in ``after`` (and, as
instructions do not end a block, the entries of the instruction that just ran are the last ones). It takes entries away
as it likes: nobody else reads them. Threads and blocks are rows and columns of the chunk's lanes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.machine.asynccopies import Copy
    from smsim.machine.asyncview import View
    from smsim.machine.bind.binding import Step


@dataclass(frozen=True, eq=False)
class Begun:
    """A copy began. ``lanes``: bool ``(T, B)``; ``source`` and ``target``: the first byte of each, int64 ``(T, B)``,
    where ``lanes``; ``size``: bytes a lane read, ``(T, B)``; ``mbarrier``: the address whose phase counts the bytes."""

    number: int
    step: Step
    lanes: np.ndarray
    source: np.ndarray
    target: np.ndarray
    size: np.ndarray
    into: str
    mbarrier: int | None


@dataclass(frozen=True, eq=False)
class Waited:
    """``lanes`` waited for groups: what they found under way were parts of ``copies`` (by number)."""

    step: Step
    lanes: np.ndarray
    copies: list[int]


@dataclass(frozen=True)
class Arrived:
    """The bytes of bulk copy ``copy`` are there, and the mbarrier at ``at`` in block ``column`` knows."""

    at: int
    column: int
    copy: int


@dataclass(frozen=True)
class PhaseOver:
    """Phase number ``phase`` of the mbarrier at ``at`` in block ``column`` is complete."""

    at: int
    column: int
    phase: int


@dataclass(frozen=True, eq=False)
class Saw:
    """``lanes`` found by ``step`` that phase ``phase`` (``(B,)``, by block) of the mbarrier at ``at`` is complete."""

    step: Step
    at: int
    lanes: np.ndarray
    phase: np.ndarray


class CopyLog:
    """A list of the entries above, in ``entries``."""

    def __init__(self) -> None:
        self.entries: list[Begun | Waited | Arrived | PhaseOver | Saw] = []

    def begun(self, copy: Copy) -> None:
        shape = copy.view.chunk.lanes.shape
        lanes = np.zeros(shape, bool)
        source, target, size = (np.zeros(shape, np.int64) for _ in range(3))
        if copy.owner is None:
            lanes |= copy.view.mask
            source[...], target[...], size[...] = copy.source, copy.target, copy.given
        else:
            lanes[copy.owner] = True
            source[copy.owner], target[copy.owner] = copy.source[0, 0], copy.target[0, 0]
            size[copy.owner] = copy.total
        self.entries.append(
            Begun(copy.number, copy.step, lanes, source, target, size, copy.into, copy.mbarrier)
        )

    def waited(self, step: Step, view: View, copies: list[int]) -> None:
        self.entries.append(Waited(step, view.mask.copy(), copies))

    def arrived(self, entry: Arrived) -> None:
        self.entries.append(entry)

    def phase_over(self, at: int, columns: np.ndarray, phase: np.ndarray) -> None:
        self.entries += [
            PhaseOver(at, c, p)
            for c, p in zip(columns.tolist(), np.broadcast_to(phase, columns.shape).tolist(), strict=True)
        ]

    def saw(self, step: Step, at: int, lanes: np.ndarray, phase: np.ndarray) -> None:
        self.entries.append(Saw(step, at, lanes, phase.copy()))
