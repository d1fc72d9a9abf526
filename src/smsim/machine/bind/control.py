"""How a block ends: branches, returns, exits, barriers. Each says where its lanes go next. Calls: see calls.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from smsim.machine.barriers import BARRIERS, Waiting
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.frame import Frame, Mask, split
from smsim.machine.lanes import WARP
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


def guarded(inner: Leave, guard: tuple[int, bool], following: int) -> Leave:
    """``@%p`` before an instruction that ends a block: lanes without the predicate go past it."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        taken, rest = split(mask, _condition(frame, guard))
        if rest is not False:
            frame.go(following, rest)
        if taken is not False:
            inner(frame, taken, block)

    return leave


def indexed_branch(slot: int, targets: tuple[int, ...], step: Step) -> Leave:
    """``brx.idx``: the register chooses among labels."""

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        index = np.asarray(retype(frame.R[slot], DTYPES["u32"]))
        beyond, _ = split(mask, index >= len(targets))
        if beyond is not False:
            raise frame.chunk.launch.explain.no_such_label(frame, beyond, step, index, len(targets))
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


#: The longest that ``nanosleep`` sleeps, in nanoseconds.
LONGEST_SLEEP = 1_000_000


def bind_nanosleep(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``nanosleep t``: the clocks go on by as many ticks as the longest sleeper asks for nanoseconds."""
    slot = binding.source(instruction.operands[0], "u32", instruction)

    def run(frame: Frame) -> None:
        value = np.broadcast_to(np.asarray(retype(frame.R[slot], DTYPES["u32"])), frame.lanes.shape)
        longest = value.max() if frame.mask is None else value[np.broadcast_to(frame.mask, value.shape)].max()
        frame.chunk.slept += min(int(longest), LONGEST_SLEEP)

    return Step(run, 0, (slot,), (), instruction, binding.function, form)
