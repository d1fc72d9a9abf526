"""Warp-level instructions: what each takes, gives and computes. Meeting is left to :mod:`..meetings`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smsim.machine import collectives
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.frame import Frame, Mask
from smsim.machine.meetings import Collective, Load, Part, Party, Then
from smsim.machine.retype import DTYPES, Value, retype
from smsim.ptx.nodes import Instruction, Negated, Pair
from smsim.ptx.rows import Form

#: Instructions that meet, by the semantics of their row.
MEETING = {
    "warp.shuffle", "warp.vote", "warp.match", "warp.redux", "warp.elect", "barrier.warp_sync",
    "tensor.mma", "memory.load_matrix", "memory.store_matrix", "warp.registers",
}  # fmt: skip


def _collective(form: Form) -> tuple[Collective, int]:
    """``(what to compute, how many results)`` of an instruction's form."""
    name, flags = form.row.semantics, form.flags
    if name == "warp.shuffle":
        kind = next(k for k in ("up", "down", "bfly", "idx") if k in flags)
        return (lambda v, here, member: collectives.shuffle(kind, *v, here)), 2
    if name == "warp.vote":
        kind = next(k for k in ("ballot", "all", "any", "uni") if k in flags)
        return (lambda v, here, member: (collectives.vote(kind, v[0], here, member),)), 1
    if name == "warp.match" and "any" in flags:
        return (lambda v, here, member: (collectives.match_any(v[0], here, member),)), 1
    if name == "warp.match":
        return (lambda v, here, member: collectives.match_all(v[0], here, member)), 2
    if name == "warp.redux":
        kind = next(k for k in ("add", "min", "max", "and", "or", "xor") if k in flags)
        return (lambda v, here, member: (collectives.redux(kind, v[0], here, member),)), 1
    if name == "warp.elect":
        return (lambda v, here, member: collectives.elect(here, member)), 2
    return (lambda v, here, member: ()), 0


class Operands:
    """A meeting instruction's operands as slots."""

    load: Load | None = None
    then: Then | None = None
    aligned = False

    def __init__(self, binding: Binding, instruction: Instruction, form: Form) -> None:
        self.act, results = _collective(form)
        rest, kinds = list(instruction.operands), list(form.operand_types)
        self.into: list[int | None] = []
        if results:
            first = rest.pop(0)
            kinds.pop(0)
            targets = [first.first, first.second] if isinstance(first, Pair) else [first]
            self.into = [binding.destination(t) for t in targets]
            self.into += [None] * (results - len(self.into))
        self.member = binding.source(rest.pop(), "b32", instruction)
        kinds.pop()
        self.sources = []
        for operand, kind in zip(rest, kinds, strict=True):
            negated = isinstance(operand, Negated)
            slot = binding.source(operand.operand if negated else operand, kind, instruction)
            self.sources.append((slot, DTYPES[kind], negated))

    @property
    def reads(self) -> tuple[int, ...]:
        return (*(slot for slot, _, _ in self.sources), self.member)

    def values(self, frame: Frame) -> list[Value]:
        """What the lanes bring."""
        values = []
        for slot, dtype, negated in self.sources:
            value = np.asarray(retype(frame.R[slot], dtype))
            values.append(~value if negated else value)
        return values

    @property
    def writes(self) -> int:
        return sum(1 << slot for slot in self.into if slot is not None)


class RegisterCount(Operands):
    """``setmaxnreg``: all lanes of the warp meet, and then it is the block's turn."""

    aligned = True

    def __init__(self, binding: Binding, instruction: Instruction, form: Form) -> None:
        self.act = lambda values, here, member: ()
        self.into, self.sources = [], []
        self.member = binding.slots.constant(np.array(0xFFFFFFFF, np.uint32))

    def then(self, parts: list[Part], step: Step) -> None:
        parts[0][0].chunk.registers.set(parts, step)


def meet(operands: Operands, following: int, step: Step) -> Callable[[Frame, Mask, int], None]:
    """How a block ends that ends in a warp-level instruction."""
    key = step.instruction.spelling
    if operands.aligned:  # all lanes at this very instruction, not at another of its kind
        key = f"{key}, line {step.instruction.line}, column {step.instruction.column}"
    u32 = DTYPES["u32"]

    def leave(frame: Frame, mask: Mask, block: int) -> None:
        values, member = operands.values(frame), np.asarray(retype(frame.R[operands.member], u32))
        party = Party(frame, mask, following, member, key, values, operands.into, operands.act, step)
        party.load, party.aligned, party.then = operands.load, operands.aligned, operands.then
        frame.chunk.meetings.arrive(party)

    return leave


def bind_active_mask(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``activemask``: the lanes that run this instruction now."""
    into = binding.destination(instruction.operands[0])

    def run(frame: Frame) -> None:
        chunk = frame.chunk
        mask = chunk.in_chunk(frame, frame.mask)
        here = np.ones((1, 1), bool) if mask is None else mask
        bits = collectives.ballot(collectives.to_warps(here, chunk.lanes.shape))
        shape = (bits.shape[0], collectives.LANES, bits.shape[2])
        whole = collectives.from_warps(np.broadcast_to(bits, shape), chunk.lanes.threads)
        if frame.lanes.full:
            frame.R[into] = whole
        else:
            column = np.minimum(frame.lanes.block, whole.shape[1] - 1)
            frame.R[into] = whole[frame.lanes.thread, column]

    return Step(run, 0 if into is None else 1 << into, (), (), instruction, binding.function, form)
