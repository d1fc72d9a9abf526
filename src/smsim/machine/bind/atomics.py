"""``atom`` and ``red``: read, combine and write back as one step, lanes that meet served in turn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smsim.machine.bind.access import IN_GLOBAL, attempt, by_space, check_alignment
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.collisions import RUNNING, serve
from smsim.machine.frame import Frame
from smsim.machine.globalspace import FlatAccess
from smsim.machine.kinds import ATOMIC
from smsim.machine.ops import atomic
from smsim.machine.ops.packed import join, split
from smsim.machine.retype import B128, DTYPES, retype
from smsim.ptx.nodes import Instruction, Vector
from smsim.ptx.rows import Form

OPERATIONS = (*RUNNING, "exch", "cas", "inc", "dec")


def bind_atomic(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``atom{.sem}{.scope}{.space}.op.type d, [a], b{, c}``."""
    return _bind(binding, instruction, form, instruction.operands[0], instruction.operands[1:])


def bind_reduce(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``red`` is an atomic whose old value nobody wants."""
    return _bind(binding, instruction, form, None, instruction.operands)


def _bind(binding: Binding, instruction: Instruction, form: Form, target: object, rest: tuple) -> Step:
    operation = next(o for o in OPERATIONS if o in form.flags)
    if form.type == "b128":
        return _bind_two_words(binding, instruction, form, operation)
    dtype, pieces = DTYPES[form.type], 2 if form.type.endswith("x2") else 1
    targets = () if target is None else target.items if isinstance(target, Vector) else (target,)
    into = [binding.destination(t) for t in targets]
    address_of, address_slots = binding.address(rest[0], instruction)
    given = rest[1 : 3 if operation == "cas" else 2]  # a cache policy behind them changes nothing
    operands = [o.items if isinstance(o, Vector) else (o,) for o in given]
    slots = [[binding.source(o, form.type, instruction) for o in elements] for elements in operands]
    space = "global" if form.space in IN_GLOBAL else form.space
    element = DTYPES[form.type.removesuffix("x2")]
    one = replace(form, types=(form.type.removesuffix("x2"),))
    float_steps = {s: atomic.step(one, operation, s) for s in ("global", "shared", "local")}
    plain = atomic.is_plain if form.type in ("f32", "f64") else None

    def run(frame: Frame) -> None:
        address, shape = address_of(frame), frame.lanes.shape

        def act() -> list[np.ndarray]:
            if form.vector * pieces > 1:
                check_alignment(frame, address, dtype.itemsize * form.vector)
            old = []
            for number in range(form.vector):
                values = [np.asarray(retype(frame.R[own[number]], dtype)) for own in slots]
                halves = [
                    _one(_moved(address, number * dtype.itemsize + n * element.itemsize), parts)
                    for n, parts in enumerate(zip(*(_parts(v, pieces, element) for v in values), strict=True))
                ]
                old.append(halves[0] if pieces == 1 else join(*halves))
            return old

        def _one(address: object, values: tuple[np.ndarray, ...]) -> np.ndarray:
            """An atomic operation of its own: of a packed or a vector type each element is one."""
            values = [np.broadcast_to(v, shape) for v in values]
            out, whole = np.zeros(shape, element), frame.mask
            versions = frame.chunk.launch.versions
            parts = by_space(frame, address) if space == "generic" else [(space, address, whole)]
            for there, at, lanes in parts:
                frame.mask = lanes
                for access in _flat(frame, step, there, at, element):
                    mine = [v[access.row, access.column] for v in values]
                    found = serve(
                        operation, access.view, access.index, *mine, step=float_steps[there], plain=plain
                    )
                    out[access.row, access.column] = found
                    if there == "global" and versions is not None:
                        versions.atomic(frame, step, access, found)
            frame.mask = whole
            return out

        old = attempt(frame, step, act)
        if old is not None:
            for slot, value in zip(into, old, strict=False):
                if slot is not None:
                    frame.R[slot] = value

    reads = address_slots + tuple(slot for own in slots for slot in own)
    writes = sum(1 << slot for slot in into if slot is not None)
    step = Step(run, writes, reads, reads, instruction, binding.function, form)
    step.home = binding.home(rest[0])
    return step


def _bind_two_words(binding: Binding, instruction: Instruction, form: Form, operation: str) -> Step:
    """``atom.exch.b128`` and ``atom.cas.b128``: lane after lane, both words at once."""
    target, place, *given = instruction.operands
    into = binding.destination(target)
    address_of, address_slots = binding.address(place, instruction)
    slots = [binding.source(o, "b128", instruction) for o in given[: 2 if operation == "cas" else 1]]
    space = "global" if form.space in IN_GLOBAL else form.space
    word = DTYPES["b64"]

    def run(frame: Frame) -> None:
        address, shape = address_of(frame), frame.lanes.shape
        values = [np.broadcast_to(np.asarray(frame.R[slot]), shape) for slot in slots]

        def act() -> np.ndarray:
            check_alignment(frame, address, 16)
            out, whole = np.zeros(shape, B128), frame.mask
            parts = by_space(frame, address) if space == "generic" else [(space, address, whole)]
            for there, at, lanes in parts:
                frame.mask = lanes
                low, high = (_flat(frame, step, there, where, word) for where in (at, _moved(at, 8)))
                for first, second in zip(low, high, strict=True):
                    _serve_two_words(operation, first, second, values, out)
            frame.mask = whole
            return out

        old = attempt(frame, step, act)
        if into is not None and old is not None:
            frame.R[into] = old

    reads = (*address_slots, *slots)
    writes = 0 if into is None else 1 << into
    step = Step(run, writes, reads, reads, instruction, binding.function, form)
    return step


def _serve_two_words(
    operation: str, low: FlatAccess, high: FlatAccess, values: list[np.ndarray], out: np.ndarray
) -> None:
    for number in range(low.index.size):
        lane = low.row[number], low.column[number]
        at, above = low.index[number], high.index[number]
        old = (low.view[at], high.view[above])
        out[lane] = old
        if operation == "exch" or old == tuple(values[0][lane]):
            low.view[at], high.view[above] = values[-1][lane]


def _parts(value: np.ndarray, pieces: int, element: np.dtype) -> tuple[np.ndarray, ...]:
    """The two halves of a packed value, or the value itself."""
    return (value,) if pieces == 1 else tuple(part.view(element) for part in split(value))


def _moved(address: object, offset: int) -> object:
    return np.add(address, np.full((1, 1), offset, np.int64)) if offset else address


def _flat(frame: Frame, step: Step, space: str, address: object, dtype: np.dtype) -> list:
    chunk = frame.chunk
    if chunk.interleaving is not None:
        chunk.interleaving.next_access()
    if space == "global":
        chunk.launch.watch.access(frame, step, ATOMIC, address, dtype.itemsize)
        return chunk.memory.flat(address, dtype, frame.mask, frame.lanes.shape)
    address = np.asarray(address)
    if space == "shared":
        chunk.shared.stay(step.home, address, dtype.itemsize, frame.mask)
        found = chunk.shared.flat(address, dtype, frame.mask, frame.lanes)
        chunk.watch.atomic(frame, step, address, dtype.itemsize)
        if chunk.launch.versions is not None:
            chunk.launch.versions.elsewhere(frame, step)
        return found
    chunk.stack.has_written(frame, address, dtype.itemsize)
    return chunk.stack.space.flat(address, dtype, frame.mask, frame.lanes)
