"""How a block ends: branches, calls, returns, exits, barriers. Each says where its lanes go next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from smsim.machine.barriers import BARRIERS, AtGrid, Waiting
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.frame import Frame, Mask, split
from smsim.machine.lanes import WARP
from smsim.machine.params import ParamCells
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Instruction
from smsim.ptx.rows import Form

#: ``leave(frame, mask, block)``: put the lanes of ``mask``, which ran ``block``, where they go next.
Leave = Callable[[Frame, Mask, int], None]


def fall(following: int) -> Leave:
    def leave(frame: Frame, mask: Mask, block: int) -> None:
        frame.go(following, mask)

    return leave


def branch(target: int, following: int, guard: tuple[int, bool] | None) -> Leave:
    """``bra`` and ``@%p bra``."""

    def go_target(frame: Frame, mask: Mask, block: int) -> None:
        frame.go(target, mask)
        if target <= block:
            frame.chunk.back_edge(frame, target)

    if guard is None:
        return go_target
    slot, negated = guard

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        condition = frame.R[slot]
        taken, rest = split(mask, ~condition if negated else condition)
        if taken is not False:
            go_target(frame, taken, block)
        if rest is not False:
            frame.go(following, rest)

    return leave


def indexed_branch(slot: int, targets: tuple[int, ...]) -> Leave:
    """``brx.idx``: the register chooses among labels."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        index = np.asarray(retype(frame.R[slot], DTYPES["u32"]))
        for number, target in enumerate(targets):
            taken, _ = split(mask, index == number)
            if taken is not False:
                frame.go(target, taken)
                if target <= block:
                    frame.chunk.back_edge(frame, target)

    return leave


def finish(guard: tuple[int, bool] | None, following: int, whole_thread: bool) -> Leave:
    """``ret`` and ``exit``. A kernel's ``ret`` ends the thread; a function's goes back to its caller."""

    def end(frame: Frame, mask: Mask) -> None:
        if frame.depth and not whole_thread:
            frame.on_return.returned(mask)
        else:
            frame.chunk.exit_lanes(frame, mask)

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        taken, rest = (mask, False) if guard is None else split(mask, _condition(frame, guard))
        if rest is not False:
            frame.go(following, rest)
        if taken is not False:
            end(frame, taken)
        frame.chunk.prune()

    return leave


def _condition(frame: Frame, guard: tuple[int, bool]) -> np.ndarray:
    value = frame.R[guard[0]]
    return ~value if guard[1] else value


class Return:
    """Where a call's lanes come back to; called when the callee's frame is empty."""

    def __init__(self, caller: Frame, resume: int, results: list[tuple[str, str]], callee: Frame) -> None:
        self.caller, self.resume, self.results, self.callee = caller, resume, results, callee
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
            caller.params.receive(self.callee.params, self.results, self.mask)
            caller.go(self.resume, self.mask)


def call(
    program_of: Callable[[], object],
    arguments: list[tuple[str, str]],
    results: list[tuple[str, str]],
    following: int,
    step: Step,
) -> Leave:
    """``call``: a new frame for the lanes; the caller goes on when all of them are back."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        chunk, program = frame.chunk, program_of()
        try:
            end = frame.local_base + frame.program.local_bytes
            base = chunk.stack.push(end, program.local_variables, chunk.in_chunk(frame, mask))
        except RecursionError:
            raise chunk.launch.explain.stack_overflow(frame, mask, step) from None
        registers = program.fresh_registers(frame.lanes, chunk.launch, chunk.first_block)
        inner = Frame(chunk, program, frame.lanes, registers, ParamCells(), frame.depth + 1, base)
        frame.params.pass_to(inner.params, arguments)
        inner.on_return = Return(frame, following, results, inner)
        frame.waiting.append(following)
        inner.go(0, mask)
        chunk.frames.append(inner)

    return leave


def supplied(
    function: Callable[[Frame, list[str], list[str], Step], None],
    arguments: list[str],
    results: list[str],
    following: int,
    step: Step,
) -> Leave:
    """A call to a function that CUDA supplies, such as ``vprintf``."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        frame.mask = mask
        function(frame, arguments, results, step)
        frame.go(following, mask)

    return leave


