"""Pairs of 16-bit integers, dot products of bytes, ``cvt.pack``, and the extreme of three floats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import as_signed, batches, check, quick
from rounding_oracle import FORMATS, flushed, to_float

from smsim.machine.ops import operation
from smsim.ptx.nodes import Instruction, Register
from smsim.ptx.rows import resolve


def halves(word: int, signed: bool) -> list[int]:
    pieces = [word & 0xFFFF, word >> 16]
    return [as_signed(p, 16) for p in pieces] if signed else pieces


def joined(low: int, high: int) -> int:
    return (high & 0xFFFF) << 16 | low & 0xFFFF


@pytest.mark.parametrize("kind", ["u16x2", "s16x2"])
@given(data=st.data())
@quick
def test_pairs(kind: str, data: st.DataObject) -> None:
    cases, signed = data.draw(batches("b32", "b32")), kind == "s16x2"

    def each(function):
        return lambda a, b: joined(*map(function, halves(a, signed), halves(b, signed)))

    check(f"add.{kind}", cases, each(lambda x, y: x + y))
    check(f"min.{kind}", cases, each(min))
    check(f"max.{kind}", cases, each(max))
    if signed:
        check("min.relu.s16x2", cases, each(lambda x, y: max(min(x, y), 0)))
        check("max.relu.s16x2", cases, each(lambda x, y: max(x, y, 0)))


def pieces(word: int, bits: int, kind: str) -> list[int]:
    found = [word >> shift & (1 << bits) - 1 for shift in range(0, 32, bits)]
    return [as_signed(p, bits) for p in found] if kind == "s32" else found


@pytest.mark.parametrize("a_kind", ["u32", "s32"])
@pytest.mark.parametrize("b_kind", ["u32", "s32"])
@given(data=st.data())
@quick
def test_dot_products(a_kind: str, b_kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches("b32", "b32", "b32"))
    cases += [(0x80808080, 0x7F7F7F7F, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF, 0x7FFFFFFF)]
    kinds = f"{a_kind}.{b_kind}"

    def four(a: int, b: int, c: int) -> int:
        return c + sum(x * y for x, y in zip(pieces(a, 8, a_kind), pieces(b, 8, b_kind))) & 0xFFFFFFFF

    def two(a: int, b: int, c: int, first: int) -> int:
        chosen = pieces(b, 8, b_kind)[first : first + 2]
        return c + sum(x * y for x, y in zip(pieces(a, 16, a_kind), chosen)) & 0xFFFFFFFF

    check(f"dp4a.{kinds}", cases, four)
    check(f"dp2a.lo.{kinds}", cases, lambda *x: two(*x, 0))
    check(f"dp2a.hi.{kinds}", cases, lambda *x: two(*x, 2))


@pytest.mark.parametrize("kind", ["u16", "s16", "u8", "s8", "u4", "s4", "u2", "s2"])
@given(data=st.data())
@quick
def test_pack(kind: str, data: st.DataObject) -> None:
    bits = int(kind[1:])
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if kind[0] == "s" else (0, (1 << bits) - 1)
    cases = data.draw(batches("s32", "s32", "b32"))
    cases += [(5, 0xFFFFFFFB, 0), (0xFFFFFFFF, 1, 0xFFFFFFFF)]

    def clamped(a: int) -> int:
        return min(max(as_signed(a, 32), low), high) & (1 << bits) - 1

    def packed(a: int, b: int, c: int = 0) -> int:
        return (c << 2 * bits | clamped(a) << bits | clamped(b)) & 0xFFFFFFFF

    if bits == 16:
        check(f"cvt.pack.sat.{kind}.s32", [case[:2] for case in cases], packed)
    else:
        check(f"cvt.pack.sat.{kind}.s32.b32", cases, packed)


@pytest.mark.parametrize("flags", [(), ("NaN",), ("abs",), ("ftz",), ("NaN", "abs")])
@pytest.mark.parametrize("opcode", ["min", "max"])
@given(data=st.data())
@quick
def test_extreme_of_three(opcode: str, flags: tuple[str, ...], data: st.DataObject) -> None:
    registers = tuple(Register(f"%f{n}") for n in range(4))
    form = resolve(Instruction(opcode, (*flags, "f32"), None, False, registers, 1, 1, opcode, None))
    cases = data.draw(batches("f32", "f32", "f32"))

    def expected(case: tuple[int, ...]) -> int:
        if "ftz" in flags:
            case = tuple(flushed(p, "f32") for p in case)
        if "abs" in flags:
            case = tuple(p & 0x7FFFFFFF for p in case)
        numbers = [p for p in case if not math.isnan(to_float(p, "f32"))]
        if not numbers or ("NaN" in flags and len(numbers) < 3):
            return FORMATS["f32"][-1]
        order = sorted(numbers, key=lambda p: (to_float(p, "f32"), not p >> 31))
        return order[-1 if opcode == "max" else 0]

    columns = [np.array(column, np.uint32).view(np.float32).reshape(-1, 1) for column in zip(*cases)]
    result = operation(form)(*columns).view(np.uint32)
    assert result.ravel().tolist() == list(map(expected, cases))
    for case in cases[:2]:
        single = [np.array([[p]], np.uint32).view(np.float32) for p in case]
        assert operation(form)(*single).view(np.uint32).tolist() == [[expected(case)]]
