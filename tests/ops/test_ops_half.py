"""Arithmetic and comparison of f16, bf16 and pairs of them, against every number of the format."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import check, execute, quick
from small_oracle import (
    NAN,
    batches,
    flushed,
    fused,
    halfway,
    of_both,
    of_float,
    pattern,
    rounded,
    twice,
    value,
)

NAMES = ["f16", "bf16"]


def check_both(spelling: str, name: str, cases: list[tuple[int, ...]], oracle) -> None:
    """``spelling`` with the type, and with two of it in a register."""
    check(f"{spelling}.{name}", cases, oracle)
    check(f"{spelling}.{name}x2", twice(cases), of_both(oracle))


def saturated(bits: int, name: str) -> int:
    number = value(bits, name)
    return pattern(min(number, 1.0) if number > 0 else 0.0, name)


def not_negative(bits: int, name: str) -> int:
    return 0 if value(bits, name) <= 0 else bits


def two_operand(operation: str, name: str):
    def oracle(a: int, b: int) -> int:
        x, y = value(a, name), value(b, name)
        if operation == "add":
            return fused(x, 1.0, y, name)
        if operation == "sub":
            return fused(y, -1.0, x, name)
        negative = math.copysign(1, x) * math.copysign(1, y) < 0
        return fused(x, y, -0.0 if negative else 0.0, name)

    return oracle


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("operation", ["add", "sub", "mul"])
@given(data=st.data())
@quick
def test_arithmetic(operation: str, name: str, data: st.DataObject) -> None:
    cases, exact = data.draw(batches(name, 2)), two_operand(operation, name)
    check_both(operation, name, cases, exact)
    check_both(f"{operation}.rn", name, cases, exact)
    if name == "f16":
        check_both(f"{operation}.sat", name, cases, lambda *x: saturated(exact(*x), name))
        check_both(
            f"{operation}.ftz", name, cases, lambda *x: flushed(exact(*(flushed(p, name) for p in x)), name)
        )


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@quick
def test_fma(name: str, data: st.DataObject) -> None:
    cases = data.draw(batches(name, 3))

    def exact(*x: int) -> int:
        return fused(*(value(p, name) for p in x), name)

    check_both("fma.rn", name, cases, exact)
    check_both("fma.rn.relu", name, cases, lambda *x: not_negative(exact(*x), name))
    if name == "f16":
        check_both("fma.rn.sat", name, cases, lambda *x: saturated(exact(*x), name))
        check_both(
            "fma.rn.ftz.relu",
            name,
            cases,
            lambda *x: not_negative(flushed(exact(*(flushed(p, name) for p in x)), name), name),
        )


@pytest.mark.parametrize("name", NAMES)
def test_fma_beside_ties(name: str) -> None:
    """The product lies halfway between two numbers; what is added decides, however small it is."""
    digits = 11 if name == "f16" else 8
    cases = []
    # (1 + 2**-i) * (1 + 2**-j) ends in 2**-(i+j), half a unit of the last place.
    for i in range(1, digits):
        j = digits - i
        factors = (pattern(1 + 2.0**-i, name), pattern(1 + 2.0**-j, name))
        for c in (0, 1, 0x8001, pattern(2.0**-14, name), pattern(-(2.0**-14), name)):
            cases.append((*factors, c))
            cases.append((factors[0] | 0x8000, factors[1], c))
    # Products below the subnormals, next to a number: 2**-n squared, and its neighbours.
    small = pattern(2.0**-14 if name == "f16" else 2.0**-70, name)
    for a in (small, small + 1, small - 1):
        for b in (small, small + 1, pattern(0.5, name), pattern(0.75, name)):
            for c in (0, 1, 2, 0x8001, pattern(1.0, name)):
                cases.append((a, b, c))
    check_both("fma.rn", name, cases, lambda *x: fused(*(value(p, name) for p in x), name))


@pytest.mark.parametrize("name", NAMES)
def test_products_that_underflow(name: str) -> None:
    """Ties between subnormals with a little more below: rounding twice would lose it."""
    exponents = range(-14, -1) if name == "f16" else range(-75, -60)
    numbers = [
        pattern(m * 2.0**e, name)
        for e in exponents
        for m in (1.0, 1.5, 1.25, 1.0078125)[: 3 + (name == "bf16")]
    ]
    cases = [(a, b) for a in numbers for b in numbers[::5]]
    check(f"mul.{name}", cases, two_operand("mul", name))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@quick
def test_signs_and_order(name: str, data: st.DataObject) -> None:
    cases = data.draw(batches(name, 2))

    def kept(bits: int) -> int:
        return NAN[name] if math.isnan(value(bits, name)) else bits

    check_both("neg", name, [c[:1] for c in cases], lambda a: kept(a) if kept(a) == NAN[name] else a ^ 0x8000)
    check_both("abs", name, [c[:1] for c in cases], lambda a: kept(a) & 0x7FFF)

    def extreme(a: int, b: int, larger: bool, nan_wins: bool) -> int:
        numbers = [p for p in (a, b) if not math.isnan(value(p, name))]
        if not numbers or (nan_wins and len(numbers) == 1):
            return NAN[name]
        # -0 comes before +0.
        order = sorted(numbers, key=lambda p: (value(p, name), not p >> 15))
        return order[-1 if larger else 0]

    for operation, larger in (("min", False), ("max", True)):
        for spelling, nan_wins in ((operation, False), (f"{operation}.NaN", True)):
            check_both(spelling, name, cases, lambda a, b, g=larger, n=nan_wins: extreme(a, b, g, n))

        def by_size(a: int, b: int, g: bool = larger) -> int:
            result = extreme(a & 0x7FFF, b & 0x7FFF, g, False)
            return result if result == NAN[name] else result | (a ^ b) & 0x8000

        check_both(f"{operation}.xorsign.abs", name, cases, by_size)


# --- approximations ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "name", "true", "bound", "domain"),
    [
        ("ex2.approx", "f16", np.exp2, 2.0**-9.9, (-13.9, 15.9)),
        ("ex2.approx.ftz", "bf16", np.exp2, 2.0**-7, (-125.0, 127.0)),
        ("tanh.approx", "f16", np.tanh, 2.0**-10.987, (-20.0, 20.0)),
        ("tanh.approx", "bf16", np.tanh, 2.0**-8, (-20.0, 20.0)),
    ],
)
def test_approximations(spelling: str, name: str, true, bound: float, domain: tuple[float, float]) -> None:
    numbers = [(p, value(p, name)) for p in range(1 << 16)]
    inside = [(p, v) for p, v in numbers if domain[0] <= v <= domain[1] and abs(v) >= 2.0**-14]
    operand = np.array([p for p, _ in inside], np.uint16).reshape(-1, 1)
    result = execute(f"{spelling}.{name}", operand.view(np.float16) if name == "f16" else operand)
    got = np.array([value(p, name) for p in result.view(np.uint16).ravel().tolist()])
    exact = true(np.array([v for _, v in inside]))
    assert np.max(np.abs(got - exact) / np.abs(exact)) <= bound
    words = (operand.astype(np.uint32) << 16) | operand[::-1]
    pairs = execute(f"{spelling}.{name}x2", words)
    assert np.array_equal(pairs >> 16, result.view(np.uint16))
    assert np.array_equal(pairs & 0xFFFF, result.view(np.uint16)[::-1])


@pytest.mark.parametrize(("spelling", "name"), [("ex2.approx", "f16"), ("ex2.approx.ftz", "bf16")])
def test_powers_of_two(spelling: str, name: str) -> None:
    lowest = -24 if name == "f16" else -126
    highest = 16 if name == "f16" else 128
    table = {pattern(float(n), name): rounded(Fraction(2) ** n, name) for n in range(lowest, highest)}
    table |= {pattern(x, name): pattern(y, name) for x, y in
              ((-math.inf, 0.0), (math.inf, math.inf), (0.0, 1.0), (-0.0, 1.0), (math.nan, math.nan))}  # fmt: skip
    table |= {1: pattern(1.0, name), pattern(float(highest), name): pattern(math.inf, name)}
    check_both(spelling, name, [(a,) for a in table], lambda a: table[a])


@pytest.mark.parametrize("name", NAMES)
def test_tanh_at_the_ends(name: str) -> None:
    table = {pattern(x, name): pattern(y, name) for x, y in
             ((0.0, 0.0), (-0.0, -0.0), (math.inf, 1.0), (-math.inf, -1.0), (math.nan, math.nan))}  # fmt: skip
    check_both("tanh.approx", name, [(a,) for a in table], lambda a: table[a])


# --- comparisons -------------------------------------------------------------------------------------

COMPARE = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a < b or a > b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
    "equ": lambda a, b: not (a < b or a > b), "neu": lambda a, b: a != b, "ltu": lambda a, b: not a >= b,
    "leu": lambda a, b: not a > b, "gtu": lambda a, b: not a <= b, "geu": lambda a, b: not a < b,
    "num": lambda a, b: a == a and b == b, "nan": lambda a, b: a != a or b != b,
}  # fmt: skip
COMBINE = {"and": lambda t, c: t and c, "or": lambda t, c: t or c, "xor": lambda t, c: t != c}


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@quick
def test_comparisons(name: str, data: st.DataObject) -> None:
    cases = data.draw(batches(name, 2))
    cases += [(a, a) for a, _ in cases]
    words = twice(cases)
    one = pattern(1.0, name)
    for flag, compare in COMPARE.items():

        def true(a: int, b: int, f=compare) -> bool:
            return f(value(a, name), value(b, name))

        def both(a: int, b: int, f=true) -> tuple[bool, bool]:
            return f(a & 0xFFFF, b & 0xFFFF), f(a >> 16, b >> 16)

        check(f"setp.{flag}.{name}", cases, true)
        check(f"setp.{flag}.{name}x2", words, lambda a, b: both(a, b)[0])
        check(f"setp.{flag}.{name}x2", words, both, pair=True)
        check(f"set.{flag}.u16.{name}", cases, lambda a, b: 0xFFFF * true(a, b))
        check(f"set.{flag}.s32.{name}", cases, lambda a, b: 0xFFFFFFFF * true(a, b))
        check(f"set.{flag}.{name}.{name}", cases, lambda a, b: one * true(a, b))
        check(f"set.{flag}.{name}x2.{name}x2", words, of_both(lambda a, b: one * true(a, b)))
        check(f"set.{flag}.u32.{name}x2", words, of_both(lambda a, b: 0xFFFF * true(a, b)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("word", COMBINE)
@given(data=st.data())
@quick
def test_combined_comparisons(word: str, name: str, data: st.DataObject) -> None:
    combine = COMBINE[word]
    cases = data.draw(batches(name, 2))
    conditions = data.draw(st.lists(st.booleans(), min_size=len(cases), max_size=len(cases)))

    def less(a: int, b: int, c: bool) -> bool:
        return combine(value(a, name) < value(b, name), c)

    def less_in_both(a: int, b: int, c: bool) -> tuple[bool, bool]:
        return less(a & 0xFFFF, b & 0xFFFF, c), less(a >> 16, b >> 16, c)

    with_c = [(*case, c) for case, c in zip(cases, conditions)]
    check(f"setp.lt.{word}.{name}", with_c, less)
    check(f"set.lt.{word}.s16.{name}", with_c, lambda *x: 0xFFFF * less(*x))
    words = [(*case, c) for case, c in zip(twice(cases), conditions)]
    check(f"setp.lt.{word}.{name}x2", words, less_in_both, pair=True)
    check(f"set.gt.{word}.{name}.s32", [(1, 0, c) for c in (True, False)],
          lambda a, b, c: pattern(1.0, name) * combine(True, c))  # fmt: skip


def test_subnormals_count_as_zeros_with_ftz() -> None:
    check("setp.gt.ftz.f16", [(1, 0), (0x400, 0)], lambda a, b: a == 0x400)
    check(
        "set.gt.ftz.f16x2.f16x2",
        [(0x00010400, 0), (0x04000001, 0)],
        lambda a, b: 0x3C00 << (16 * (a > 1 << 26)),
    )


# --- the tool itself: a number between two others rounds to one of them ------------------------------


@given(halfway("f16"))
@quick
def test_the_oracle_agrees_with_numpy(number: Fraction) -> None:
    near = float(number)
    if Fraction(near) == number:
        assert np.array(near).astype(np.float16).view(np.uint16) == of_float(near, "f16")
