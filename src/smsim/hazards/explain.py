"""Turns what went wrong in a launch into an exception with a sentence, and the facts behind it.

A sentence names thread, block, kernel, array and element as the reader wrote them, then the Python
line and the PTX line. It holds no pointer and no file name, so the same program gives the same text
everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import (
    BarrierError,
    DataRace,
    Deadlock,
    DeviceAssertion,
    InstructionBudgetExceeded,
    MemoryFault,
    SimulationError,
    UninitializedRead,
    WarpSyncError,
)
from smsim.hazards.place import Places, plural
from smsim.hazards.where import Where, where
from smsim.machine.faults import AccessFault
from smsim.machine.lanes import WARP, Dim3, unflatten

if TYPE_CHECKING:
    from smsim.hazards.sharedwatch import Access
    from smsim.machine.barriers import Barriers
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame, Mask
    from smsim.machine.launch import Launch
    from smsim.machine.meetings import Meetings
    from smsim.machine.program import Code

_NAMED = 8  # threads listed in an error; the sentence names one or two


class Explain:
    """Builds the errors of one launch."""

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self.places = Places(launch)

    # -- small things ------------------------------------------------------------------------------------

    def where(self, step: Step) -> Where:
        return where(step.instruction, self.launch.kernel.module.module)

    def thread(self, row: int) -> Dim3:
        return unflatten(int(row), self.launch.block_dim)

    def block(self, chunk: Chunk, column: int) -> Dim3:
        return unflatten(chunk.first_block + int(column), self.launch.grid_dim)

    def _first(self, frame: Frame, lanes: np.ndarray) -> tuple[int, int, list[Dim3], int]:
        """``(thread, block column, some threads of that block, number of lanes)`` of a set of lanes."""
        lanes = np.broadcast_to(lanes, frame.lanes.shape)
        column, row = np.nonzero(lanes.T)
        threads = np.broadcast_to(frame.lanes.thread, lanes.shape)[row, column]
        blocks = np.broadcast_to(frame.lanes.block, lanes.shape)[row, column]
        same = threads[blocks == blocks[0]]
        named = [self.thread(t) for t in same[:_NAMED].tolist()]
        return int(threads[0]), int(blocks[0]), named, row.size

    def _who(self, chunk: Chunk, row: int, column: int) -> str:
        return f"thread {self.thread(row)} of block {self.block(chunk, column)}"

    # -- memory ------------------------------------------------------------------------------------------

    def fault(self, frame: Frame, step: Step, fault: AccessFault) -> MemoryFault:
        row, column, named, count = self._first(frame, fault.lanes)
        at = frame.lanes.full
        lane = (row, column) if at else _gathered_lane(frame, row, column)
        address = int(np.broadcast_to(fault.address, frame.lanes.shape)[lane])
        place = self.places.describe(fault.space, address, fault.size)
        verb = _verb(step)
        whose = f"{self._who(frame.chunk, row, column)} in kernel {self.launch.kernel_name}"
        if fault.reason == "misaligned":
            message = (
                f"{whose} {verb} {fault.size} bytes at {place.at}, which is not a multiple of {fault.size}."
            )
        else:
            message = f"{whose} {verb} {place.at}, but {place.limit}."
        if count > 1:
            message += f" {plural(count - 1, 'more thread')} did the same."
        position = self.where(step)
        return MemoryFault(
            message + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            array=place.array,
            address=place.offset,
            **position.facts(),
        )

    def race(
        self,
        chunk: Chunk,
        mine: tuple[Access, int],
        theirs: tuple[Access, int],
        column: int,
        same_value: bool = False,
    ) -> DataRace:
        (access, thread), (other, other_thread) = mine, theirs
        byte = _address_of(access, thread, column)
        place = self.places.describe(chunk.shared, byte, access.size)
        a, b = self.where(access.step), self.where(other.step)
        message = (
            f"threads {self.thread(thread)} and {self.thread(other_thread)} of block "
            f"{self.block(chunk, column)} in kernel {self.launch.kernel_name} race on {place.at}: "
            f"one {_KIND[access.kind]} it and the other {_KIND[other.kind]} it, and no barrier stands between."
        )
        if same_value:
            message += " Both write the same value, so the result is not harmed."
        message += f"\n    thread {self.thread(thread)} {_KIND[access.kind]} at {a.short()}"
        message += f"\n    thread {self.thread(other_thread)} {_KIND[other.kind]} at {b.short()}"
        error = DataRace(
            message,
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(thread), self.thread(other_thread)),
            array=place.array,
            address=place.offset,
            **a.facts(),
        )
        error.source_lines = (a.source_line, b.source_line)
        error.ptx_lines = (a.ptx_line, b.ptx_line)
        return error

    def unwritten(
        self, frame: Frame, step: Step, used: Step, lanes: np.ndarray, address: np.ndarray
    ) -> UninitializedRead:
        row, column, _, _ = self._first(frame, lanes)
        return self.unwritten_at(frame.chunk, step, row, column, address)

    def unwritten_at(
        self, chunk: Chunk, step: Step, row: int, column: int, address: np.ndarray
    ) -> UninitializedRead:
        byte = int(np.broadcast_to(address, chunk.lanes.shape)[row, column])
        place = self.places.describe(chunk.shared, byte, _access_bytes(step))
        position = self.where(step)
        return UninitializedRead(
            f"{self._who(chunk, row, column)} in kernel {self.launch.kernel_name} uses {place.at}, "
            f"and nobody has written it." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(row),),
            array=place.array,
            address=place.offset,
            **position.facts(),
        )

    def unset_register(self, chunk: Chunk, name: str, row: int, column: int) -> UninitializedRead:
        function = self.launch.program.function
        reader = next(i for i in function.body if any(str(o).find(name) >= 0 for o in i.operands))
        position = where(reader, self.launch.kernel.module.module)
        return UninitializedRead(
            f"{self._who(chunk, row, column)} in kernel {self.launch.kernel_name} uses register {name}, "
            f"and nothing has written it on the way there." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(row),),
            **position.facts(),
        )

    def undefined(self, chunk: Chunk, step: Step, row: int, column: int) -> UninitializedRead:
        position = self.where(step)
        return UninitializedRead(
            f"{self._who(chunk, row, column)} in kernel {self.launch.kernel_name} uses what a shuffle brought "
            f"it from a lane that takes no part in it; such a value is undefined." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(row),),
            **position.facts(),
        )

    # -- warps -------------------------------------------------------------------------------------------

    def not_in_own_mask(
        self, frame: Frame, lanes: np.ndarray, step: Step, member: np.ndarray
    ) -> WarpSyncError:
        row, column, named, _ = self._first(frame, lanes)
        mask = int(np.broadcast_to(member, frame.lanes.shape)[row, column])
        position = self.where(step)
        return WarpSyncError(
            f"{self._who(frame.chunk, row, column)} in kernel {self.launch.kernel_name} executes "
            f"{step.instruction.spelling} with the mask {mask:#010x}, which does not name the thread's own lane "
            f"{row % WARP}." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
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
            f"{self._who(chunk, row, column)} in kernel {self.launch.kernel_name} waits at "
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

    # -- barriers ----------------------------------------------------------------------------------------

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
            f"{self._who(chunk, waits, column)} in kernel {self.launch.kernel_name} waits at a barrier that "
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
            f"warp {warp} of block {self.block(chunk, column)} in kernel {self.launch.kernel_name} reached the "
            f"barrier by two ways: thread {one} at {a.short()}, and thread {two} at {b.short()}. "
            f"All lanes of a warp must execute the same barrier together.",
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(one, two),
            **a.facts(),
        )

    def deadlock(self, barriers: Barriers) -> SimulationError:
        chunk = barriers.chunk
        if chunk.meetings.waiting:
            return self.missing_lanes(chunk.meetings)
        if not barriers.waiting:
            return Deadlock(
                f"kernel {self.launch.kernel_name} cannot go on: its threads wait for each other.",
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

    # -- the rest ----------------------------------------------------------------------------------------

    def budget(self, frame: Frame, code: Code) -> InstructionBudgetExceeded:
        step = next((s for s in (*code.steps, code.ending) if s is not None), None)
        active = np.ones((1, 1), bool) if frame.mask is None else frame.mask
        row, column, named, _ = self._first(frame, np.broadcast_to(active, frame.lanes.shape))
        position = None if step is None else self.where(step)
        if code.endless:
            message = (
                f"{self._who(frame.chunk, row, column)} in kernel {self.launch.kernel_name} is in a loop that "
                f"nothing can end: it reads no memory and has no way out. If the source waits for a value "
                f"that another thread writes, the compiler has moved the read out of the loop; wait with an "
                f"atomic operation instead."
            )
        else:
            message = (
                f"kernel {self.launch.kernel_name} was stopped after {self.launch.budget} steps of one chunk "
                f"of blocks, with {self._who(frame.chunk, row, column)} still running. It is stopped, not proved "
                f"wrong; a larger budget lets it go on."
            )
        return InstructionBudgetExceeded(
            message + (position.lines() if position else ""),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **(position.facts() if position else {}),
        )

    def trap(self, frame: Frame, mask: Mask, step: Step) -> SimulationError:
        active = np.ones((1, 1), bool) if mask is None else mask
        row, column, named, _ = self._first(frame, np.broadcast_to(active, frame.lanes.shape))
        position = self.where(step)
        return SimulationError(
            f"{self._who(frame.chunk, row, column)} in kernel {self.launch.kernel_name} executed trap, which "
            f"ends the kernel with an error." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )

    def assertion(self, frame: Frame, step: Step, text: str) -> DeviceAssertion:
        active = np.ones((1, 1), bool) if frame.mask is None else frame.mask
        row, column, named, _ = self._first(frame, active)
        position = self.where(step)
        return DeviceAssertion(
            f"{self._who(frame.chunk, row, column)} in kernel {self.launch.kernel_name}: the assertion "
            f"`{text}` does not hold." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )

    def stack_overflow(self, frame: Frame, mask: Mask, step: Step) -> MemoryFault:
        active = np.ones((1, 1), bool) if mask is None else mask
        row, column, named, _ = self._first(frame, np.broadcast_to(active, frame.lanes.shape))
        position = self.where(step)
        return MemoryFault(
            f"{self._who(frame.chunk, row, column)} in kernel {self.launch.kernel_name} called functions so "
            f"deeply that its stack is full; does the recursion end?" + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(frame.chunk, column),
            threads=tuple(named),
            **position.facts(),
        )


_KIND = {"read": "reads", "write": "writes", "atomic": "updates"}


def _verb(step: Step) -> str:
    name = step.form.row.semantics
    return {"memory.load": "reads", "memory.store": "writes"}.get(name, "updates")


def _access_bytes(step: Step) -> int:
    from smsim.machine.retype import DTYPES

    return DTYPES[step.form.type].itemsize


def _gathered_lane(frame: Frame, thread: int, block: int) -> tuple[int, int]:
    at = (frame.lanes.thread[:, 0] == thread) & (frame.lanes.block[:, 0] == block)
    return int(np.flatnonzero(at)[0]), 0


def _address_of(access: Access, thread: int, column: int) -> int:
    lanes = access.lanes
    address = np.broadcast_to(access.address, lanes.shape)
    if lanes.full:
        return int(address[thread, column])
    at = np.flatnonzero((lanes.thread[:, 0] == thread) & (lanes.block[:, 0] == column))
    return int(address[at[0], 0])


def _everywhere(chunk: Chunk, group: object) -> np.ndarray:
    mask = chunk.in_chunk(group.frame, group.mask)
    return np.broadcast_to(True if mask is None else mask, chunk.lanes.shape)


def _holds(chunk: Chunk, group: object, row: int, column: int) -> bool:
    return bool(_everywhere(chunk, group)[row, column])
