"""Floats of 8 and 16 bits, by looking them up: every number of a format stands in a sorted list."""

from __future__ import annotations

import math
from bisect import bisect_right
from fractions import Fraction
from functools import cache

import ml_dtypes
import numpy as np
from hypothesis import strategies as st

_NUMPY = {
    "f16": np.float16,
    "bf16": ml_dtypes.bfloat16,
    "e4m3": ml_dtypes.float8_e4m3fn,
    "e5m2": ml_dtypes.float8_e5m2,
}
BITS = {"f16": 16, "bf16": 16, "e4m3": 8, "e5m2": 8}
NAN = {"f16": 0x7FFF, "bf16": 0x7FFF, "e4m3": 0x7F, "e5m2": 0x7F}


@cache
def _values(name: str) -> list[float]:
    """The value of each pattern."""
    patterns = np.arange(1 << BITS[name]).astype(f"u{BITS[name] // 8}")
    with np.errstate(invalid="ignore"):
        return patterns.view(_NUMPY[name]).astype(np.float64).tolist()


@cache
def _magnitudes(name: str) -> list[float]:
    """The finite numbers from 0 up, which are in the order of their patterns."""
    return [v for v in _values(name)[: 1 << (BITS[name] - 1)] if math.isfinite(v)]


def value(pattern: int, name: str) -> float:
    return _values(name)[pattern]


def largest(name: str) -> float:
    return _magnitudes(name)[-1]


def pattern(number: float, name: str) -> int:
    """The pattern of a number of the format, an infinity, or NaN."""
    if math.isnan(number):
        return NAN[name]
    magnitudes = _magnitudes(name)
    index = len(magnitudes) if math.isinf(number) else bisect_right(magnitudes, abs(number)) - 1
    assert math.isinf(number) or magnitudes[index] == abs(number)
    return index | (math.copysign(1, number) < 0) << (BITS[name] - 1)


def rounded(number: Fraction, name: str, mode: str = "rn", negative_zero: bool = False) -> int:
    """The pattern of ``number`` rounded; rna is to nearest, ties away from zero."""
    magnitudes = _magnitudes(name)
    negative = number < 0 or (number == 0 and negative_zero)
    size = abs(number)
    below = bisect_right(magnitudes, size) - 1
    lower = Fraction(magnitudes[below])
    # Beyond the largest number lies the one that would follow it.
    upper = (
        magnitudes[below + 1] if below + 1 < len(magnitudes) else 2 * lower - Fraction(magnitudes[below - 1])
    )
    middle = (lower + upper) / 2
    up = {
        "rn": size > middle or (size == middle and below % 2 == 1),
        "rna": size >= middle,
        "rz": False,
        "rm": negative and size != lower,
        "rp": not negative and size != lower,
    }[mode]
    if below + 1 == len(magnitudes) and size > upper and mode in ("rn", "rna"):
        up = True
    # One pattern after the largest number stands infinity.
    return (below + up) | negative << (BITS[name] - 1)


def of_float(
    number: float, name: str, mode: str = "rn", *, relu: bool = False, satfinite: bool = False
) -> int:
    """``cvt``: any float, rounded, with the modifiers of the conversion."""
    if math.isnan(number):
        return NAN[name]
    if relu and number <= 0:
        return 0
    if satfinite:
        number = max(min(number, largest(name)), -largest(name))
    if math.isinf(number):
        return pattern(number, name)
    return rounded(Fraction(number), name, mode, math.copysign(1, number) < 0)


def fused(a: float, b: float, c: float, name: str) -> int:
    """a * b + c by IEEE 754, to nearest even."""
    if any(map(math.isnan, (a, b, c))) or (math.isinf(a) and b == 0) or (math.isinf(b) and a == 0):
        return NAN[name]
    product_negative = math.copysign(1, a) * math.copysign(1, b) < 0
    if math.isinf(a) or math.isinf(b) or math.isinf(c):
        product = -math.inf if product_negative else math.inf
        total = (product if math.isinf(a) or math.isinf(b) else 0.0) + (c if math.isinf(c) else 0.0)
        return pattern(total, name)
    negative_zero = product_negative and math.copysign(1, c) < 0
    return rounded(Fraction(a) * Fraction(b) + Fraction(c), name, "rn", negative_zero)


def flushed(bits: int, name: str) -> int:
    """Subnormals to zeros of their sign."""
    smallest_normal = {"f16": 2.0**-14, "bf16": 2.0**-126}[name]
    sign = bits & 1 << (BITS[name] - 1)
    return sign if abs(value(bits, name)) < smallest_normal else bits


def patterns(name: str) -> st.SearchStrategy[int]:
    """Any pattern, with a liking for the ends of the ranges and for numbers near 1."""
    infinity = len(_magnitudes(name))
    one = pattern(1.0, name)
    size = st.one_of(
        st.sampled_from([0, 1, 2, infinity - 1, infinity, infinity + 1, one, one + 1, one - 1]),
        st.integers(0, infinity + 1),
        st.integers(max(one - 300, 0), min(one + 300, infinity)),
        st.integers(0, 300),
    )
    top = 1 << (BITS[name] - 1)
    return st.builds(lambda size, sign: min(size, top - 1) | (top if sign else 0), size, st.booleans())


def batches(name: str, operands: int) -> st.SearchStrategy[list[tuple[int, ...]]]:
    return st.lists(st.tuples(*[patterns(name)] * operands), min_size=2, max_size=8)


def halfway(name: str) -> st.SearchStrategy[Fraction]:
    """A point between two neighbouring numbers, or a little beside it, of either sign."""
    magnitudes = _magnitudes(name)

    def make(index: int, sign: int, aside: int) -> Fraction:
        middle = (Fraction(magnitudes[index]) + Fraction(magnitudes[index + 1])) / 2
        return sign * middle * (1 + Fraction(aside, 1 << 40))

    index = st.one_of(st.integers(0, 40), st.integers(0, len(magnitudes) - 2))
    return st.builds(make, index, st.sampled_from([1, -1]), st.sampled_from([-1, 0, 1]))


def twice(cases: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Cases for a packed type: each lane takes its lower halves from one case, its upper from another."""
    return [tuple(b << 16 | a for a, b in zip(low, high)) for low, high in zip(cases, cases[1:] + cases[:1])]


def of_both(oracle):
    """An oracle of 16-bit patterns, for words that hold two of them."""

    def both(*words: int) -> int:
        return oracle(*(w >> 16 for w in words)) << 16 | oracle(*(w & 0xFFFF for w in words))

    return both
