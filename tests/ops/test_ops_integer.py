"""Integers against Python's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import batches, check, pattern_of, quick, value_of

TYPES = ["u16", "u32", "u64", "s16", "s32", "s64"]
S32 = (-(2**31), 2**31 - 1)


def clamp(value: int) -> int:
    return min(max(value, S32[0]), S32[1])


def truncated_quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


TWO_OPERANDS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul.lo": lambda a, b: a * b,
    "div": lambda a, b: truncated_quotient(a, b) if b else -1,
    "rem": lambda a, b: a - b * truncated_quotient(a, b) if b else -1,
    "min": min,
    "max": max,
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("opcode", TWO_OPERANDS)
@given(data=st.data())
@quick
def test_two_operands(opcode: str, kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind, kind))
    compute = TWO_OPERANDS[opcode]
    check(
        f"{opcode}.{kind}",
        cases,
        lambda a, b: pattern_of(compute(value_of(a, kind), value_of(b, kind)), kind),
    )


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
@quick
def test_products(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind, kind, kind))
    bits = int(kind[1:])

    def upper(a: int, b: int) -> int:
        return (value_of(a, kind) * value_of(b, kind)) >> bits

    pairs = [case[:2] for case in cases]
    check(f"mul.hi.{kind}", pairs, lambda a, b: pattern_of(upper(a, b), kind))
    check(f"mad.hi.{kind}", cases, lambda a, b, c: pattern_of(upper(a, b) + c, kind))
    check(f"mad.lo.{kind}", cases, lambda a, b, c: pattern_of(a * b + c, kind))
    check(
        f"sad.{kind}", cases, lambda a, b, c: pattern_of(c + abs(value_of(a, kind) - value_of(b, kind)), kind)
    )


@pytest.mark.parametrize("kind", ["u16", "u32", "s16", "s32"])
@given(data=st.data())
@quick
def test_wide_products(kind: str, data: st.DataObject) -> None:
    wide = f"{kind[0]}{2 * int(kind[1:])}"
    cases = data.draw(batches(kind, kind, wide))

    def product(a: int, b: int) -> int:
        return value_of(a, kind) * value_of(b, kind)

    check(f"mul.wide.{kind}", [c[:2] for c in cases], lambda a, b: pattern_of(product(a, b), wide))
    check(f"mad.wide.{kind}", cases, lambda a, b, c: pattern_of(product(a, b) + c, wide))


@given(batches("s32", "s32", "s32"))
@quick
def test_saturation(cases: list[tuple[int, ...]]) -> None:
    def signed(*patterns: int) -> list[int]:
        return [value_of(p, "s32") for p in patterns]

    def low24(value: int) -> int:
        return value_of((value & 0xFFFFFF) << 8, "s32") >> 8

    pairs = [c[:2] for c in cases]
    check("add.sat.s32", pairs, lambda a, b: pattern_of(clamp(sum(signed(a, b))), "s32"))
    check("sub.sat.s32", pairs, lambda a, b: pattern_of(clamp(signed(a)[0] - signed(b)[0]), "s32"))

    def mad_hi(a: int, b: int, c: int) -> int:
        a, b, c = signed(a, b, c)
        return pattern_of(clamp(((a * b) >> 32) + c), "s32")

    def mad24_hi(a: int, b: int, c: int) -> int:
        product = value_of(pattern_of((low24(a) * low24(b)) >> 16, "s32"), "s32")
        return pattern_of(clamp(product + signed(c)[0]), "s32")

    check("mad.hi.sat.s32", cases, mad_hi)
    check("mad24.hi.sat.s32", cases, mad24_hi)


@pytest.mark.parametrize("kind", ["u32", "s32"])
@given(data=st.data())
@quick
def test_24_bits(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind, kind, kind))

    def low24(pattern: int) -> int:
        return value_of((pattern & 0xFFFFFF) << 8, kind) >> 8

    for half, shift in (("lo", 0), ("hi", 16)):
        check(
            f"mul24.{half}.{kind}",
            [c[:2] for c in cases],
            lambda a, b, s=shift: pattern_of((low24(a) * low24(b)) >> s, kind),
        )
        check(
            f"mad24.{half}.{kind}",
            cases,
            lambda a, b, c, s=shift: pattern_of(((low24(a) * low24(b)) >> s) + c, kind),
        )


@pytest.mark.parametrize("kind", ["s16", "s32", "s64"])
@given(data=st.data())
@quick
def test_sign(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind))
    check(f"neg.{kind}", cases, lambda a: pattern_of(-a, kind))
    check(f"abs.{kind}", cases, lambda a: pattern_of(abs(value_of(a, kind)), kind))


@given(batches("s32", "s32"))
@quick
def test_relu(cases: list[tuple[int, ...]]) -> None:
    check("min.relu.s32", cases, lambda a, b: max(0, min(value_of(a, "s32"), value_of(b, "s32"))))
    check("max.relu.s32", cases, lambda a, b: max(0, value_of(a, "s32"), value_of(b, "s32")))


@pytest.mark.parametrize("kind", ["u32", "s32", "u64", "s64"])
@given(data=st.data())
@quick
def test_carries(kind: str, data: st.DataObject) -> None:
    bits = int(kind[1:])
    cases = data.draw(batches(kind, kind, kind, "pred"))

    def with_carry(total: int) -> tuple[int, bool]:
        return pattern_of(total, kind), total >> bits != 0

    def half(a: int, b: int, shift: int) -> int:
        return pattern_of((value_of(a, kind) * value_of(b, kind)) >> shift, kind)

    two = [c[:2] for c in cases]
    two_and_flag = [(a, b, f) for a, b, _, f in cases]
    check(f"add.cc.{kind}", two, lambda a, b: with_carry(a + b))
    check(f"sub.cc.{kind}", two, lambda a, b: with_carry(a - b))
    check(f"addc.cc.{kind}", two_and_flag, lambda a, b, f: with_carry(a + b + f), carry=True)
    check(f"subc.cc.{kind}", two_and_flag, lambda a, b, f: with_carry(a - b - f), carry=True)
    check(f"addc.{kind}", two_and_flag, lambda a, b, f: pattern_of(a + b + f, kind), carry=True)
    check(f"subc.{kind}", two_and_flag, lambda a, b, f: pattern_of(a - b - f, kind), carry=True)
    for name, shift in (("lo", 0), ("hi", bits)):
        three = [c[:3] for c in cases]
        check(f"mad.{name}.cc.{kind}", three, lambda a, b, c, s=shift: with_carry(half(a, b, s) + c))
        check(
            f"madc.{name}.cc.{kind}",
            cases,
            lambda a, b, c, f, s=shift: with_carry(half(a, b, s) + c + f),
            carry=True,
        )
        check(
            f"madc.{name}.{kind}",
            cases,
            lambda a, b, c, f, s=shift: pattern_of(half(a, b, s) + c + f, kind),
            carry=True,
        )
