"""Integer arithmetic: sums, products, their mixtures, and the small functions around them.

NumPy's integers wrap as the hardware's do. The plain sums and products are single ufunc calls, so that
they also work on operands that NumPy only knows through ``__array_ufunc__`` (lazy sums of thread and
block parts).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import dtype_of, wider

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]


def add(form: Form) -> Operation:
    """``add.type``, and ``add.sat.s32`` that clamps instead of wrapping."""
    return _saturating(np.add) if "sat" in form.flags else np.add


def sub(form: Form) -> Operation:
    """``sub.type``, and ``sub.sat.s32``."""
    return _saturating(np.subtract) if "sat" in form.flags else np.subtract


def _saturating(ufunc: np.ufunc) -> Operation:
    """32-bit signed only, as in the ISA: the sum is exact in 64 bits, then clamped."""

    def compute(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return _clamp_s32(ufunc(a.astype(np.int64), b.astype(np.int64)))

    return compute


def _clamp_s32(value: np.ndarray) -> np.ndarray:
    return np.minimum(np.maximum(value, -(2**31)), 2**31 - 1).astype(np.int32)


def mul(form: Form) -> Operation:
    """``mul.lo`` (the low half), ``mul.hi`` (the high half), ``mul.wide`` (both)."""
    if "wide" in form.flags:
        return mul_wide
    return mul_high if "hi" in form.flags else np.multiply


def mul_wide(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The whole product, in a type twice as wide."""
    double = wider(a.dtype)
    return np.multiply(a.astype(double), b.astype(double))


def mul_high(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The upper half of the product."""
    if a.dtype.itemsize == 8:
        return _mul_high_64(a, b)
    shift = wider(a.dtype).type(a.dtype.itemsize * 8)
    return np.right_shift(mul_wide(a, b), shift).astype(a.dtype)


def _mul_high_64(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Schoolbook multiplication in base 2**32. No sum below can reach 2**64."""
    x, y = a.view(np.uint64), b.view(np.uint64)
    base, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    x_low, x_high = np.bitwise_and(x, low), np.right_shift(x, base)
    y_low, y_high = np.bitwise_and(y, low), np.right_shift(y, base)
    cross = np.add(np.multiply(x_high, y_low), np.right_shift(np.multiply(x_low, y_low), base))
    other = np.add(np.multiply(x_low, y_high), np.bitwise_and(cross, low))
    high = np.add(np.multiply(x_high, y_high), np.right_shift(cross, base))
    high = np.add(high, np.right_shift(other, base))
    if a.dtype.kind == "u":
        return high
    # A negative factor was read as 2**64 too much: take the other factor off the upper half.
    high = np.subtract(high, np.where(np.less(a, 0), y, np.uint64(0)))
    high = np.subtract(high, np.where(np.less(b, 0), x, np.uint64(0)))
    return high.view(np.int64)


def mad(form: Form) -> Operation:
    """``mad.lo``, ``mad.hi``, ``mad.wide``: a * b + c, and ``mad.hi.sat.s32``."""
    multiply = mul(form)
    if "sat" in form.flags:

        def clamped(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
            return _clamp_s32(np.add(multiply(a, b).astype(np.int64), c.astype(np.int64)))

        return clamped
    return lambda a, b, c: np.add(multiply(a, b), c)


def mul24(form: Form) -> Operation:
    """``mul24.lo`` and ``.hi``: bits 0-31 or 16-47 of the product of the low 24 bits of each factor."""
    return _product_24(form)


def mad24(form: Form) -> Operation:
    """``mad24.lo`` and ``.hi``, and ``mad24.hi.sat.s32``: the 24-bit product plus c."""
    multiply = _product_24(form)
    if "sat" in form.flags:

        def clamped(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
            return _clamp_s32(np.add(multiply(a, b).astype(np.int64), c.astype(np.int64)))

        return clamped
    return lambda a, b, c: np.add(multiply(a, b), c)


def _product_24(form: Form) -> Operation:
    dtype = dtype_of(form.type)
    eight = dtype.type(8)
    shift = wider(dtype).type(16 if "hi" in form.flags else 0)

    def compute(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        # Up and down again by eight bits: what is left is 24 bits, with the sign where there is one.
        a, b = (np.right_shift(np.left_shift(x, eight), eight) for x in (a, b))
        return np.right_shift(mul_wide(a, b), shift).astype(dtype)

    return compute


def sad(form: Form) -> Operation:
    """``sad``: c plus the absolute difference of a and b."""

    def compute(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        return np.add(c, np.subtract(np.maximum(a, b), np.minimum(a, b)))

    return compute


def neg(form: Form) -> Operation:
    """``neg``: 0 - a; the most negative number stays."""
    return np.negative


def absolute(form: Form) -> Operation:
    """``abs``: the most negative number stays."""
    return np.absolute


def minimum(form: Form) -> Operation:
    """``min``, and ``min.relu`` that is at least zero."""
    return _with_relu(form, np.minimum)


def maximum(form: Form) -> Operation:
    """``max``, and ``max.relu``."""
    return _with_relu(form, np.maximum)


def _with_relu(form: Form, ufunc: np.ufunc) -> Operation:
    if "relu" in form.flags:
        return lambda a, b: np.maximum(ufunc(a, b), a.dtype.type(0))
    return ufunc
