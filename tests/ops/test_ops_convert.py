"""Every conversion, against Python's integers and rational numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import batches, check, pattern_of, quick, value_of
from rounding_oracle import FORMATS, flushed, rounded, saturated, to_float, to_pattern

INTEGERS = ["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64"]
FLOATS = ["f16", "f32", "f64"]
MODES = ["rn", "rz", "rm", "rp"]
WHOLE = {"rni": round, "rzi": math.trunc, "rmi": math.floor, "rpi": math.ceil}


def limits(kind: str) -> tuple[int, int]:
    bits = int(kind[1:])
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if kind[0] == "s" else (0, (1 << bits) - 1)


def clamped(value: int, kind: str) -> int:
    low, high = limits(kind)
    return min(max(value, low), high)


@pytest.mark.parametrize("source", INTEGERS)
@given(data=st.data())
@quick
def test_integer_to_integer(source: str, data: st.DataObject) -> None:
    cases = data.draw(batches(source))
    for target in INTEGERS:
        check(f"cvt.{target}.{source}", cases, lambda a, t=target: pattern_of(value_of(a, source), t))
        check(
            f"cvt.sat.{target}.{source}",
            cases,
            lambda a, t=target: pattern_of(clamped(value_of(a, source), t), t),
        )


@pytest.mark.parametrize("source", INTEGERS)
@given(data=st.data())
@quick
def test_integer_to_float(source: str, data: st.DataObject) -> None:
    cases = data.draw(batches(source))
    for target in FLOATS:
        for mode in MODES:
            check(
                f"cvt.{mode}.{target}.{source}",
                cases,
                lambda a, m=mode, t=target: rounded(Fraction(value_of(a, source)), t, m),
            )
    check(
        f"cvt.rn.sat.f32.{source}",
        cases,
        lambda a: saturated(rounded(Fraction(value_of(a, source)), "f32", "rn"), "f32"),
    )


@pytest.mark.parametrize("source", ["u64", "s64"])
def test_integers_beside_ties(source: str) -> None:
    cases = []
    for exponent in (24, 25, 40, 53, 54, 62):
        for target_bits in (24, 53):
            unit = max(exponent - target_bits + 1, 1)
            for extra in (-1, 0, 1):
                value = (1 << exponent) + (1 << (unit - 1)) + extra
                cases += [(value,), (value + (1 << unit),)]
                if source == "s64":
                    cases.append((pattern_of(-value, source),))
    for target in ("f32", "f64"):
        for mode in MODES:
            check(
                f"cvt.{mode}.{target}.{source}",
                cases,
                lambda a, m=mode, t=target: rounded(Fraction(value_of(a, source)), t, m),
            )


def whole_number(pattern: int, source: str, target: str, mode: str) -> int:
    value = to_float(pattern, source)
    bits = int(target[1:])
    if math.isnan(value):
        return 1 << (bits - 1) if source == "f64" or bits == 64 else 0
    if math.isinf(value):
        return pattern_of(limits(target)[value > 0], target)
    return pattern_of(clamped(WHOLE[mode](value), target), target)


@pytest.mark.parametrize("source", FLOATS)
@pytest.mark.parametrize("mode", WHOLE)
@given(data=st.data())
@quick
def test_float_to_integer(source: str, mode: str, data: st.DataObject) -> None:
    cases = data.draw(batches(source))
    for target in INTEGERS:
        check(f"cvt.{mode}.{target}.{source}", cases, lambda a, t=target: whole_number(a, source, t, mode))
        if source == "f32":
            check(
                f"cvt.{mode}.ftz.{target}.f32",
                cases,
                lambda a, t=target: whole_number(flushed(a, "f32"), "f32", t, mode),
            )


@pytest.mark.parametrize("source", FLOATS)
def test_halves_and_limits(source: str) -> None:
    values = [0.5, 1.5, 2.5, -0.5, -1.5, 127.5, 128.0, 255.5, -128.5, 32768.0]
    if source != "f16":
        values += [65535.5, 2.0**31, 2.0**31 - 128, -(2.0**31), 2.0**63, -(2.0**63), 2.0**64, 1e30, -1e30]
    cases = [(to_pattern(v, source),) for v in values]
    for mode in WHOLE:
        for target in INTEGERS:
            check(
                f"cvt.{mode}.{target}.{source}",
                cases,
                lambda a, t=target, m=mode: whole_number(a, source, t, m),
            )


def resized(pattern: int, source: str, target: str, mode: str) -> int:
    value = to_float(pattern, source)
    if math.isnan(value):
        return FORMATS[target][-1]
    if math.isinf(value):
        return to_pattern(value, target)
    return rounded(Fraction(value), target, mode, math.copysign(1, value) < 0)


@pytest.mark.parametrize("spelling", ["f32.f64", "f16.f64", "f16.f32"])
@given(data=st.data())
@quick
def test_narrowing(spelling: str, data: st.DataObject) -> None:
    target, source = spelling.split(".")
    cases = data.draw(batches(source))
    # Numbers around the target's own: those exactly representable, and points halfway between them.
    for (pattern,) in data.draw(batches(target)):
        value = to_float(pattern, target)
        if math.isfinite(value):
            near = to_pattern(value, source)
            cases += [(near,), (near + 1,), (max(near - 1, 0),)]
    for mode in MODES:
        check(f"cvt.{mode}.{spelling}", cases, lambda a, m=mode: resized(a, source, target, m))
    check(f"cvt.rn.sat.{spelling}", cases, lambda a: saturated(resized(a, source, target, "rn"), target))
    if spelling == "f32.f64":
        check("cvt.rn.ftz.f32.f64", cases, lambda a: flushed(resized(a, "f64", "f32", "rn"), "f32"))
    if source == "f32":
        check("cvt.rz.ftz.f16.f32", cases, lambda a: resized(flushed(a, "f32"), "f32", "f16", "rz"))


@pytest.mark.parametrize("spelling", ["f64.f32", "f64.f16", "f32.f16"])
@given(data=st.data())
@quick
def test_widening(spelling: str, data: st.DataObject) -> None:
    target, source = spelling.split(".")
    cases = data.draw(batches(source))
    check(f"cvt.{spelling}", cases, lambda a: resized(a, source, target, "rn"))
    check(f"cvt.sat.{spelling}", cases, lambda a: saturated(resized(a, source, target, "rn"), target))
    if spelling == "f64.f32":
        check("cvt.ftz.f64.f32", cases, lambda a: resized(flushed(a, "f32"), "f32", "f64", "rn"))


@pytest.mark.parametrize("kind", FLOATS)
@given(data=st.data())
@quick
def test_to_whole_floats(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind))

    def whole(pattern: int, mode: str) -> int:
        value = to_float(pattern, kind)
        if not math.isfinite(value):
            return to_pattern(value, kind)
        return to_pattern(math.copysign(float(WHOLE[mode](value)), value), kind)

    for mode in WHOLE:
        check(f"cvt.{mode}.{kind}.{kind}", cases, lambda a, m=mode: whole(a, m))
        check(f"cvt.{mode}.sat.{kind}.{kind}", cases, lambda a, m=mode: saturated(whole(a, m), kind))
    check(f"cvt.sat.{kind}.{kind}", cases, lambda a: saturated(a, kind))
    if kind == "f32":
        check("cvt.rni.ftz.f32.f32", cases, lambda a: whole(flushed(a, "f32"), "rni"))
