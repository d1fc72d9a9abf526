"""``ld`` and ``st`` in every state space, and the address arithmetic they share with atomics."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from smsim.errors import UnsupportedPTX
from smsim.machine import windows
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.faults import AccessFault, active_where
from smsim.machine.frame import Frame, without
from smsim.machine.kinds import ATOMIC, READ, WRITE
from smsim.machine.outersum import OuterSum
from smsim.machine.retype import B128, DTYPES, Value, extension, join_words, retype
from smsim.ptx.nodes import Address, Instruction, Operand, Symbol, Vector
from smsim.ptx.rows import Form


def attempt(frame: Frame, step: Step, act: Callable[[], object]) -> object:
    """Do a memory access; let a fault become an error, or leave its lanes out where errors are collected.

    Raises:
        MemoryFault: an address is outside its array or misaligned (unless errors are collected).
    """
    whole = frame.mask
    try:
        while True:
            try:
                return act()
            except AccessFault as fault:
                frame.chunk.launch.found(frame.chunk.launch.explain.fault(frame, step, fault))
                left = without(frame.mask, np.broadcast_to(fault.lanes, frame.lanes.shape))
                if left is False:
                    return None
                frame.mask = left
    finally:
        frame.mask = whole


_WORD = np.dtype(np.uint64)


# -- one element ---------------------------------------------------------------------------------------


def load(frame: Frame, step: Step, space: str, address: Value, dtype: np.dtype) -> np.ndarray:
    chunk = frame.chunk
    if dtype == B128:
        return join_words(*(load(frame, step, space, at, _WORD) for at in _both_words(address)))
    if space == "global":
        chunk.launch.watch.access(frame, step, step.access_kind, address, dtype.itemsize)
        value = chunk.memory.load(address, dtype, frame.mask)
        if chunk.launch.versions is not None and step.access_kind == ATOMIC:
            unsigned = np.dtype(f"u{dtype.itemsize}")
            flat = chunk.memory.flat(address, unsigned, frame.mask, frame.lanes.shape, writes=False)
            return chunk.launch.versions.load(frame, step, flat, value)
        return value
    address = np.asarray(address)
    if space == "shared":
        chunk.shared.stay(step.home, address, dtype.itemsize, frame.mask)
        value = chunk.shared.load(address, dtype, frame.mask, frame.lanes)
        if step.access_kind == ATOMIC:
            chunk.watch.atomic(frame, step, address, dtype.itemsize)
            if chunk.launch.versions is not None:
                chunk.launch.versions.elsewhere(frame, step)
        else:
            chunk.watch.read(frame, step, address, dtype.itemsize)
        return value
    value = chunk.stack.space.load(address, dtype, frame.mask, frame.lanes)
    chunk.stack.has_read(frame, step, address, dtype.itemsize)
    return value


def _both_words(address: Value) -> tuple[Value, Value]:
    """Where the two halves of 128 bits lie."""
    return address, np.add(address, np.full((1, 1), _WORD.itemsize, np.int64))


def store(frame: Frame, step: Step, space: str, address: Value, value: Value) -> None:
    chunk = frame.chunk
    if chunk.interleaving is not None:
        chunk.interleaving.next_access()
    value = np.asarray(value)
    if value.dtype == B128:
        for name, at in zip(("low", "high"), _both_words(address), strict=True):
            store(frame, step, space, at, value[name])
        return
    if chunk.launch.careful is not None:
        chunk.launch.careful.storing(space, address, value.dtype.itemsize, frame.mask)
    if space == "global":
        chunk.launch.watch.access(frame, step, step.access_kind, address, value.dtype.itemsize, value)
        strong = step.access_kind == ATOMIC
        if strong and chunk.launch.versions is not None:
            unsigned = np.dtype(f"u{value.dtype.itemsize}")
            flat = chunk.memory.flat(address, unsigned, frame.mask, frame.lanes.shape, writes=False)
            chunk.launch.versions.store(frame, step, flat, value)
        chunk.memory.store(address, value, frame.mask, frame.lanes.shape, strong)
        return
    address = np.asarray(address)
    if space == "shared":
        chunk.shared.stay(step.home, address, value.dtype.itemsize, frame.mask)
        chunk.shared.store(address, value, frame.mask, frame.lanes)
        chunk.watch.write(frame, step, address, value, step.access_kind)
    else:
        chunk.stack.space.store(address, value, frame.mask, frame.lanes)
        chunk.stack.has_written(frame, address, value.dtype.itemsize)


def by_space(frame: Frame, address: Value) -> list[tuple[str, Value, np.ndarray | None]]:
    """A generic access by the spaces it goes to: ``(space, address there, lanes or None for all)``."""
    low, high = (
        address.bounds() if isinstance(address, OuterSum) else (int(address.min()), int(address.max()))
    )
    space = windows.space_of(low)
    if space == windows.space_of(high) and (
        space != "global" or low >= windows.LOCAL or high < windows.SHARED
    ):
        return [(space, _shifted(address, windows.START[space]), frame.mask)]
    address = np.broadcast_to(np.asarray(address), frame.lanes.shape)
    parts = []
    left = np.broadcast_to(active_where(np.ones((1, 1), bool), frame.mask), frame.lanes.shape)
    for space in ("shared", "local"):
        start = windows.START[space]
        here = left & (address >= start) & (address < start + windows.WINDOW_BYTES)
        if here.any():
            parts.append((space, np.where(here, address - start, 0), here))
            left = left & ~here
    if left.any():
        parts.append(("global", address, left))
    return parts


def _shifted(address: Value, start: int) -> Value:
    return np.subtract(address, np.full((1, 1), start, np.int64)) if start else address


def load_generic(frame: Frame, step: Step, address: Value, dtype: np.dtype) -> np.ndarray:
    parts = by_space(frame, address)
    if len(parts) == 1:
        return load(frame, step, parts[0][0], parts[0][1], dtype)
    out, whole = np.zeros(frame.lanes.shape, dtype), frame.mask
    for space, there, lanes in parts:
        frame.mask = lanes
        out = np.where(lanes, load(frame, step, space, there, dtype), out)
    frame.mask = whole
    return out


def store_generic(frame: Frame, step: Step, address: Value, value: Value) -> None:
    whole = frame.mask
    for space, there, lanes in by_space(frame, address):
        frame.mask = lanes
        store(frame, step, space, there, value)
    frame.mask = whole


def load_element(
    frame: Frame,
    step: Step,
    space: str,
    address: Value,
    dtype: np.dtype,
    number: int,
    count: int,
    slot: int | None,
) -> np.ndarray:
    """Element ``number`` of the vector of ``count`` at ``address``, on its way to ``slot``.

    Where three neighbours are wanted, the compiler may load four: an aligned vector that begins within an
    array does no harm on hardware. An element that lies outside beside one that lies inside is therefore
    suspected only, and it is an error if its value gets anywhere.

    Raises:
        AccessFault: lanes whose vector lies outside as a whole.
        Suspicion: some element lies outside; whether its value matters is not known yet.
    """
    width, careful = dtype.itemsize, frame.chunk.launch.careful
    get = load_generic if space == "generic" else partial(load, space=space)
    at = _element(address, number, width)
    if careful is not None:
        careful.into = -1 if slot is None else slot
    whole = frame.mask
    try:
        return get(frame, step, address=at, dtype=dtype)
    except AccessFault as fault:
        beside = _element(fault.address, -number, width)
        inside = [fault.space.inside(_element(beside, n, width), width) for n in range(count) if n != number]
        filler = fault.lanes & np.logical_or.reduce(np.broadcast_arrays(*inside))
        if fault.reason != "outside" or not filler.any():
            raise
        if (fault.lanes & ~filler).any():
            raise AccessFault(
                fault.reason, fault.lanes & ~filler, fault.address, fault.size, fault.space, fault.extent
            ) from None
        frame.chunk.launch.beside_the_array(frame, step, fault)
        left = without(whole, np.broadcast_to(fault.lanes, frame.lanes.shape))
        if left is False:
            return np.zeros((1, 1), dtype)
        frame.mask = left
        return get(frame, step, address=at, dtype=dtype)
    finally:
        frame.mask = whole
        if careful is not None:
            careful.into = None


def _element(address: Value, number: int, width: int) -> Value:
    return np.add(address, np.full((1, 1), number * width, np.int64)) if number else address


# -- binding -------------------------------------------------------------------------------------------

#: State spaces whose variables live in global memory.
IN_GLOBAL = {"global", "const"}


def bind_load(binding: Binding, instruction: Instruction, form: Form) -> Step:
    target, place = instruction.operands[:2]
    targets = target.items if isinstance(target, Vector) else (target,)
    dtype = DTYPES[form.type]
    into = [binding.destination(t) for t in targets]
    wider = [extension(dtype, binding.register_bytes(t)) for t in targets]
    writes = sum(1 << slot for slot in into if slot is not None)
    if form.space == "param":
        return _load_param(binding, instruction, form, into, wider, writes)
    address_of, reads = binding.address(place, instruction)
    space = "global" if form.space in IN_GLOBAL else form.space
    width = dtype.itemsize

    def run(frame: Frame) -> None:
        address = address_of(frame)

        def act() -> None:
            if width * len(into) > 8:
                check_alignment(frame, address, width * len(into))
            for number, (slot, wide) in enumerate(zip(into, wider, strict=True)):
                if len(into) > 1:
                    value = load_element(frame, step, space, address, dtype, number, len(into), slot)
                elif space == "generic":
                    value = load_generic(frame, step, address, dtype)
                else:
                    value = load(frame, step, space, address, dtype)
                if slot is not None:
                    frame.R[slot] = value if wide is None else value.astype(wide)

        attempt(frame, step, act)

    step = Step(
        run, writes, reads, reads, instruction, binding.function, form, ATOMIC if _is_strong(form) else READ
    )
    step.home = binding.home(place)
    return step


def bind_store(binding: Binding, instruction: Instruction, form: Form) -> Step:
    place, source = instruction.operands[:2]
    sources = source.items if isinstance(source, Vector) else (source,)
    dtype = DTYPES[form.type]
    slots = tuple(binding.source(s, form.type, instruction) for s in sources)
    if form.space == "param":
        return _store_param(binding, instruction, form, slots)
    address_of, reads = binding.address(place, instruction)
    space = "global" if form.space in IN_GLOBAL else form.space
    width = dtype.itemsize

    def run(frame: Frame) -> None:
        address = address_of(frame)

        def act() -> None:
            if width * len(slots) > 8:
                check_alignment(frame, address, width * len(slots))
            for number, slot in enumerate(slots):
                at = np.add(address, np.full((1, 1), number * width, np.int64)) if number else address
                value = retype(frame.R[slot], dtype)
                if space == "generic":
                    store_generic(frame, step, at, value)
                else:
                    store(frame, step, space, at, value)

        attempt(frame, step, act)

    kind = ATOMIC if _is_strong(form) else WRITE
    step = Step(run, 0, reads + slots, reads + slots, instruction, binding.function, form, kind)
    step.home = binding.home(place)
    return step


def _is_strong(form: Form) -> bool:
    """Whether an access is a *strong* operation (PTX ISA, memory consistency model): no race by itself."""
    return bool(form.flags & {"volatile", "relaxed", "acquire", "release", "mmio"})


def check_alignment(frame: Frame, address: Value, size: int) -> None:
    """A vector access is aligned to the whole vector.

    Raises:
        AccessFault: it is not, in an active lane.
    """
    bad = active_where(np.bitwise_and(np.asarray(address), size - 1) != 0, frame.mask)
    if bad.any():
        raise AccessFault("misaligned", bad, np.asarray(address), size, frame.chunk.memory)


# -- parameters ----------------------------------------------------------------------------------------


def param_place(place: Operand, binding: Binding, instruction: Instruction) -> tuple[str, int]:
    """``(variable, byte offset)`` of a ``.param`` operand.

    Raises:
        UnsupportedPTX: the address is computed in a register.
    """
    if isinstance(place, Address) and isinstance(place.base, Symbol):
        return place.base.name, place.base.offset + place.offset
    raise UnsupportedPTX(
        f"line {instruction.line}: the simulated SM reads .param only by name, as in [name+8]",
        line=instruction.line,
        text=instruction.text,
    )


def _load_param(
    binding: Binding,
    instruction: Instruction,
    form: Form,
    into: list[int | None],
    wider: list[np.dtype | None],
    writes: int,
) -> Step:
    name, offset = param_place(instruction.operands[1], binding, instruction)
    dtype = DTYPES[form.type]
    # What a caller passes is written piece by piece; a kernel's parameters have the size they are declared with.
    sizes = (
        {p.name: p.size_bytes for p in binding.function.params} if binding.function.kind == "entry" else {}
    )
    size = sizes.get(name)
    if size is not None and not 0 <= offset <= size - dtype.itemsize * len(into):
        return _load_beyond_param(
            binding, instruction, form, writes, f"`{name}`, a parameter of {size} bytes"
        )

    def run(frame: Frame) -> None:
        for number, (slot, wide) in enumerate(zip(into, wider, strict=True)):
            value = frame.params.load(name, offset + number * dtype.itemsize, dtype)
            if slot is not None:
                frame.R[slot] = value if wide is None else value.astype(wide)

    return Step(run, writes, (), (), instruction, binding.function, form)


def _load_beyond_param(
    binding: Binding, instruction: Instruction, form: Form, writes: int, what: str
) -> Step:
    def run(frame: Frame) -> None:
        raise frame.chunk.launch.explain.beyond_parameter(frame, step, what)

    step = Step(run, writes, (), (), instruction, binding.function, form)
    return step


def _store_param(binding: Binding, instruction: Instruction, form: Form, slots: tuple[int, ...]) -> Step:
    name, offset = param_place(instruction.operands[0], binding, instruction)
    dtype = DTYPES[form.type]

    def run(frame: Frame) -> None:
        for number, slot in enumerate(slots):
            at = offset + number * dtype.itemsize
            frame.params.store(name, at, retype(frame.R[slot], dtype), frame.mask)

    return Step(run, 0, slots, (), instruction, binding.function, form)


def bind_fence(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``fence`` and ``membar``: they say who may rely on what."""

    def run(frame: Frame) -> None:
        launch = frame.chunk.launch
        launch.watch.fence(frame, step)
        if launch.versions is not None:
            launch.versions.fence(frame, step)

    step = Step(run, 0, (), (), instruction, binding.function, form)
    return step


def bind_nothing(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """Instructions that change no value here: prefetches, marks for a profiler."""
    return Step(_do_nothing, 0, (), (), instruction, binding.function, form)


def bind_policy(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``createpolicy``: a value that only ``.L2::cache_hint`` takes, and here there is no L2 to take it."""
    into = binding.destination(instruction.operands[0])
    policy = np.zeros((1, 1), np.uint64)

    def run(frame: Frame) -> None:
        frame.R[into] = policy

    return Step(run, 1 << into, (), (), instruction, binding.function, form)


def _do_nothing(frame: Frame) -> None:
    pass
