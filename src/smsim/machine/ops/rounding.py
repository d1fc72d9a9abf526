"""Rounding in any of the four directions, on top of NumPy, which only rounds to nearest.

The method is always the same: let NumPy round to nearest, find the exact error of that result (as a
number or only as a sign), and step to the neighbour where the direction asks for it.

Sources: TwoSum is Knuth's (TAOCP vol. 2, 4.2.2, theorem B), TwoProduct and the splitting are Dekker's
and Veltkamp's (Numerische Mathematik 18, 1971), rounding to odd is Boldo and Melquiond's ("Emulation of
a FMA and correctly rounded sums", IEEE Trans. Computers 57, 2008).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from smsim.machine.ops.formats import signed

MODES = ("rn", "rz", "rm", "rp")

_SPLITTER = 134217729.0  # 2**27 + 1


def mode_of(flags: Iterable[str], default: str = "rn") -> str:
    """The rounding mode among an instruction's modifiers: rn nearest even, rz to zero, rm down, rp up."""
    return next((mode for mode in MODES if mode in flags), default)


def two_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``s, e`` with s = a + b rounded to nearest and s + e = a + b exactly, unless s overflows."""
    total = np.add(a, b)
    part = np.subtract(total, a)
    return total, np.add(np.subtract(a, np.subtract(total, part)), np.subtract(b, part))


def _split(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two float64 of at most 26 bits each whose sum is ``a`` (for abs(a) below 2**996)."""
    scaled = np.multiply(a, _SPLITTER)
    high = np.subtract(scaled, np.subtract(scaled, a))
    return high, np.subtract(a, high)


def two_product(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``p, e`` in float64 with p = a * b rounded and p + e = a * b exactly.

    Exact where abs(a) and abs(b) are below 2**996 and abs(p) lies between 2**-960 and 2**1020, or is a
    true zero.
    """
    product = np.multiply(a, b)
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    error = np.subtract(np.multiply(a_high, b_high), product)
    error = np.add(error, np.multiply(a_high, b_low))
    error = np.add(error, np.multiply(a_low, b_high))
    return product, np.add(error, np.multiply(a_low, b_low))


def to_odd(nearest: np.ndarray, error: np.ndarray) -> np.ndarray:
    """The float64 sum ``nearest + error`` rounded to odd.

    Args:
        nearest: the sum rounded to nearest even.
        error: what is left, exactly.

    Rounding to odd keeps a trace of every bit that was cut off, so rounding its result a second time,
    to at most 51 bits, gives the same as rounding once.
    """
    bits = nearest.view(np.int64)
    inexact = np.not_equal(error, 0.0) & np.isfinite(nearest)
    even = np.equal(np.bitwise_and(bits, 1), 0)
    inward = np.not_equal(np.signbit(error), np.signbit(nearest))
    return _step(nearest, inexact & even, inward)


def _step(values: np.ndarray, where: np.ndarray, inward: np.ndarray) -> np.ndarray:
    """The next number away from zero, or toward it where ``inward``; only ``where`` says so.

    Neighbours differ by one in their patterns. The steps -1, 0, 1 are made in bytes: np.where would cost
    a mispredicted branch a lane.
    """
    bits = values.view(signed(values.dtype))
    steps = np.multiply(where.view(np.int8), np.subtract(np.int8(1), np.multiply(inward, np.int8(2))))
    return np.add(bits, steps.astype(bits.dtype)).view(values.dtype)


def directed(nearest: np.ndarray, error: np.ndarray, mode: str) -> np.ndarray:
    """Turn a result rounded to nearest into one rounded as ``mode`` says.

    Args:
        nearest: float16, float32 or float64.
        error: exact value minus ``nearest``; only its sign counts. Zero or NaN leave a lane alone.
        mode: ``rn``, ``rz``, ``rm`` or ``rp``.

    Infinities that came of an overflow have an infinite error and step back to the largest number.
    """
    if mode == "rn":
        return nearest
    negative = np.signbit(nearest)
    if mode == "rz":
        wrong = np.less(error, 0) & ~negative | np.greater(error, 0) & negative
        return _step(nearest, wrong, np.ones((1, 1), bool))
    if mode == "rm":
        return _step(nearest, np.less(error, 0), ~negative)
    return _step(nearest, np.greater(error, 0), negative)


def narrow(value: np.ndarray, dtype: np.dtype, mode: str) -> np.ndarray:
    """A float64 array rounded to float32 or float16 (``dtype``) as ``mode`` says.

    ``value`` is exact, or was rounded to odd.
    """
    nearest = value.astype(dtype)
    if mode == "rn":
        return nearest
    return directed(nearest, np.subtract(value, nearest.astype(np.float64)), mode)


def narrow_to_odd(value: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """A float64 array as float32 or float16 (``dtype``), rounded to odd.

    ``value`` is exact, or was rounded to odd itself. What is too large becomes the largest number, which
    is odd, and not infinity: so a last rounding, to fewer bits, still sees it as it was. A NaN stays one.
    """
    cut = narrow(value, dtype, "rz")
    inexact = np.not_equal(cut.astype(np.float64), value)
    return np.bitwise_or(cut.view(signed(dtype)), inexact).view(dtype)


def sign_of_zero_sum(
    result: np.ndarray, total: np.ndarray, a: np.ndarray, b: np.ndarray, mode: str
) -> np.ndarray:
    """``result`` of rounding a + b with IEEE 754's sign where the sum is zero: rounding down gives -0.

    ``total`` is the sum before it was rounded for good: a tiny one that merely rounds to zero keeps its
    sign. Other modes give +0 unless both terms are -0, which is what NumPy did already.
    """
    if mode != "rm":
        return result
    negative = np.equal(total, 0) & (np.signbit(a) | np.signbit(b))
    return np.where(negative, result.dtype.type(-0.0), result)
