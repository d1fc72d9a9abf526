"""Errors about memory: outside an array, racing, or holding what nobody wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import DataRace, MemoryFault, NonCoherentRead, UninitializedRead
from smsim.hazards.place import plural
from smsim.hazards.scopes import SCOPE_NAMES, reach
from smsim.hazards.teller import Teller
from smsim.hazards.where import where
from smsim.machine.faults import AccessFault
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.lanes import Dim3, unflatten
from smsim.machine.retype import DTYPES
from smsim.ptx.nodes import Instruction, Register

if TYPE_CHECKING:
    from smsim.hazards.place import Place
    from smsim.hazards.sharedaccess import Access
    from smsim.hazards.where import Where
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame
    from smsim.machine.launch import Launch


@dataclass(frozen=True)
class OfLaunch:
    """A thread of one of several launches."""

    launch: Launch
    block: Dim3
    thread: Dim3

    def __str__(self) -> str:
        return f"thread {self.thread} of block {self.block} in {self.launch.called}"


class MemoryErrors(Teller):
    def fault(self, frame: Frame, step: Step, fault: AccessFault) -> MemoryFault:
        row, column, named, count = self._first(frame, fault.lanes)
        at = frame.lanes.full
        lane = (row, column) if at else _gathered_lane(frame, row, column)
        address = int(np.broadcast_to(fault.address, frame.lanes.shape)[lane])
        place = self.places.describe(fault.space, address, fault.size, fault.extent, step)
        verb = _verb(step)
        whose = f"{self._who(frame.chunk, row, column)} in {self.launch.called}"
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
        does, other_does = _does(access.kind, access.step), _does(other.kind, other.step)
        message = (
            f"threads {self.thread(thread)} and {self.thread(other_thread)} of block "
            f"{self.block(chunk, column)} in {self.launch.called} race on {place.at}: "
            f"one {does} it and the other {other_does} it, and no barrier stands between."
        )
        if same_value:
            message += " Both write the same value, so the result is not harmed."
        message += f"\n    thread {self.thread(thread)} {does} at {a.short()}"
        message += f"\n    thread {self.thread(other_thread)} {other_does} at {b.short()}"
        return DataRace(
            message,
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            blocks=(self.block(chunk, column),) * 2,
            threads=(self.thread(thread), self.thread(other_thread)),
            array=place.array,
            address=place.offset,
            source_lines=(a.source_line, b.source_line),
            ptx_lines=(a.ptx_line, b.ptx_line),
            **a.facts(),
        )

    def global_race(
        self, step: Step, kind: str, mine: int, theirs: Step, other: str, whose: int, base: int, cell: int,
        grain: int, same_value: bool,
    ) -> DataRace:  # fmt: skip
        """Two threads (linear numbers in the grid + 1) that nothing orders, at one cell of an allocation."""
        place = self.places.describe(self.launch.global_space, base + cell * grain, grain)
        me, they = self._of_grid(mine - 1), self._of_grid(whose - 1)
        a, b = self.where(step), they.launch.explain.where(theirs)
        block, thread, other_block, other_thread = me.block, me.thread, they.block, they.thread
        if me.launch is not they.launch:
            who = f"{me} and {they}"
            lacks = "nothing orders the two kernels"
        elif block == other_block:
            who, lacks = f"threads {thread} and {other_thread} of block {block}", "no barrier stands between"
        else:
            who = f"thread {thread} of block {block} and thread {other_thread} of block {other_block}"
            lacks = "nothing orders the two blocks"
        if me.launch is they.launch:
            who += f" in {self.launch.called}"
        does, other_does = _does(kind, step), _does(other, theirs)
        message = f"{who} race on {place.at}: one {does} it and the other {other_does} it, and {lacks}."
        if kind == other == ATOMIC:
            apart = me.launch.device.ordinal != they.launch.device.ordinal
            whole = "GPU" if apart else "block"
            scopes = (reach(s.form.flags) for s in (step, theirs))
            message += (
                f" An operation at {SCOPE_NAMES[min(scopes)]} scope is atomic for the threads of its own "
                f"{whole} alone."
            )
        if same_value:
            message += " Both write the same value, so the result is not harmed."
        message += f"\n    thread {thread} {does} at {a.short()}"
        message += f"\n    thread {other_thread} {other_does} at {b.short()}"
        facts = self._facts_of_two((block, other_block), (thread, other_thread), place, a, b)
        return DataRace(message, **facts)

    def non_coherent(
        self, reader: int, read: Step, write: Step, writer: int, cell: int, base: int, grain: int
    ) -> NonCoherentRead:
        """Reader and writer (linear numbers in the grid + 1) of one cell of an allocation."""
        place = self.places.describe(self.launch.global_space, base + cell * grain, grain)
        me, they = self._of_grid(reader - 1), self._of_grid(writer - 1)
        a, b = me.launch.explain.where(read), they.launch.explain.where(write)
        block, thread, other_block, other_thread = me.block, me.thread, they.block, they.thread
        other = "it" if reader == writer else f"thread {other_thread} of block {other_block}"
        when = "in the same launch"
        if me.launch is not they.launch:
            other, when = str(they), "at the same time"
        message = (
            f"thread {thread} of block {block} in {me.launch.called} reads {place.at} by "
            f"ld.global.nc, and {other} {_verb(write)} it {when}. The read-only path is for "
            f"memory that nobody writes while the kernel runs; what it returns is undefined, and no barrier, "
            f"fence or flag changes that."
        )
        message += f"\n    thread {thread} reads at {a.short()}"
        message += f"\n    thread {other_thread} {_verb(write)} at {b.short()}"
        facts = self._facts_of_two((block, other_block), (thread, other_thread), place, a, b)
        return NonCoherentRead(message, **facts)

    def _facts_of_two(
        self, blocks: tuple[Dim3, Dim3], threads: tuple[Dim3, Dim3], place: Place, a: Where, b: Where
    ) -> dict[str, object]:
        """What an error about two threads of the grid knows besides its message; the first of each is to blame."""
        return {
            "kernel": self.launch.kernel_name,
            "block": blocks[0],
            "blocks": blocks,
            "threads": threads,
            "array": place.array,
            "address": place.offset,
            "source_lines": (a.source_line, b.source_line),
            "ptx_lines": (a.ptx_line, b.ptx_line),
            **a.facts(),
        }

    def _of_grid(self, number: int) -> OfLaunch:
        """Who has a linear number among the launches that run together."""
        block, thread = divmod(number, self.launch.together.spacing)
        launch = self.launch.together.launch_of(block)
        of_grid = int(launch.numbers_of(np.array([block]))[0])
        return OfLaunch(launch, unflatten(of_grid, launch.grid_dim), unflatten(thread, launch.block_dim))

    def unwritten(
        self, chunk: Chunk, step: Step, row: int, column: int, space: object, byte: int
    ) -> UninitializedRead:
        """Thread ``row`` of block ``column`` uses what ``step`` found at address ``byte`` of ``space``."""
        place = self.places.describe(space, byte, _access_bytes(step))
        position = self.where(step)
        return UninitializedRead(
            f"{self._who(chunk, row, column)} in {self.launch.called} uses {place.at}, "
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
        mentions = [i for i in function.body if _mentions(i, name)]
        reader = next((i for i in mentions if not _only_sets(i, name)), mentions[0])
        position = where(reader, self.launch.kernel.module.module)
        return UninitializedRead(
            f"{self._who(chunk, row, column)} in {self.launch.called} uses register {name}, "
            f"and nothing has written it on the way there." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(row),),
            **position.facts(),
        )

    def undefined(self, chunk: Chunk, step: Step, row: int, column: int) -> UninitializedRead:
        position = self.where(step)
        return UninitializedRead(
            f"{self._who(chunk, row, column)} in {self.launch.called} uses what a shuffle brought "
            f"it from a lane that takes no part in it; such a value is undefined." + position.lines(),
            kernel=self.launch.kernel_name,
            block=self.block(chunk, column),
            threads=(self.thread(row),),
            **position.facts(),
        )


_PLAIN = {READ: "reads", WRITE: "writes"}
_STRONG = {"memory.load": "reads", "memory.store": "writes"}


def _does(kind: str, step: Step) -> str:
    """What an access does; a strong load or store counts as an atomic, and reads or writes all the same."""
    return _PLAIN.get(kind) or _STRONG.get(step.form.row.semantics, "updates")


def _verb(step: Step) -> str:
    name = step.form.row.semantics
    if name.startswith("async."):
        return (
            "copies"
            if name in ("async.copy", "async.bulk_load", "async.bulk_store")
            else "uses an mbarrier of"
        )
    return {
        "memory.load": "reads",
        "memory.load_matrix": "reads",
        "memory.store": "writes",
        "memory.store_matrix": "writes",
    }.get(name, "updates")


def _access_bytes(step: Step) -> int:
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


#: Instructions whose first operand is a source.
_WITHOUT_RESULT = frozenset({"st", "red", "bra", "brx", "call", "bar", "barrier"})


def _only_sets(instruction: Instruction, name: str) -> bool:
    """Whether the register stands in an instruction as its destination and nowhere else."""
    guard, operands = instruction.guard, instruction.operands
    if instruction.opcode in _WITHOUT_RESULT or not operands or (guard is not None and guard.name == name):
        return False
    whole = re.compile(re.escape(name) + r"(?!\w)")
    return operands[0] == Register(name) and not any(whole.search(str(o)) for o in operands[1:])


def _mentions(instruction: Instruction, name: str) -> bool:
    """Whether a register stands in an instruction, as an operand, as its guard, or as the carry it reads."""
    if name == "%cc":
        return instruction.opcode in ("addc", "subc", "madc")
    guard = instruction.guard
    whole = re.compile(re.escape(name) + r"(?!\w)")
    return (guard is not None and guard.name == name) or any(
        whole.search(str(o)) for o in instruction.operands
    )
