"""Conversions to and from f16, bf16, tf32, e4m3 and e5m2: against ml_dtypes and rational numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import batches as any_batches
from ops_harness import check, pattern_of, quick, value_of
from rounding_oracle import flushed, to_float, to_pattern
from small_oracle import batches, halfway, of_float, rounded, value

from smsim.machine.ops.small import BF16, E4M3, E5M2, decode, encode

INTEGERS = ["u16", "u32", "u64", "s16", "s32", "s64"]
MODES = ["rn", "rz", "rm", "rp"]
WHOLE = {"rni": round, "rzi": math.trunc, "rmi": math.floor, "rpi": math.ceil}


def near(number: Fraction, name: str) -> int:
    """The pattern of a float beside ``number``."""
    if name == "f64":
        return to_pattern(float(number), name)
    with np.errstate(over="ignore"):
        if name == "f32":
            return int(np.array(float(number), np.float32).view(np.uint32))
        return int(np.array(float(number)).astype(np.float16).view(np.uint16))


@pytest.mark.parametrize(
    ("small", "name", "width", "own"),
    [
        (BF16, "bf16", 16, ml_dtypes.bfloat16),
        (E4M3, "e4m3", 8, ml_dtypes.float8_e4m3fn),
        (E5M2, "e5m2", 8, ml_dtypes.float8_e5m2),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_every_pattern_there_and_back(small, name: str, width: int, own: type) -> None:
    patterns = np.arange(1 << width).astype(f"u{width // 8}").reshape(-1, 16)
    numbers = decode(patterns, small)
    expected = patterns.view(own).astype(np.float64)
    assert np.array_equal(numbers.astype(np.float64), expected, equal_nan=True)
    assert np.array_equal(np.signbit(numbers), np.signbit(expected)) or width == 16
    whole = ~np.isnan(expected)
    assert np.array_equal(encode(numbers, small)[whole], patterns[whole])
    assert (encode(numbers, small)[~whole] == small.nan).all()


@pytest.mark.parametrize(("small", "own"), [(E4M3, ml_dtypes.float8_e4m3fn), (E5M2, ml_dtypes.float8_e5m2)])
def test_every_half_to_eight_bits(small, own: type) -> None:
    halves = np.arange(1 << 16).astype(np.uint16).view(np.float16).reshape(256, 256)
    halves = np.where(np.isnan(halves), np.float16(0), halves)
    clamped = np.clip(halves.astype(np.float32), -small.largest, small.largest)
    assert np.array_equal(encode(halves, small, satfinite=True), clamped.astype(own).view(np.uint8))


def test_many_floats_to_bfloat() -> None:
    bits = np.random.default_rng(3).integers(0, 1 << 32, (200, 500), dtype=np.uint32)
    floats = bits.view(np.float32)
    floats = np.where(np.isnan(floats), np.float32(0), floats)
    assert np.array_equal(encode(floats, BF16), floats.astype(ml_dtypes.bfloat16).view(np.uint16))


@pytest.mark.parametrize("target", ["f16", "bf16"])
@given(data=st.data())
@quick
def test_from_f32(target: str, data: st.DataObject) -> None:
    cases = data.draw(any_batches("f32"))
    cases += [(near(data.draw(halfway(target)), "f32"),) for _ in range(4)]
    for mode in MODES:
        check(f"cvt.{mode}.{target}.f32", cases, lambda a, m=mode: of_float(to_float(a, "f32"), target, m))
    check(
        f"cvt.rz.ftz.{target}.f32",
        cases,
        lambda a: of_float(to_float(flushed(a, "f32"), "f32"), target, "rz"),
    )
    two = [(a, b) for (a,), (b,) in zip(cases, reversed(cases))]
    for mode in ("rn", "rz"):
        for relu in (False, True):
            for satfinite in (False, True):

                def one(a: int, mode: str = mode, relu: bool = relu, satfinite: bool = satfinite) -> int:
                    return of_float(to_float(a, "f32"), target, mode, relu=relu, satfinite=satfinite)

                flags = ".relu" * relu + ".satfinite" * satfinite
                check(f"cvt.{mode}{flags}.{target}.f32", cases, one)
                check(f"cvt.{mode}{flags}.{target}x2.f32", two, lambda a, b: one(a) << 16 | one(b))


@pytest.mark.parametrize("source", ["f64", "f16"])
@given(data=st.data())
@quick
def test_to_bfloat(source: str, data: st.DataObject) -> None:
    cases = data.draw(any_batches(source))
    cases += [(near(data.draw(halfway("bf16")), source),) for _ in range(4)]
    for mode in MODES:
        check(f"cvt.{mode}.bf16.{source}", cases, lambda a, m=mode: of_float(to_float(a, source), "bf16", m))


@pytest.mark.parametrize("source", INTEGERS)
@given(data=st.data())
@quick
def test_integers_to_bfloat(source: str, data: st.DataObject) -> None:
    cases = data.draw(any_batches(source))
    top = int(source[1:]) - 2
    for exponent in (8, 9, top):  # ties, and a little beside them
        for extra in (-1, 0, 1):
            cases.append(((1 << exponent) + (1 << max(exponent - 8, 0)) + extra,))
    for mode in MODES:
        check(
            f"cvt.{mode}.bf16.{source}",
            cases,
            lambda a, m=mode: rounded(Fraction(value_of(a, source)), "bf16", m),
        )


@given(data=st.data())
@quick
def test_from_bfloat(data: st.DataObject) -> None:
    cases = data.draw(batches("bf16", 1))
    for mode in MODES:
        check(f"cvt.{mode}.f16.bf16", cases, lambda a, m=mode: of_float(value(a, "bf16"), "f16", m))
    check("cvt.f32.bf16", cases, lambda a: to_pattern(value(a, "bf16"), "f32"))
    check("cvt.ftz.f32.bf16", cases, lambda a: flushed(to_pattern(value(a, "bf16"), "f32"), "f32"))
    check("cvt.f64.bf16", cases, lambda a: to_pattern(value(a, "bf16"), "f64"))

    def integer(a: int, target: str, mode: str) -> int:
        number, bits = value(a, "bf16"), int(target[1:])
        low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if target[0] == "s" else (0, (1 << bits) - 1)
        if math.isnan(number):
            return 1 << 63 if bits == 64 else 0
        if math.isinf(number):
            return pattern_of(high if number > 0 else low, target)
        return pattern_of(min(max(WHOLE[mode](number), low), high), target)

    for mode, whole in WHOLE.items():
        for target in INTEGERS:
            check(f"cvt.{mode}.{target}.bf16", cases, lambda a, t=target, m=mode: integer(a, t, m))

        def whole_bfloat(a: int, f=whole) -> int:
            number = value(a, "bf16")
            if math.isfinite(number):
                number = math.copysign(float(f(number)), number)
            return of_float(number, "bf16")

        check(f"cvt.{mode}.bf16.bf16", cases, whole_bfloat)


# --- tf32 --------------------------------------------------------------------------------------------


def tf32(a: int, mode: str, relu: bool = False, satfinite: bool = False) -> int:
    """By integers: a float32 pattern whose 13 lowest bits are rounded off."""
    number = to_float(a, "f32")
    if math.isnan(number):
        return 0x7FFFFFFF
    if relu and number <= 0:
        return 0
    sign, size = a & 1 << 31, a & 0x7FFFFFFF
    if satfinite:
        size = min(size, 0x7F7FE000)
    kept, rest = size >> 13, size & 0x1FFF
    kept += {"rz": False, "rna": rest >= 0x1000, "rn": rest > 0x1000 or (rest == 0x1000 and kept & 1)}[mode]
    return sign | kept << 13


@given(data=st.data())
@quick
def test_tf32(data: st.DataObject) -> None:
    cases = data.draw(any_batches("f32"))
    cases += [((a & ~0x1FFF) | tail,) for (a,) in cases for tail in (0x0FFF, 0x1000, 0x1001)]
    for mode in ("rn", "rz", "rna"):
        check(f"cvt.{mode}.tf32.f32", cases, lambda a, m=mode: tf32(a, m))
    for mode in ("rn", "rz"):
        check(f"cvt.{mode}.relu.tf32.f32", cases, lambda a, m=mode: tf32(a, m, relu=True))
    check("cvt.rna.satfinite.tf32.f32", cases, lambda a: tf32(a, "rna", satfinite=True))


# --- eight bits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["e4m3", "e5m2"])
@given(data=st.data())
@quick
def test_to_eight_bits(name: str, data: st.DataObject) -> None:
    singles = [a for (a,) in data.draw(any_batches("f32"))]
    singles += [near(data.draw(halfway(name)), "f32") for _ in range(6)]
    halves = [a for (a,) in data.draw(any_batches("f16"))] + [
        near(data.draw(halfway(name)), "f16") for _ in range(6)
    ]
    pairs = [(a, b) for a, b in zip(singles, reversed(singles))]
    words = [(a << 16 | b,) for a, b in zip(halves, reversed(halves))]
    for relu in (False, True):

        def one(number: float, relu: bool = relu) -> int:
            return of_float(number, name, relu=relu, satfinite=True)

        flags = "rn.satfinite" + ".relu" * relu
        check(
            f"cvt.{flags}.{name}x2.f32",
            pairs,
            lambda a, b: one(to_float(a, "f32")) << 8 | one(to_float(b, "f32")),
        )
        check(
            f"cvt.{flags}.{name}x2.f16x2",
            words,
            lambda a: one(to_float(a >> 16, "f16")) << 8 | one(to_float(a & 0xFFFF, "f16")),
        )


@pytest.mark.parametrize("name", ["e4m3", "e5m2"])
def test_from_eight_bits(name: str) -> None:
    cases = [(a << 8 | (a * 37 + 5) & 0xFF,) for a in range(256)]

    def both(a: int, relu: bool) -> int:
        high, low = (of_float(value(byte, name), "f16", relu=relu) for byte in (a >> 8, a & 0xFF))
        return high << 16 | low

    check(f"cvt.rn.f16x2.{name}x2", cases, lambda a: both(a, False))
    check(f"cvt.rn.relu.f16x2.{name}x2", cases, lambda a: both(a, True))
