"""Errors about waiting: barriers and warp-level operations that can never be complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import BarrierError, Deadlock, SimulationError, WarpSyncError
from smsim.hazards.place import plural
from smsim.hazards.teller import Teller
from smsim.machine.barriers import BARRIERS
from smsim.machine.lanes import WARP

if TYPE_CHECKING:
    from smsim.machine.barriers import Barriers
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame, Mask
    from smsim.machine.meetings import Meetings


class WaitingErrors(Teller):
    def exited_before_barrier(
        self, barriers: Barriers, number: int, arrived: np.ndarray, gone: np.ndarray, short: np.ndarray
    ) -> BarrierError:
        chunk = barriers.chunk
        column = int(np.flatnonzero(short[0])[0])
        waits, left = int(np.argmax(arrived[:, column])), int(np.argmax(gone[:, column]))
        group = next(g for g in barriers.waiting if g.number == number and _holds(chunk, g, waits, column))
        position = self.where(group.step)
        count = int(gone[:, column].sum())
        return BarrierError(
            f"{self._who(chunk, waits, column)} in {self.launch.called} waits at a barrier that "
            f"{plural(count, 'thread')} of its block will never reach: thread {self.thread(left)} has already "
            f"returned. A GPU since Volta may run on, but CUDA asks that all threads of a block reach "
            f"the same barrier." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(waits), self.thread(left)),
            **position.facts(),
        )

    def split_warp_at_barrier(
        self, chunk: Chunk, column: int, lanes: list[int], steps: list[Step]
    ) -> BarrierError:
        a, b = (self.where(step) for step in steps)
        one, two = (self.thread(lane) for lane in lanes)
        warp = lanes[0] // 32
        return BarrierError(
            f"warp {warp} of block {self.block(chunk, column)} in {self.launch.called} reached the "
            f"barrier by two ways: thread {one} at {a.short()}, and thread {two} at {b.short()}. "
            f"All lanes of a warp must execute the same barrier together.",
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(one, two),
            **a.facts(),
        )

    def no_such_barrier(
        self, frame: Frame, mask: Mask, step: Step, number: int, count: int | None
    ) -> BarrierError:
        active = np.broadcast_to(True if mask is None else mask, frame.lanes.shape)
        row, column, named, _ = self._first(frame, active)
        position = self.where(step)
        what = f"barrier {number}, and a block has {BARRIERS}, numbered from 0"
        if number < BARRIERS:
            what = f"a barrier for {count} threads; the number must be a multiple of {WARP}, and not 0"
        return BarrierError(
            f"{self._who(frame.chunk, row, column)} in {self.launch.called} reaches {what}."
            + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )

    def deadlock(self, barriers: Barriers) -> SimulationError:
        chunk = barriers.chunk
        if chunk.meetings.waiting:
            return self.missing_lanes(chunk.meetings)
        if chunk.registers.waiting:
            return self.no_registers_left(chunk.registers)
        if not barriers.waiting:
            return Deadlock(
                f"{self.launch.called} cannot go on: its threads wait for each other.",
                kernel=self.launch.kernel_name,
            )
        group = barriers.waiting[0]
        mask = chunk.in_chunk(group.frame, group.mask)
        mask = np.broadcast_to(True if mask is None else mask, chunk.lanes.shape)
        column, row = (int(x[0]) for x in np.nonzero(mask.T))
        here = int(mask[:, column].sum())
        position = self.where(group.step)
        others = [
            (g, int(np.argmax(m[:, column])))
            for g in barriers.waiting[1:]
            if (m := _everywhere(chunk, g))[:, column].any()
        ]
        message = (
            f"{plural(here, 'thread')} of block {self.block(chunk, column)} in kernel "
            f"{self.launch.kernel_name} (thread {self.thread(row)} among them) wait at barrier {group.number}"
        )
        if group.count is not None:
            message += f", which is for {group.count}"
        threads = [self.thread(row)]
        if others:
            other, lane = others[0]
            there = self.where(other.step)
            message += (
                f", while thread {self.thread(lane)} waits at barrier {other.number} ({there.short()}); "
                f"neither barrier can ever be complete."
            )
            threads.append(self.thread(lane))
        else:
            message += ", and no other thread of the block can still come."
        return BarrierError(
            message + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=tuple(threads),
            **position.facts(),
        )

    def grid_too_large(self, resident: int, step: Step) -> Deadlock:
        position = self.where(step)
        return Deadlock(
            f"{self.launch.called} waits for its whole grid of {self.launch.blocks} blocks, but only "
            f"{resident} fit on the device at once: those that wait keep the others from starting."
            + position.lines(),
            kernel=self.launch.kernel_name,
            **position.facts(),
        )

    def not_in_own_mask(
        self, frame: Frame, lanes: np.ndarray, step: Step, member: np.ndarray
    ) -> WarpSyncError:
        row, column, named, _ = self._first(frame, lanes)
        mask = int(np.broadcast_to(member, frame.lanes.shape)[row, column])
        position = self.where(step)
        return WarpSyncError(
            f"{self._who(frame.chunk, row, column)} in {self.launch.called} executes "
            f"{step.instruction.spelling} with the mask {mask:#010x}, which does not name the thread's own lane "
            f"{row % WARP}." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )

    def not_a_whole_warp(
        self, chunk: Chunk, step: Step, here: np.ndarray, short: np.ndarray
    ) -> WarpSyncError:
        """A warp executes an instruction for whole warps without some of its lanes: ``(W, 32, B)`` each."""
        warp, _, column = (int(x[0]) for x in np.nonzero(short))
        row = warp * WARP + int(np.argmax(here[warp, :, column]))
        lacking = int(WARP - here[warp, :, column].sum())
        position = self.where(step)
        return WarpSyncError(
            f"{self._who(chunk, row, column)} in {self.launch.called} executes "
            f"{step.instruction.spelling} in a warp that lacks {plural(lacking, 'lane')}: they have returned, "
            f"or the block has no such threads. All {WARP} lanes of a warp must execute it together."
            + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(row),),
            **position.facts(),
        )

    def missing_lanes(self, meetings: Meetings) -> WarpSyncError:
        """Lanes wait at a warp-level operation for others that cannot come."""
        chunk, party = meetings.chunk, meetings.waiting[0]
        row, column, named, _ = self._first(party.frame, meetings.lanes_of(party))
        member = int(np.broadcast_to(party.member, chunk.lanes.shape)[row, column])
        first_lane = row - row % WARP
        here = meetings.lanes_of(party)[first_lane : first_lane + WARP, column]
        absent = [lane for lane in range(here.size) if member >> lane & 1 and not here[lane]]
        gone = chunk.gone()[first_lane : first_lane + WARP, column]
        absent = [lane for lane in absent if not gone[lane]]
        other = self.thread(first_lane + absent[0]) if absent else None
        position = self.where(party.step)
        return WarpSyncError(
            f"{self._who(chunk, row, column)} in {self.launch.called} waits at "
            f"{party.step.instruction.spelling} for {plural(len(absent), 'lane')} of its warp that the mask "
            f"{member:#010x} names and that {'does' if len(absent) == 1 else 'do'} not come"
            + (f": thread {other}, for one." if other else ".")
            + " A warp-level operation in a branch may name only the lanes that take the branch."
            + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(row), *((other,) if other else ())),
            **position.facts(),
        )


def _everywhere(chunk: Chunk, group: object) -> np.ndarray:
    mask = chunk.in_chunk(group.frame, group.mask)
    return np.broadcast_to(True if mask is None else mask, chunk.lanes.shape)


def _holds(chunk: Chunk, group: object, row: int, column: int) -> bool:
    return bool(_everywhere(chunk, group)[row, column])
