"""``mov`` in all its forms, ``cvta`` and ``isspacep``: values and addresses change their place or name."""

from __future__ import annotations

import numpy as np

from smsim.machine import windows
from smsim.machine.bind.binding import Binding, Run, Step
from smsim.machine.retype import B128, DTYPES, as_address, extension, join_words, retype
from smsim.ptx.nodes import Instruction, Sink, Symbol, Vector
from smsim.ptx.rows import TYPE_BITS, Form


def _step(
    binding: Binding,
    instruction: Instruction,
    form: Form,
    run: Run,
    writes: list[int | None],
    reads: tuple[int, ...],
) -> Step:
    bits = 0
    for slot in writes:
        bits |= 0 if slot is None else 1 << slot
    return Step(run, bits, reads, (), instruction, binding.function, form)


def bind_move(binding: Binding, instruction: Instruction, form: Form) -> Step:
    target, source = instruction.operands
    if isinstance(target, Vector):
        return _unpack(binding, instruction, form)
    if isinstance(source, Vector):
        return _pack(binding, instruction, form)
    into = binding.destination(target)
    if into is None:
        return _step(binding, instruction, form, lambda frame: None, [], ())
    if isinstance(source, Symbol) and source.name in binding.local_offsets:
        start = binding.local_offsets[source.name] + source.offset

        def run_local(frame) -> None:
            frame.R[into] = np.full((1, 1), frame.local_base + start, np.int64)

        return _step(binding, instruction, form, run_local, [into], ())
    slot = binding.source(source, form.type, instruction)
    dtype = DTYPES[form.type]
    wider = extension(dtype, binding.register_bytes(target))

    def run(frame) -> None:
        value = frame.R[slot]
        if value.dtype.itemsize != dtype.itemsize:
            value = retype(value, dtype)
        frame.R[into] = value if wider is None else value.astype(wider)

    return _step(binding, instruction, form, run, [into], (slot,))


def _pack(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``mov.b64 %rd1, {%r1, %r2}``: the first part is the lowest."""
    target, source = instruction.operands
    into = binding.destination(target)
    part_bits = TYPE_BITS[form.type] // len(source.items)
    part, whole = np.dtype(f"u{part_bits // 8}"), DTYPES[form.type]
    slots = tuple(binding.source(item, f"b{part_bits}", instruction) for item in source.items)

    def packed(pieces: list[np.ndarray], dtype: np.dtype) -> np.ndarray:
        total = np.zeros((1, 1), dtype)
        for number, piece in enumerate(pieces):
            total = total | (piece.astype(dtype) << dtype.type(number * part_bits))
        return total

    def run(frame) -> None:
        pieces = [np.asarray(retype(frame.R[slot], part)) for slot in slots]
        if whole == B128:
            half = len(pieces) // 2
            words = (packed(part, DTYPES["b64"]) for part in (pieces[:half], pieces[half:]))
            frame.R[into] = join_words(*words)
        else:
            frame.R[into] = packed(pieces, whole)

    return _step(binding, instruction, form, run, [into], slots)


def _unpack(binding: Binding, instruction: Instruction, form: Form) -> Step:
    target, source = instruction.operands
    slot = binding.source(source, form.type, instruction)
    part_bits = TYPE_BITS[form.type] // len(target.items)
    part, whole = np.dtype(f"u{part_bits // 8}"), DTYPES[form.type]
    into = [None if isinstance(item, Sink) else binding.destination(item) for item in target.items]

    def run(frame) -> None:
        value = np.asarray(retype(frame.R[slot], whole))
        for number, one in enumerate(into):
            if one is not None:
                word, shift = value, number * part_bits
                if whole == B128:
                    word, shift = value["high" if shift >= 64 else "low"], shift % 64
                frame.R[one] = (word >> word.dtype.type(shift)).astype(part)

    return _step(binding, instruction, form, run, into, (slot,))


def bind_convert_address(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``cvta``: an address within a space to a generic one, or with ``.to`` back."""
    target, source = instruction.operands
    into = binding.destination(target)
    shift = windows.START[form.space]
    offset = np.full((1, 1), -shift if "to" in form.flags else shift, np.int64)
    width = DTYPES[form.type].itemsize
    if isinstance(source, Symbol) and source.name in binding.local_offsets:
        start = binding.local_offsets[source.name] + source.offset
        reads = ()

        def value_of(frame) -> np.ndarray:
            return np.full((1, 1), frame.local_base + start, np.int64)
    else:
        slot = binding.source(source, form.type, instruction)
        reads = (slot,)

        def value_of(frame) -> np.ndarray:
            return as_address(frame.R[slot])

    def run(frame) -> None:
        value = value_of(frame)
        if shift:
            value = np.add(value, offset)
        frame.R[into] = value if width == 8 else retype(value, DTYPES[form.type])

    return _step(binding, instruction, form, run, [into], reads)


def bind_is_space(binding: Binding, instruction: Instruction, form: Form) -> Step:
    target, source = instruction.operands
    into = binding.destination(target)
    slot = binding.source(source, "b32", instruction)
    space = form.space

    def run(frame) -> None:
        address = np.asarray(as_address(frame.R[slot]))
        inside = {
            name: (address >= start) & (address < start + windows.WINDOW_BYTES)
            for name, start in (("shared", windows.SHARED), ("local", windows.LOCAL))
        }
        frame.R[into] = inside.get(space, ~(inside["shared"] | inside["local"]))

    return _step(binding, instruction, form, run, [into], (slot,))