def grid_barrier(results: list[str], following: int, step: Step) -> Leave:
    """``cudaCGSynchronize``: wait for all threads of the grid."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        for name in results:
            frame.params.store(name, 0, np.zeros((1, 1), np.int32), mask)
        frame.chunk.grid_barrier.arrive(AtGrid(frame, mask, following, step))

    return leave


def trap(step: Step, following: int, guard: tuple[int, bool] | None) -> Leave:
    def leave(frame: Frame, mask: Mask, block: int) -> None:
        taken, rest = (mask, False) if guard is None else split(mask, _condition(frame, guard))
        if taken is not False:
            raise frame.chunk.launch.explain.trap(frame, taken, step)
        frame.go(following, rest)

    return leave


@dataclass(frozen=True)
class BarrierOperands:
    """``bar``'s operands as slots: barrier number, thread count (or ``None``), and for ``bar.red`` more."""

    number: int
    count: int | None
    aligned: bool
    predicate: tuple[int, bool] | None = None
    target: int | None = None
    operation: str | None = None


def barrier(operands: BarrierOperands, following: int, step: Step) -> Leave:
    """``bar.sync`` and ``bar.red``: wait here for the others."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        predicate = None
        finish_with = None
        if operands.predicate is not None:
            predicate = np.broadcast_to(_condition(frame, operands.predicate), frame.lanes.shape)
            finish_with = _reduction(operands)
        for number, count, lanes in _by_barrier(frame, operands.number, operands.count, mask, step):
            frame.chunk.barriers.arrive(
                Waiting(
                    frame, following, lanes, number, count, step, operands.aligned, predicate, finish_with
                )
            )

    return leave


def _by_barrier(
    frame: Frame, number: int, count: int | None, mask: Mask, step: Step
) -> Iterator[tuple[int, int | None, Mask]]:
    """Barrier number, thread count and lanes of each barrier that ``mask`` arrives at: they may differ by
    warp where a register names the barrier.

    Raises:
        BarrierError: there is no such barrier, or it cannot have that many threads.
    """
    slots = [slot for slot in (number, count) if slot is not None]
    values = [np.asarray(frame.R[slot]) for slot in slots]
    if all(value.size == 1 for value in values):
        kinds = np.array([[int(value.flat[0])] for value in values])
        where = None
    else:
        wide = np.stack([np.broadcast_to(value, frame.lanes.shape) for value in values])
        active = (
            np.ones(frame.lanes.shape, bool) if mask is None else np.broadcast_to(mask, frame.lanes.shape)
        )
        kinds, where = np.unique(wide[:, active], axis=1), wide
    for kind in kinds.T:
        lanes = mask
        if kinds.shape[1] > 1:
            lanes = active & (where == kind[:, None, None]).all(axis=0)
        at, expected = int(kind[0]), int(kind[1]) if kind.size > 1 else None
        if at >= BARRIERS or (expected is not None and (expected % WARP or expected == 0)):
            raise frame.chunk.launch.explain.no_such_barrier(frame, lanes, step, at, expected)
        yield at, expected, lanes


def _reduction(operands: BarrierOperands) -> Callable[[Waiting, Mask, list[Waiting]], None]:
    """What ``bar.red`` writes when the barrier is met: a count, or whether all or any said yes."""

    def finish_with(group: Waiting, freed: Mask, groups: list[Waiting]) -> None:
        frame = group.frame
        chunk = frame.chunk
        yes = np.zeros(chunk.lanes.shape, np.int64)
        there = np.zeros(chunk.lanes.shape, np.int64)
        for other in groups:
            here = chunk.in_chunk(other.frame, other.mask)
            here = np.broadcast_to(True if here is None else here, chunk.lanes.shape)
            there += here
            yes += here & other.predicate
        count, total = yes.sum(axis=0, keepdims=True), there.sum(axis=0, keepdims=True)
        value = {
            "popc": count.astype(np.uint32),
            "and": count == total,
            "or": count > 0,
        }[operands.operation]
        old = frame.R[operands.target]
        if freed is None:
            frame.R[operands.target] = value
        else:
            frame.R[operands.target] = np.where(freed, value, retype(old, value.dtype))

    return finish_with


def bind_arrive(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``bar.arrive a, b``: count at barrier a, which is for b threads, and go on."""
    number, count = (binding.source(o, "u32", instruction) for o in instruction.operands)

    def run(frame: Frame) -> None:
        for at, expected, lanes in _by_barrier(frame, number, count, frame.mask, step):
            frame.chunk.barriers.only_arrive(at, expected, frame, lanes)

    step = Step(run, 0, (number, count), (number, count), instruction, binding.function, form)
    return step
