"""Correctly rounded results by whole numbers, one lane at a time: slow, plain, and always right.

The array code hands over those few lanes that its floating-point tricks cannot vouch for, mostly
because an intermediate value would overflow or underflow. Everything here works on bit patterns held
in Python integers.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

import numpy as np

from smsim.machine.ops.formats import FloatFormat, format_of, unsigned


def decode(pattern: int, form: FloatFormat) -> tuple[bool, int, int]:
    """A finite number as ``(negative, m, e)``: its magnitude is m * 2**e."""
    fraction_bits = form.precision - 1
    exponent = (pattern & form.infinity) >> fraction_bits
    fraction = pattern & ((1 << fraction_bits) - 1)
    if exponent:
        fraction |= 1 << fraction_bits
    scale = max(exponent, 1) - 1 + form.lowest_exponent - fraction_bits
    return bool(pattern & form.sign_bit), fraction, scale


def encode(negative: bool, numerator: int, denominator: int, form: FloatFormat, mode: str) -> int:
    """The pattern of ``numerator / denominator`` (not negative) with a sign, rounded as ``mode`` says."""
    sign = form.sign_bit if negative else 0
    if numerator == 0:
        return sign
    exponent = numerator.bit_length() - denominator.bit_length()
    if _shifted(numerator, -exponent) < _shifted(denominator, exponent):
        exponent -= 1
    exponent = max(exponent, form.lowest_exponent)
    shift = form.precision - 1 - exponent
    significand, rest = divmod(_shifted(numerator, shift), _shifted(denominator, -shift))
    rest, whole = 2 * rest, _shifted(denominator, -shift)
    up = {
        "rn": rest > whole or (rest == whole and significand & 1),
        "rz": False,
        "rm": rest and negative,
        "rp": rest and not negative,
    }[mode]
    pattern = ((exponent - form.lowest_exponent) << (form.precision - 1)) + significand + bool(up)
    if pattern >= form.infinity:
        inward = mode == "rz" or (mode == "rm" and not negative) or (mode == "rp" and negative)
        pattern = form.infinity - inward
    return sign | pattern


def _shifted(value: int, amount: int) -> int:
    """``value`` times 2**amount for positive amounts, untouched otherwise."""
    return value << amount if amount > 0 else value


def fused(a: int, b: int, c: int, form: FloatFormat, mode: str) -> int:
    """a * b + c, rounded once. All finite."""
    (a_sign, a_m, a_e), (b_sign, b_m, b_e), (c_sign, c_m, c_e) = (decode(x, form) for x in (a, b, c))
    p_sign, p_m, p_e = a_sign != b_sign, a_m * b_m, a_e + b_e
    scale = min(p_e, c_e)
    product = (-p_m if p_sign else p_m) << (p_e - scale)
    total = product + ((-c_m if c_sign else c_m) << (c_e - scale))
    if total == 0:
        negative = p_sign if p_sign == c_sign else mode == "rm"
    else:
        negative = total < 0
    return encode(negative, abs(total) << max(scale, 0), 1 << max(-scale, 0), form, mode)


def product(a: int, b: int, form: FloatFormat, mode: str) -> int:
    """a * b. All finite."""
    (a_sign, a_m, a_e), (b_sign, b_m, b_e) = decode(a, form), decode(b, form)
    scale = a_e + b_e
    return encode(a_sign != b_sign, (a_m * b_m) << max(scale, 0), 1 << max(-scale, 0), form, mode)


def total(a: int, b: int, form: FloatFormat, mode: str) -> int:
    """a + b. All finite."""
    one = (1 - form.lowest_exponent) << (form.precision - 1)
    return fused(a, one, b, form, mode)


def quotient(a: int, b: int, form: FloatFormat, mode: str) -> int:
    """a / b. Both finite, b not zero."""
    (a_sign, a_m, a_e), (b_sign, b_m, b_e) = decode(a, form), decode(b, form)
    scale = a_e - b_e
    return encode(a_sign != b_sign, a_m << max(scale, 0), b_m << max(-scale, 0), form, mode)


def root(a: int, form: FloatFormat, mode: str) -> int:
    """The square root of a finite number above zero."""
    _, m, e = decode(a, form)
    shift = 2 * form.precision + 8 + (e & 1)  # makes the exponent even, and leaves bits to spare
    m, e = m << shift, e - shift
    floor = isqrt(m)
    # A last bit that says "and a little more" keeps every rounding decision right.
    sticky = 2 * floor + (floor * floor != m)
    half = e // 2 - 1
    return encode(False, sticky << max(half, 0), 1 << max(-half, 0), form, mode)


def repair(
    result: np.ndarray,
    rare: np.ndarray,
    scalar: Callable[..., int],
    operands: tuple[np.ndarray, ...],
    mode: str,
) -> np.ndarray:
    """``result`` with the lanes of ``rare`` computed again by ``scalar``, in place.

    Args:
        result: the array's own float results, of the full shape.
        rare: bool, broadcasts to that shape.
        scalar: one of this module's functions, over patterns.
        operands: its floating-point operands, which broadcast to that shape.
        mode: rounding mode.
    """
    if not rare.any():
        return result
    form, pattern = format_of(result.dtype), unsigned(result.dtype)
    where = np.nonzero(np.broadcast_to(rare, result.shape))
    columns = [np.broadcast_to(x, result.shape)[where].view(pattern).tolist() for x in operands]
    values = [scalar(*lane, form, mode) for lane in zip(*columns, strict=True)]
    result.view(pattern)[where] = values
    return result
