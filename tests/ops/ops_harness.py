"""Runs one instruction on given bit patterns, in every shape that the machine uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from smsim.machine.ops import operation
from smsim.machine.ops.formats import bits_of, dtype_of
from smsim.ptx.nodes import Instruction, Pair, Register
from smsim.ptx.rows import Form, matching_rows, resolve

quick = settings(max_examples=10, deadline=None, derandomize=True)


@cache
def form_of(spelling: str, pair: bool = False) -> Form:
    """The form of e.g. ``add.rn.f32``, with a register for each operand that its row names."""
    opcode, *modifiers = spelling.split(".")
    rows = matching_rows(opcode, tuple(modifiers))
    row = next(r for r in rows if not pair or r.operands[0].pair == "must")
    operands = [Register(f"%x{k}") for k in range(len(row.operands))]
    if row.operands[0].pair == "must":
        operands[0] = Pair(operands[0], Register("%q"))
    instruction = Instruction(opcode, tuple(modifiers), None, False, tuple(operands), 1, 1, spelling, None)
    return resolve(instruction)


def from_patterns(patterns: Sequence[int], ptx_type: str) -> np.ndarray:
    dtype = dtype_of(ptx_type)
    if ptx_type == "pred":
        return np.array(patterns, bool)
    return np.array(patterns, f"u{dtype.itemsize}").view(dtype)


def to_patterns(values: np.ndarray) -> list[int]:
    flat = np.ascontiguousarray(values).reshape(-1)
    return flat.tolist() if flat.dtype == bool else flat.view(f"u{flat.itemsize}").tolist()


def execute(spelling: str, *operands: np.ndarray, pair: bool = False) -> np.ndarray | tuple:
    with np.errstate(all="ignore"):
        return operation(form_of(spelling, pair))(*operands)


def source_types(form: Form, carry: bool) -> list[str]:
    return [*form.operand_types[1:], *(["pred"] if carry else [])]


def check(
    spelling: str,
    cases: Sequence[tuple[int, ...]],
    oracle: Callable[..., int | tuple[int, ...]],
    *,
    pair: bool = False,
    carry: bool = False,
) -> None:
    """Compare the instruction with ``oracle``, both over bit patterns.

    Args:
        cases: one tuple of source patterns a lane.
        pair: whether the instruction is written with ``%p|%q``.
        carry: whether it reads the carry flag, as a last source.
    """
    form = form_of(spelling, pair)
    run = operation(form)
    types = source_types(form, carry)
    expected = [oracle(*case) for case in cases]
    columns = [from_patterns(column, t) for column, t in zip(zip(*cases, strict=True), types, strict=True)]
    count = len(cases)

    def compare(operands: list[np.ndarray], wanted: list, shape: tuple[int, int]) -> None:
        before = [x.copy() for x in operands]
        with np.errstate(all="ignore"):
            result = run(*operands)
        for x, kept in zip(operands, before, strict=True):
            assert to_patterns(x) == to_patterns(kept), f"{spelling} wrote to an operand"
        results = result if isinstance(result, tuple) else (result,)
        patterns = [to_patterns(np.broadcast_to(r, shape)) for r in results]
        got = list(zip(*patterns, strict=True)) if isinstance(result, tuple) else patterns[0]
        for lane, (g, w) in enumerate(zip(got, wanted, strict=True)):
            sources = [to_patterns(np.broadcast_to(x, shape))[lane] for x in before]
            assert g == w, f"{spelling} of {sources}: got {g}, want {w}"
        destination = dtype_of(form.operand_types[0])
        assert results[0].dtype == destination, f"{spelling} returns {results[0].dtype}"
        assert results[0].ndim == 2

    compare([c.reshape(-1, 1) for c in columns], expected, (count, 1))
    compare([c.reshape(1, -1) for c in columns], expected, (1, count))
    tall = [np.concatenate([c, c]).reshape(2, count).copy(order="F") for c in columns]
    compare(tall, expected * 2, (2, count))
    for lane in range(min(count, 3)):
        compare([c[lane : lane + 1].reshape(1, 1) for c in columns], expected[lane : lane + 1], (1, 1))
    if len(columns) > 1 and count <= 40:  # first operand by thread, the others by block
        few = min(count, 4)
        mixed = [columns[0][:few].reshape(-1, 1), *(c.reshape(1, -1) for c in columns[1:])]
        crossed = [oracle(cases[t][0], *cases[b][1:]) for t in range(few) for b in range(count)]
        compare(mixed, crossed, (few, count))


# --- where the interesting patterns lie -----------------------------------------------------------


def integers(bits: int) -> st.SearchStrategy[int]:
    """Patterns of ``bits`` bits, with a liking for both ends, the middle and powers of two."""
    top = (1 << bits) - 1
    edges = [0, 1, 2, top, top - 1, top >> 1, (top >> 1) + 1, (top >> 1) + 2]
    powers = st.integers(0, bits - 1).map(lambda k: 1 << k)
    return st.one_of(st.sampled_from(edges), powers, st.integers(0, top), st.integers(0, min(top, 300)))


_SPECIAL = {
    "f16": [0, 0x8000, 1, 0x8001, 0x3FF, 0x400, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E01, 0x3C00, 0xBC00],
    "f32": [0, 1 << 31, 1, 0x80000001, 0x7FFFFF, 0x800000, 0x80800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000,
            0xFF800000, 0x7FC00000, 0xFFC12345, 0x7F800001, 0x3F800000, 0xBF800000, 0x3F800001, 0x3F7FFFFF,
            0x39800800, 0x4B000000, 0x4F000000, 0x4F800000, 0x5F000000, 0x5F800000],
    "f64": [0, 1 << 63, 1, (1 << 63) + 1, (1 << 52) - 1, 1 << 52, 0x7FEFFFFFFFFFFFFF, 0xFFEFFFFFFFFFFFFF,
            0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0xFFF8000000000001,
            0x7FF0000000000001, 0x3FF0000000000000, 0xBFF0000000000000, 0x3FF0000000000001,
            0x3FEFFFFFFFFFFFFF, 0x41E0000000000000, 0x43E0000000000000, 0x43F0000000000000],
}  # fmt: skip

_SHAPE = {"f16": (10, 31), "f32": (23, 255), "f64": (52, 2047)}


def floats(name: str) -> st.SearchStrategy[int]:
    """Patterns of a float format: special values, any pattern, short fractions, middling exponents."""
    fraction_bits, top = _SHAPE[name]
    width = bits_of(name)

    def put_together(sign: int, exponent: int, fraction: int) -> int:
        return (sign << (width - 1)) | (exponent << fraction_bits) | fraction

    sign, full = st.integers(0, 1), st.integers(0, (1 << fraction_bits) - 1)
    short = st.integers(0, 15).map(lambda f: f << (fraction_bits - 4))
    long = st.integers(0, 15)
    fraction = st.one_of(full, short, long)
    near = st.integers(max(top // 2 - 30, 0), min(top // 2 + 30, top - 1))
    return st.one_of(
        st.sampled_from(_SPECIAL[name]),
        st.integers(0, (1 << width) - 1),
        st.builds(put_together, sign, near, fraction),
        st.builds(put_together, sign, st.integers(0, 3), fraction),
        st.builds(put_together, sign, st.integers(top - 3, top), fraction),
    )


def patterns(ptx_type: str) -> st.SearchStrategy[int]:
    if ptx_type == "pred":
        return st.booleans()
    return floats(ptx_type) if ptx_type in _SHAPE else integers(bits_of(ptx_type))


def batches(*ptx_types: str) -> st.SearchStrategy[list[tuple[int, ...]]]:
    """A few lanes, each a tuple with one pattern for each type."""
    return st.lists(st.tuples(*map(patterns, ptx_types)), min_size=2, max_size=8)


def as_signed(pattern: int, bits: int) -> int:
    return pattern - (1 << bits) if pattern >> (bits - 1) else pattern


def value_of(pattern: int, ptx_type: str) -> int:
    """An integer pattern as the number that its type makes of it."""
    return as_signed(pattern, bits_of(ptx_type)) if ptx_type.startswith("s") else pattern


def pattern_of(value: int, ptx_type: str) -> int:
    return value & ((1 << bits_of(ptx_type)) - 1)
