"""``atom`` and ``red``: read, combine and write back as one step, lanes that meet served in turn."""

from __future__ import annotations

import numpy as np

from smsim.errors import UnsupportedPTX
from smsim.machine.bind.access import IN_GLOBAL, attempt, by_space
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.collisions import RUNNING, serve
from smsim.machine.frame import Frame
from smsim.machine.kinds import ATOMIC
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Instruction
from smsim.ptx.rows import Form

OPERATIONS = (*RUNNING, "exch", "cas", "inc", "dec")


def bind_atomic(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``atom{.sem}{.scope}{.space}.op.type d, [a], b{, c}``."""
    return _bind(binding, instruction, form, instruction.operands[0], instruction.operands[1:])


def bind_reduce(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``red`` is an atomic whose old value nobody wants."""
    return _bind(binding, instruction, form, None, instruction.operands)


def _bind(binding: Binding, instruction: Instruction, form: Form, target: object, rest: tuple) -> Step:
    operation = next((o for o in OPERATIONS if o in form.flags), None)
    if operation is None or form.vector > 1 or form.type not in _TYPES:
        raise UnsupportedPTX(
            f"line {instruction.line}: the simulated SM does not execute {instruction.spelling} yet",
            line=instruction.line,
            text=instruction.text,
        )
    dtype = DTYPES[form.type]
    into = None if target is None else binding.destination(target)
    address_of, address_slots = binding.address(rest[0], instruction)
    operands = tuple(binding.source(o, form.type, instruction) for o in rest[1:])
    space = "global" if form.space in IN_GLOBAL else form.space

    def run(frame: Frame) -> None:
        address = address_of(frame)
        values = [np.broadcast_to(np.asarray(retype(frame.R[s], dtype)), frame.lanes.shape) for s in operands]

        def act() -> np.ndarray:
            out = np.zeros(frame.lanes.shape, dtype)
            whole = frame.mask
            parts = by_space(frame, address) if space == "generic" else [(space, address, whole)]
            for there, at, lanes in parts:
                frame.mask = lanes
                for access in _flat(frame, step, there, at, dtype):
                    lane_values = [v[access.row, access.column] for v in values]
                    out[access.row, access.column] = serve(operation, access.view, access.index, *lane_values)
            frame.mask = whole
            return out

        old = attempt(frame, step, act)
        if into is not None and old is not None:
            frame.R[into] = old

    reads = address_slots + operands
    step = Step(run, 0 if into is None else 1 << into, reads, reads, instruction, binding.function, form)
    step.home = binding.home(rest[0])
    return step


_TYPES = {"u32", "s32", "u64", "s64", "b32", "b64", "f32", "f64"}


def _flat(frame: Frame, step: Step, space: str, address: object, dtype: np.dtype) -> list:
    chunk = frame.chunk
    if space == "global":
        chunk.launch.watch.access(frame, step, ATOMIC, address, dtype.itemsize)
        return chunk.memory.flat(address, dtype, frame.mask, frame.lanes.shape)
    address = np.asarray(address)
    if space == "shared":
        chunk.shared.stay(step.home, address, dtype.itemsize, frame.mask)
        found = chunk.shared.flat(address, dtype, frame.mask, frame.lanes)
        chunk.watch.atomic(frame, step, address, dtype.itemsize)
        return found
    chunk.stack.has_written(frame, address, dtype.itemsize)
    return chunk.stack.space.flat(address, dtype, frame.mask, frame.lanes)
