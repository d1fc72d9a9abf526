"""Follows one warp through a run and notes every instruction that it executes.

Stepping is looking at notes. The launch runs as any other, only watched, until enough is noted; then it is
abandoned. Going further means running again from the start, which gives the same instructions again because
a run repeats bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.lanes import WARP
from smsim.machine.observer import Observer, not_predicated_off
from smsim.machine.outersum import OuterSum
from smsim.machine.program import ENDINGS

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame, Mask


class Pause(Exception):
    """Enough was seen: the run is abandoned here. Not an error."""


@dataclass(slots=True)
class Write:
    """A register that an instruction wrote.

    Attributes:
        name: the register.
        lanes: bool ``(32,)``, the lanes that wrote it.
        values: ``(32,)``; meaningful in ``lanes``.
    """

    name: str
    lanes: np.ndarray
    values: np.ndarray


@dataclass(slots=True)
class Moment:
    """One instruction about to be executed by the warp.

    Attributes:
        step: the instruction.
        activation: number of the function call it belongs to; 0 is the kernel itself.
        active: bool ``(32,)``, the lanes that stand here.
        acting: those of them whose guard lets them act.
        at: how many instructions the whole launch had executed before this one.
        printed: how much text the kernel had printed.
        writes: the registers that it changes, filled in once it has been executed.
    """

    step: Step
    activation: int
    active: np.ndarray
    acting: np.ndarray
    at: int
    printed: int
    writes: list[Write] = field(default_factory=list)


class Recorder(Observer):
    """Notes the instructions of one warp.

    Args:
        block: linear number of its block in the grid.
        warp: its number in the block.
        limit: instructions of the whole launch after which it is abandoned.
        output: pieces of text that the kernel has printed; grows as it runs.

    Attributes:
        moments: the instructions, in order.
        chunk: the chunk that the warp belongs to, once it runs.
    """

    def __init__(self, block: int, warp: int, limit: int, output: list[str]) -> None:
        super().__init__()
        self.block, self.warp, self.limit, self.output = block, warp, limit, output
        self._names: dict[Step, list[tuple[int, str]]] = {}
        self.restart()

    def restart(self) -> None:
        self.output.clear()
        self.moments: list[Moment] = []
        self.chunk: Chunk | None = None
        self._executed = 0
        self._open: Moment | None = None
        self._late: list[Moment] = []
        self._activations: list[object] = []

    def before(self, frame: Frame, step: Step) -> None:
        if self._executed >= self.limit:
            raise Pause
        self._executed += 1
        self._open = None
        seat = self._seat(frame)
        if seat is None:
            return
        active = seat.spread(frame.mask)
        if not active.any():
            return
        self._settle(frame, seat, active)
        moment = Moment(
            step,
            self._activation(frame),
            active,
            seat.spread(not_predicated_off(frame, step)),
            self._executed - 1,
            len(self.output),
        )
        self.moments.append(moment)
        self._open = moment
        if step.writes and step.form.row.semantics in ENDINGS:  # a shuffle, say: its results come later
            self._late.append(moment)

    def after(self, frame: Frame, step: Step) -> None:
        moment = self._open
        if moment is not None and moment.step is step and step.writes and moment.acting.any():
            seat = self._seat(frame)
            moment.writes = [
                Write(name, moment.acting, seat.take(frame.R[slot]))
                for slot, name in self._written(frame, step)
            ]

    def take_back(self) -> Moment | None:
        """The warp's instruction that is under way now, if there is one; it no longer counts as executed."""
        if self._open is None:
            return None
        return self.moments.pop()

    def _settle(self, frame: Frame, seat: Seat, active: np.ndarray) -> None:
        """Results of instructions that waited for other lanes: there once a lane goes on behind them."""
        here = self._activation(frame)
        for moment in list(self._late):
            if moment.activation == here and (moment.active & active).any():
                moment.writes = [
                    Write(name, moment.acting, seat.take(frame.R[slot]))
                    for slot, name in self._written(frame, moment.step)
                ]
                self._late.remove(moment)

    def _written(self, frame: Frame, step: Step) -> list[tuple[int, str]]:
        """The registers that a step writes: slot and name."""
        found = self._names.get(step)
        if found is None:
            registers = frame.program.slots.registers.items()
            found = self._names[step] = [(slot, name) for name, slot in registers if step.writes >> slot & 1]
        return found

    def _activation(self, frame: Frame) -> int:
        """Number of a function call. Lanes that run apart for a while share its parameters."""
        for number, known in enumerate(self._activations):
            if known is frame.params:
                return number
        self._activations.append(frame.params)
        return len(self._activations) - 1

    def _seat(self, frame: Frame) -> Seat | None:
        """Where the warp's lanes sit among the frame's; ``None`` if they are not there."""
        chunk = frame.chunk
        column = self.block - chunk.first_block
        if not 0 <= column < chunk.lanes.blocks:
            return None
        self.chunk = chunk
        lanes = frame.lanes
        if lanes.full:
            first = self.warp * WARP
            rows = np.arange(first, min(first + WARP, lanes.threads))
            return Seat(rows, column, rows - first)
        mine = (lanes.thread[:, 0] // WARP == self.warp) & (lanes.block[:, 0] == column)
        rows = np.flatnonzero(mine)
        return Seat(rows, 0, lanes.thread[rows, 0] % WARP) if rows.size else None


@dataclass(frozen=True, slots=True)
class Seat:
    """The warp's lanes in a frame: ``rows`` and one ``column`` of its arrays, and each one's ``lane``."""

    rows: np.ndarray
    column: int
    lane: np.ndarray

    def take(self, value: object) -> np.ndarray:
        """The warp's part of a register, ``(32,)``; lanes that are not in the frame hold zero."""
        if isinstance(value, OuterSum):
            part = (value.rows[self.rows, 0] + (value.cols[0, self.column] + value.offset)).astype(
                value.dtype
            )
        else:
            value = np.asarray(value)
            rows = self.rows if value.shape[0] > 1 else np.zeros_like(self.rows)
            part = value[rows, self.column if value.shape[1] > 1 else 0]
        out = np.zeros(WARP, part.dtype)
        out[self.lane] = part
        return out

    def spread(self, mask: Mask | bool) -> np.ndarray:
        """The warp's part of a set of lanes, bool ``(32,)``."""
        if mask is False:
            return np.zeros(WARP, bool)
        return self.take(np.ones((1, 1), bool) if mask is None else mask)
