"""A function, decoded: blocks of steps, and how each block ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import UnsupportedPTX
from smsim.machine import special, supplied
from smsim.machine.bind import (
    access,
    asynchronous,
    atomics,
    calls,
    compute,
    control,
    mbarriers,
    moves,
    tensor,
    warp,
)
from smsim.machine.bind.binding import Binding, Slots, Step
from smsim.machine.frame import Frame
from smsim.machine.kinds import READ, WRITE
from smsim.machine.loops import mark_loops
from smsim.machine.retype import Value, merge
from smsim.machine.stack import layout
from smsim.ptx import check, flow
from smsim.ptx.nodes import Function, Instruction, Prototype, Register, Special
from smsim.ptx.rows import Form

if TYPE_CHECKING:
    from smsim.machine.lanes import Lanes
    from smsim.machine.launch import Launch
    from smsim.machine.placement import Placement

#: Binders of the instructions that do not merely compute, by the name in their row.
BINDERS: dict[str, Callable[[Binding, Instruction, Form], Step]] = {
    "memory.load": access.bind_load,
    "memory.store": access.bind_store,
    "memory.atomic": atomics.bind_atomic,
    "memory.reduce": atomics.bind_reduce,
    "memory.fence": access.bind_fence,
    "memory.prefetch": access.bind_nothing,
    "memory.policy": access.bind_policy,
    "control.nothing": access.bind_nothing,
    "memory.convert_address": moves.bind_convert_address,
    "memory.is_space": moves.bind_is_space,
    "move.move": moves.bind_move,
    "control.nanosleep": control.bind_nanosleep,
    "barrier.arrive": control.bind_arrive,
    "warp.active_mask": warp.bind_active_mask,
    **asynchronous.BINDERS,
    **mbarriers.BINDERS,
}
#: How the instructions that end a block are called in their rows.
ENDINGS = {
    "control.branch", "control.indexed_branch", "control.call", "control.return", "control.exit",
    "control.trap", "barrier.barrier", "barrier.reduce", *warp.MEETING,
}  # fmt: skip
#: The operands of warp-level instructions that are not a mask and plain registers.
_FRAGMENTS = {
    "tensor.mma": tensor.Fragments, "memory.load_matrix": tensor.MatrixRows, "memory.store_matrix": tensor.StoredRows,
    "warp.registers": warp.RegisterCount,
}  # fmt: skip


class Code:
    """A basic block, ready to run.

    Attributes:
        steps: the instructions before the one that ends the block.
        leave: puts the lanes where they go next.
        live_in: the slots (as bits) whose values are needed from here on.
        is_loop_header: some later block branches back to this one.
        spins: a loop through here tries an atomic or polls, so its lanes let others go first.
        polls_to: the last block of the loop through here, if what ends that loop is what a strong load or an
            atomic in it saw; -1 for none.
        polls: it is in such a loop.
        peels: the loop that polls, by its first block, of which this block is a first turn that the compiler
            has put before the loop; -1 for none.
        awaits: lanes that wait before it, to go round its loop again, can only wait for mbarriers.
        simple: no barrier, call, return or exit ends it: gathered lanes may run it.
        ending: the step that ends the block, if there is one; for hazards and messages.
    """

    __slots__ = (
        "steps", "leave", "live_in", "is_loop_header", "spins", "polls_to", "polls", "peels", "simple", "ending",
        "endless", "awaits",
    )  # fmt: skip

    def __init__(self, steps: list[Step], leave: control.Leave, block: object, ending: Step | None) -> None:
        self.steps, self.leave, self.live_in, self.ending = steps, leave, block.live_in, ending
        self.is_loop_header = block.is_loop_header
        self.spins = False
        self.polls_to = self.peels = -1
        self.polls = False
        self.endless = self.awaits = False
        self.simple = ending is None or ending.form.row.semantics == "control.branch"


class Program:
    """One function's blocks and registers.

    Args:
        function: what to decode.
        placement: where symbols lie.
        programs: finds the program of another function by name, for calls.
        interruptible: end a block also behind every instruction through which threads may talk to each
            other, so that others can come between.

    Raises:
        UnsupportedPTX, PTXSyntaxError: an instruction that cannot be executed, by line.
    """

    def __init__(
        self,
        function: Function,
        placement: Placement,
        programs: Callable[[str], Program],
        interruptible: bool = False,
    ) -> None:
        self.function, self.placement, self._programs = function, placement, programs
        self.slots = Slots(function)
        self.local_variables = tuple(v for v in function.variables.values() if v.space == "local")
        offsets, self.local_bytes = layout(self.local_variables, 0, 128)
        self.binding = Binding(function, placement, self.slots, offsets)
        self._clock_readers: dict[Instruction, special.ClockReader] = {}
        self._forms = check.forms(function, placement.module)
        self._steps = [self._bind(i, f) for i, f in zip(function.body, self._forms, strict=True)]
        own_numbers = {slot: slot for slot in range(len(self.slots.initial))}
        cuts = [n + 1 for n, i in enumerate(function.body) if interruptible and talks(i)]
        graph = flow.blocks(function, self._uses, own_numbers, cuts)
        self._number = {block.start: n for n, block in enumerate(graph)}
        self.blocks = [self._code(block) for block in graph]
        mark_loops(self.blocks, graph)
        # A branch to the very end of the body arrives at a block of its own, and returns from there.
        self.blocks.append(
            Code([], control.finish(None, 0, False), flow.Block(0, 0, (), 0, False, False), None)
        )
        self.special_bits = sum(1 << slot for slot in self.slots.specials.values())
        self.unset = self.blocks[0].live_in if self.blocks else 0
        for slot in (*self.slots.specials.values(), *self.slots._constants.values()):
            self.unset &= ~(1 << slot)

    def fresh_registers(self, lanes: Lanes, launch: Launch, block_numbers: np.ndarray) -> list[Value]:
        registers: list[Value] = list(self.slots.initial)
        for name, slot in self.slots.specials.items():
            registers[slot] = special.value(name, lanes, launch, block_numbers)
        return registers

    # -- decoding --------------------------------------------------------------------------------------

    def _bind(self, instruction: Instruction, form: Form) -> Step:
        name = form.row.semantics
        if form.space == "shared::cluster" and name.startswith("memory."):
            raise self._unsupported(instruction, instruction.spelling)
        if name in ENDINGS:
            return self._ending_step(instruction, form)
        step = BINDERS.get(name, compute.bind)(self.binding, instruction, form)
        clocks = [(self.slots.special(n), n) for n in _clocks(instruction)]
        if clocks:
            step.run = self._clock_readers[instruction] = special.ClockReader(step.run, clocks)
        if instruction.guard is None:
            return step
        return guarded(step, self.slots.register(instruction.guard.name), instruction.guard_negated)

    def _ending_step(self, instruction: Instruction, form: Form) -> Step:
        """A step that does nothing itself: it stands for the end of a block in liveness and messages."""
        reads = [] if instruction.guard is None else [self.slots.register(instruction.guard.name)]
        name = form.row.semantics
        writes, decides = 0, None
        if name == "control.call":
            passing = calls.Passing.of(self.binding, instruction, self._declared(instruction))
            decides = list(reads)  # what a function is given it may never use
            if isinstance(instruction.operands[1], Register):
                decides.append(self.binding.source(instruction.operands[1], "b64", instruction))
            reads = [*decides, *passing.reads]
            writes = passing.writes
        elif name == "control.indexed_branch":
            reads.append(self.binding.source(instruction.operands[0], "u32", instruction))
        elif name in ("barrier.barrier", "barrier.reduce"):
            operands = self._barrier_operands(instruction, form)
            reads += [s for s in (operands.number, operands.count) if s is not None]
            if operands.predicate is not None:
                reads.append(operands.predicate[0])
                writes = 1 << operands.target
        elif name in warp.MEETING:
            operands = self._warp_operands(instruction, form)
            reads += operands.reads
            writes = operands.writes
        decides = tuple(reads if decides is None else decides)
        step = Step(lambda frame: None, writes, tuple(reads), decides, instruction, self.function, form)
        if name == "memory.load_matrix":
            step.access_kind, step.home = READ, self.binding.home(instruction.operands[1])
        if name == "memory.store_matrix":
            step.access_kind, step.home = WRITE, self.binding.home(instruction.operands[0])
        return step

    def _warp_operands(self, instruction: Instruction, form: Form) -> warp.Operands:
        kind = _FRAGMENTS.get(form.row.semantics, warp.Operands)
        return kind(self.binding, instruction, form)

    def _declared(self, call: Instruction) -> Function | Prototype:
        """What a call relies on: the function, or what the text says of functions called so."""
        functions, callee = self.placement.module.functions, call.operands[1]
        if not isinstance(callee, Register):
            return functions[callee.name]
        label = call.operands[3].name
        targets = self.function.call_targets.get(label)
        return functions[targets[0]] if targets else self.function.prototypes[label]

    def _uses(self, index: int) -> tuple[set[int], set[int], bool]:
        step = self._steps[index]
        return set(step.reads), set(_bits(step.writes)), self.function.body[index].guard is not None

    def _code(self, block: object) -> Code:
        steps = self._steps[block.start : block.end]
        for number, step in enumerate(steps):
            if step.instruction in self._clock_readers:
                self._clock_readers[step.instruction].before_end = len(steps) - number
        following = self._number.get(block.end, len(self._number))
        if not steps or steps[-1].form.row.semantics not in ENDINGS:
            return Code(steps, control.fall(following), block, None)
        ending = steps[-1]
        return Code(steps[:-1], self._leave(ending, following), block, ending)

    def _target(self, label: str) -> int:
        return self._number.get(self.function.labels[label], len(self._number))

    def _leave(self, step: Step, following: int) -> control.Leave:
        instruction, name = step.instruction, step.form.row.semantics
        guard = None
        if instruction.guard is not None:
            guard = (self.slots.register(instruction.guard.name), instruction.guard_negated)
        if name == "control.branch":
            return control.branch(self._target(instruction.operands[0].name), following, guard)
        if name in ("control.return", "control.exit"):
            return control.finish(guard, following, whole_thread=name == "control.exit")
        if name == "control.trap":
            return control.trap(step, following, guard)
        leave = self._leave_without_guard(step, following)
        return leave if guard is None else control.guarded(leave, guard, following)

    def _leave_without_guard(self, step: Step, following: int) -> control.Leave:
        instruction, name = step.instruction, step.form.row.semantics
        if name == "control.indexed_branch":
            labels = self.function.branch_targets[instruction.operands[1].name]
            slot = self.binding.source(instruction.operands[0], "u32", instruction)
            return control.indexed_branch(slot, tuple(self._target(label) for label in labels), step)
        if name == "control.call":
            return self._call(step, following)
        if name in warp.MEETING:
            return warp.meet(self._warp_operands(instruction, step.form), following, step)
        return control.barrier(self._barrier_operands(instruction, step.form), following, step)

    def _call(self, step: Step, following: int) -> control.Leave:
        instruction = step.instruction
        callee = instruction.operands[1]
        if isinstance(callee, Register):
            return self._call_through_register(step, following)
        function = self.placement.module.functions[callee.name]
        passing = calls.Passing.of(self.binding, instruction, function)
        if function.declared_only and callee.name in supplied.FUNCTIONS:
            if callee.name == supplied.GRID_BARRIER:
                return calls.grid_barrier(passing, following, step)
            return calls.from_cuda(supplied.FUNCTIONS[callee.name], passing, following, step)
        if function.declared_only:
            raise self._unsupported(instruction, f"a call to {callee.name}, which is not in the module,")
        return calls.direct(function.name, self._programs, passing, following, step)

    def _call_through_register(self, step: Step, following: int) -> control.Leave:
        """``call %rd1, (...), label``: the label names a prototype, or a list of functions of one kind."""
        instruction = step.instruction
        declared = self._declared(instruction)
        passing = calls.Passing.of(self.binding, instruction, declared)
        expected = calls.Shape.of(declared.returns, declared.params)
        slot = self.binding.source(instruction.operands[1], "b64", instruction)
        at = self.placement.function_at
        return calls.indirect(slot, at, expected, self._programs, passing, following, step)

    def _barrier_operands(self, instruction: Instruction, form: Form) -> control.BarrierOperands:
        rest = list(instruction.operands)
        target = predicate = operation = None
        if form.row.semantics == "barrier.reduce":
            target = self.binding.destination(rest.pop(0))
            predicate = self.binding.predicate(rest.pop(), instruction)
            operation = next(o for o in ("popc", "and", "or") if o in form.flags)
        slots = [self.binding.source(o, "u32", instruction) for o in rest]
        aligned = instruction.opcode == "bar" or "aligned" in form.flags
        count = slots[1] if len(slots) > 1 else None
        return control.BarrierOperands(slots[0], count, aligned, predicate, target, operation)

    def _unsupported(self, instruction: Instruction, what: str) -> UnsupportedPTX:
        return UnsupportedPTX(
            f"line {instruction.line}: the simulated SM does not execute {what} yet",
            line=instruction.line,
            text=instruction.text,
        )


def talks(instruction: Instruction) -> bool:
    """Whether threads may learn of each other by it: a strong access, an atomic, a fence, an mbarrier."""
    words = {"volatile", "relaxed", "acquire", "release", "mmio"}
    return instruction.opcode in ("atom", "red", "fence", "membar", "mbarrier", "cp") or bool(
        words & set(instruction.modifiers)
    )


def _clocks(instruction: Instruction) -> list[str]:
    """The clocks that an instruction reads."""
    operands = [item for o in instruction.operands for item in getattr(o, "items", (o,))]
    return [o.name for o in operands if isinstance(o, Special) and o.name in special.MOVING]


def guarded(step: Step, slot: int, negated: bool) -> Step:
    """``@%p`` before an instruction: only the lanes with the predicate execute it."""
    from smsim.machine.chunk import bits

    written = bits(step.writes)
    inner = step.run

    def run(frame: Frame) -> None:
        condition = frame.R[slot]
        if negated:
            condition = ~condition
        whole = frame.mask
        active = condition if whole is None else whole & condition
        if not active.any():
            return
        old = [(s, frame.R[s]) for s in written]
        frame.mask = None if whole is None and active.all() else active
        inner(frame)
        frame.mask = whole
        for s, value in old:
            frame.R[s] = merge(active, frame.R[s], value)

    reads = (*step.reads, slot, *written)
    return Step(run, step.writes, reads, (*step.decides, slot), step.instruction, step.function, step.form)


def _bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set. A mask has a bit for each register, and few of them are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
