"""Calls: of a function by name, through a register, and of what CUDA supplies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from smsim.machine import supplied
from smsim.machine.barriers import AtGrid
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.bind.control import Leave
from smsim.machine.frame import Frame, Mask
from smsim.machine.params import ParamCells
from smsim.machine.retype import DTYPES, as_address, merge, retype
from smsim.ptx.nodes import Function, Instruction, Prototype, Register, Sink, Symbol, Variable

#: ``program_of(name)``: the decoded function of that name.
Programs = Callable[[str], object]


@dataclass
class Passing:
    """What a call hands over and takes back.

    A value that is passed in a register goes through a ``.param`` variable of its own, which only the call
    knows, so that every call works on variables.

    Attributes:
        arguments, results: the caller's ``.param`` variables, in order.
        stores: ``(slot, type, variable)`` of each argument in a register.
        loads: ``(variable, slot, type)`` of each result that goes to one.
    """

    arguments: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    stores: list[tuple[int, np.dtype, str]] = field(default_factory=list)
    loads: list[tuple[str, int, np.dtype]] = field(default_factory=list)

    @classmethod
    def of(cls, binding: Binding, instruction: Instruction, declared: Function | Prototype) -> Passing:
        """How ``instruction`` passes things; ``declared`` says what types constants have."""
        passing = cls()
        results, _, arguments = instruction.operands[:3]
        kinds = [p.type for p in declared.params]
        for number, item in enumerate(arguments.items):
            if isinstance(item, Symbol):
                passing.arguments.append(item.name)
                continue
            kind = binding.function.registers[item.name] if isinstance(item, Register) else kinds[number]
            name = f"#argument {number} of line {instruction.line}"
            passing.stores.append((binding.source(item, kind, instruction), DTYPES[kind], name))
            passing.arguments.append(name)
        for number, item in enumerate(results.items):
            if isinstance(item, Symbol):
                passing.results.append(item.name)
                continue
            name = f"#result {number} of line {instruction.line}"
            passing.results.append(name)
            if not isinstance(item, Sink):
                kind = binding.function.registers[item.name]
                passing.loads.append((name, binding.destination(item), DTYPES[kind]))
        return passing

    @property
    def reads(self) -> tuple[int, ...]:
        return tuple(slot for slot, _, _ in self.stores)

    @property
    def writes(self) -> int:
        return sum(1 << slot for _, slot, _ in self.loads)

    def before(self, frame: Frame, mask: Mask) -> None:
        for slot, dtype, name in self.stores:
            frame.params.store(name, 0, retype(frame.R[slot], dtype), mask)

    def after(self, frame: Frame, mask: Mask) -> None:
        for name, slot, dtype in self.loads:
            value = frame.params.load(name, 0, dtype)
            frame.R[slot] = value if mask is None else merge(mask, value, frame.R[slot])


class Return:
    """Where a call's lanes come back to; called when the callee's frame is empty."""

    def __init__(self, caller: Frame, resume: int, passing: Passing, callee: Frame) -> None:
        self.caller, self.resume, self.passing, self.callee = caller, resume, passing, callee
        self.mask: Mask | bool = False

    def returned(self, mask: Mask) -> None:
        """Lanes of the callee that have reached ``ret``."""
        if self.mask is False:
            self.mask = mask
        elif self.mask is not None:
            self.mask = None if mask is None else self.mask | mask

    def __call__(self) -> None:
        caller = self.caller
        caller.waiting.remove(self.resume)
        if self.mask is not False:
            returns = self.callee.program.function.returns
            names = [(mine, theirs.name) for mine, theirs in zip(self.passing.results, returns, strict=True)]
            caller.params.receive(self.callee.params, names, self.mask)
            self.passing.after(caller, self.mask)
            caller.go(self.resume, self.mask)


def direct(name: str, program_of: Programs, passing: Passing, following: int, step: Step) -> Leave:
    """``call f``: a new frame for the lanes; the caller goes on when all of them are back."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        passing.before(frame, mask)
        _enter(frame, mask, program_of(name), passing, following, step)

    return leave


def indirect(
    slot: int,
    function_at: Callable[[int], Function | None],
    expected: Shape,
    program_of: Programs,
    passing: Passing,
    following: int,
    step: Step,
) -> Leave:
    """``call %rd1``: lanes with the same address go together, those with others into frames of their own."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        address = np.asarray(as_address(frame.R[slot]))
        active = np.broadcast_to(True if mask is None else mask, frame.lanes.shape)
        wide = np.broadcast_to(address, frame.lanes.shape)
        targets = []
        for at in np.unique(address if address.size == 1 else wide[active]).tolist():
            lanes = mask if address.size == 1 else active & (wide == at)
            function = function_at(at)
            if function is None:
                raise frame.chunk.launch.explain.no_function(frame, lanes, step, at)
            if Shape.of(function.returns, function.params) != expected:
                raise frame.chunk.launch.explain.other_function(frame, lanes, step, function.name)
            targets.append((function, lanes))
        passing.before(frame, mask)
        for function, lanes in targets:
            _enter(frame, lanes, program_of(function.name), passing, following, step)

    return leave


@dataclass(frozen=True)
class Shape:
    """What a function takes and gives, as sizes in bytes: all that a call through a register relies on."""

    returns: tuple[int, ...]
    params: tuple[int, ...]

    @classmethod
    def of(cls, returns: tuple[Variable, ...], params: tuple[Variable, ...]) -> Shape:
        return cls(tuple(v.size_bytes for v in returns), tuple(v.size_bytes for v in params))


def _enter(frame: Frame, mask: Mask, program: object, passing: Passing, following: int, step: Step) -> None:
    chunk = frame.chunk
    try:
        top = frame.local_base + frame.program.local_bytes
        lanes = chunk.in_chunk(frame, mask)
        base, extents = chunk.stack.push(top, program.local_variables, frame.local_extents, lanes)
    except RecursionError:
        raise chunk.launch.explain.stack_overflow(frame, mask, step) from None
    registers = program.fresh_registers(frame.lanes, chunk.launch, chunk.block_numbers)
    inner = Frame(chunk, program, frame.lanes, registers, ParamCells(), frame.depth + 1, base, extents)
    names = [(mine, p.name) for mine, p in zip(passing.arguments, program.function.params, strict=True)]
    frame.params.pass_to(inner.params, names)
    inner.on_return = Return(frame, following, passing, inner)
    frame.waiting.append(following)
    inner.go(0, mask)
    chunk.frames.append(inner)


def from_cuda(function: supplied.Supplied, passing: Passing, following: int, step: Step) -> Leave:
    """A call to a function that CUDA supplies, such as ``vprintf``."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        frame.mask = mask
        passing.before(frame, mask)
        function(frame, passing.arguments, passing.results, step)
        passing.after(frame, mask)
        frame.go(following, mask)

    return leave


def grid_barrier(passing: Passing, following: int, step: Step) -> Leave:
    """``cudaCGSynchronize``: wait for all threads of the grid."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        for name in passing.results:
            frame.params.store(name, 0, np.zeros((1, 1), np.int32), mask)
        passing.after(frame, mask)
        frame.chunk.grid_barrier.arrive(AtGrid(frame, mask, following, step))

    return leave
