"""Correct rounding by rational numbers, written apart from the code under test."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

# name: (struct code of the float, of its bits, precision, lowest exponent, highest exponent, NaN)
FORMATS = {
    "f16": ("e", "H", 11, -14, 15, 0x7FFF),
    "f32": ("f", "I", 24, -126, 127, 0x7FFFFFFF),
    "f64": ("d", "Q", 53, -1022, 1023, 0xFFF8000000000000),
}


def to_float(pattern: int, name: str) -> float:
    code, bits, *_ = FORMATS[name]
    return struct.unpack("<" + code, struct.pack("<" + bits, pattern))[0]


def to_pattern(value: float, name: str) -> int:
    """``value`` must be a number of that format, an infinity, or NaN."""
    code, bits, *_, nan = FORMATS[name]
    if math.isnan(value):
        return nan
    return struct.unpack("<" + bits, struct.pack("<" + code, value))[0]


def rounded(value: Fraction, name: str, mode: str, zero_is_negative: bool = False) -> int:
    """The pattern of ``value`` rounded to the format ``name``."""
    _, _, precision, lowest, highest, _ = FORMATS[name]
    if value == 0:
        return to_pattern(-0.0 if zero_is_negative else 0.0, name)
    exponent = lowest
    while abs(value) >= Fraction(2) ** (exponent + 1):
        exponent += 1 if abs(value) < Fraction(2) ** (exponent + 65) else 64
    sign = -1.0 if value < 0 else 1.0
    unit = Fraction(2) ** (exponent - precision + 1)
    steps = value / unit
    below = math.floor(steps)
    rest = steps - below
    if mode == "rm":
        chosen = below
    elif mode == "rp":
        chosen = math.ceil(steps)
    elif mode == "rz":
        chosen = math.trunc(steps)
    elif rest == Fraction(1, 2):
        chosen = below + (below % 2)
    else:
        chosen = below + (rest > Fraction(1, 2))
    result = chosen * unit
    largest = (2 - Fraction(2) ** (1 - precision)) * Fraction(2) ** highest
    if abs(result) > largest:
        inward = mode == "rz" or (mode == "rm" and value > 0) or (mode == "rp" and value < 0)
        infinite = largest if inward else math.inf
        return to_pattern(math.copysign(float(infinite), sign), name)
    return to_pattern(math.copysign(float(abs(result)), sign), name)


def flushed(pattern: int, name: str) -> int:
    """Subnormals to zeros of their sign."""
    value = to_float(pattern, name)
    if math.isfinite(value) and abs(value) < 2.0 ** FORMATS[name][3]:
        return to_pattern(math.copysign(0.0, value), name)
    return pattern


def saturated(pattern: int, name: str) -> int:
    value = to_float(pattern, name)
    return to_pattern(min(value, 1.0) if value > 0 else 0.0, name)


def fused(a: float, b: float, c: float, name: str, mode: str) -> int:
    """a * b + c by IEEE 754."""
    if any(map(math.isnan, (a, b, c))) or (math.isinf(a) and b == 0) or (math.isinf(b) and a == 0):
        return FORMATS[name][-1]
    sign = math.copysign(1, a) * math.copysign(1, b)
    if math.isinf(a) or math.isinf(b):
        if math.isinf(c) and math.copysign(1, c) != sign:
            return FORMATS[name][-1]
        return to_pattern(math.copysign(math.inf, sign), name)
    if math.isinf(c):
        return to_pattern(c, name)
    value = Fraction(a) * Fraction(b) + Fraction(c)
    product_negative, c_negative = sign < 0, math.copysign(1, c) < 0
    negative = product_negative if product_negative == c_negative else mode == "rm"
    return rounded(value, name, mode, negative)


def added(a: float, b: float, name: str, mode: str) -> int:
    return fused(a, 1.0, b, name, mode)


def multiplied(a: float, b: float, name: str, mode: str) -> int:
    if math.isfinite(a) and math.isfinite(b):
        return rounded(Fraction(a) * Fraction(b), name, mode, math.copysign(1, a) != math.copysign(1, b))
    return fused(a, b, 0.0, name, mode)


def divided(a: float, b: float, name: str, mode: str) -> int:
    negative = math.copysign(1, a) != math.copysign(1, b)
    sign = -1.0 if negative else 1.0
    if math.isnan(a) or math.isnan(b) or (math.isinf(a) and math.isinf(b)) or (a == 0 and b == 0):
        return FORMATS[name][-1]
    if math.isinf(a) or b == 0:
        return to_pattern(math.copysign(math.inf, sign), name)
    if math.isinf(b):
        return to_pattern(math.copysign(0.0, sign), name)
    return rounded(Fraction(a) / Fraction(b), name, mode, negative)


def rooted(a: float, name: str, mode: str) -> int:
    if a == 0:
        return to_pattern(a, name)
    if math.isnan(a) or a < 0:
        return FORMATS[name][-1]
    if math.isinf(a):
        return to_pattern(a, name)
    # A root of enough digits, moved off any boundary it does not lie on exactly.
    value = Fraction(a)
    scale = 4**700
    root = math.isqrt(math.floor(value * scale))
    exact = Fraction(root * root, scale) == value
    return rounded(Fraction(root * 2 + (not exact), 2 * 2**700), name, mode)
