"""``add``, ``sub``, ``mul``, ``neg``, ``abs``, ``min``, ``max`` of floating-point numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops import exact
from smsim.machine.ops.formats import dtype_of, format_of, unsigned
from smsim.machine.ops.rounding import (
    directed,
    mode_of,
    narrow,
    sign_of_zero_sum,
    to_odd,
    two_product,
    two_sum,
)
from smsim.machine.ops.special import canonical, finished, flush

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]


def add(form: Form) -> Operation:
    """``add{.rnd}{.ftz}{.sat}.f32`` and ``add{.rnd}.f64``."""
    mode = mode_of(form.flags)
    if mode == "rn":
        return finished(form, np.add)
    return finished(form, partial(_sum_double if form.type == "f64" else _sum_single, mode=mode))


def sub(form: Form) -> Operation:
    """``sub``: a + (-b), which is how IEEE 754 defines it in every rounding mode."""
    mode = mode_of(form.flags)
    if mode == "rn":
        return finished(form, np.subtract)
    compute = partial(_sum_double if form.type == "f64" else _sum_single, mode=mode)
    return finished(form, lambda a, b: compute(a, np.negative(b)))


def mul(form: Form) -> Operation:
    """``mul{.rnd}{.ftz}{.sat}.f32`` and ``mul{.rnd}.f64``."""
    mode = mode_of(form.flags)
    if mode == "rn":
        return finished(form, np.multiply)
    return finished(form, partial(_product_double if form.type == "f64" else _product_single, mode=mode))


def _sum_single(a: np.ndarray, b: np.ndarray, *, mode: str) -> np.ndarray:
    total = to_odd(*two_sum(a.astype(np.float64), b.astype(np.float64)))
    return sign_of_zero_sum(narrow(total, a.dtype, mode), total, a, b, mode)


def _product_single(a: np.ndarray, b: np.ndarray, *, mode: str) -> np.ndarray:
    """The product of two float32 has 48 bits: float64 holds it exactly."""
    return narrow(np.multiply(a.astype(np.float64), b.astype(np.float64)), a.dtype, mode)


def _sum_double(a: np.ndarray, b: np.ndarray, *, mode: str) -> np.ndarray:
    nearest, error = two_sum(a, b)
    result = sign_of_zero_sum(directed(nearest, error, mode), nearest, a, b, mode)
    finite = np.isfinite(a) & np.isfinite(b)
    close_to_overflow = ~np.less(np.maximum(np.abs(a), np.abs(b)), 2.0**1020)
    result = np.where(finite, result, nearest)
    return exact.repair(result, finite & close_to_overflow, exact.total, (a, b), mode)


def _product_double(a: np.ndarray, b: np.ndarray, *, mode: str) -> np.ndarray:
    nearest, error = two_product(a, b)
    result = directed(nearest, error, mode)
    finite = np.isfinite(a) & np.isfinite(b)
    magnitude = np.abs(nearest)
    safe = np.greater(magnitude, 2.0**-960) & np.less(magnitude, 2.0**1000)
    safe &= np.less(np.maximum(np.abs(a), np.abs(b)), 2.0**990)
    plain = ~finite | np.equal(a, 0) | np.equal(b, 0)
    result = np.where(plain, nearest, result)
    return exact.repair(result, ~plain & ~safe, exact.product, (a, b), mode)


def neg(form: Form) -> Operation:
    """``neg{.ftz}``: the sign turned over. A NaN becomes the canonical one (the ISA leaves it open)."""
    return finished(form, np.negative)


def absolute(form: Form) -> Operation:
    """``abs{.ftz}``: the sign cleared. NaN as for ``neg``."""
    return finished(form, np.absolute)


def minimum(form: Form) -> Operation:
    """``min{.ftz}{.NaN}{.xorsign.abs}``, and ``min{.ftz}{.NaN}{.abs}`` of three; -0 is less than +0."""
    return _extreme(form, np.less_equal, _either_sign)


def maximum(form: Form) -> Operation:
    """``max{.ftz}{.NaN}{.xorsign.abs}``, and ``max{.ftz}{.NaN}{.abs}`` of three; +0 is more than -0."""
    return _extreme(form, np.greater_equal, _both_signs)


def _either_sign(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.bitwise_or(a, b)


def _both_signs(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.bitwise_and(a, b)


def _extreme(form: Form, before: np.ufunc, zero_sign: Operation) -> Operation:
    """One NaN operand gives the other operand; with ``.NaN`` it gives NaN. Two give the canonical NaN.

    ``before(a, b)`` says that a is to be taken. (``np.fmin`` and its kin differ between machines on
    signalling NaNs.)
    """
    nan_wins = "NaN" in form.flags
    ftz, xorsign = "ftz" in form.flags, "xorsign" in form.flags
    dtype = dtype_of(form.type)
    word = unsigned(dtype)
    sign_bit = word.type(format_of(dtype).sign_bit)

    def of_three(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        if "abs" in form.flags:
            a, b, c = np.absolute(a), np.absolute(b), np.absolute(c)
        return compute(compute(a, b), c)

    def compute(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if ftz:
            a, b = flush(a), flush(b)
        signs = np.bitwise_and(np.bitwise_xor(a.view(word), b.view(word)), sign_bit)
        if xorsign:
            a, b = np.absolute(a), np.absolute(b)
        first = np.logical_or(before(a, b), np.isnan(a if nan_wins else b))
        result = np.where(first, a, b)
        # Zeros of either sign compare equal. Their patterns differ in the sign alone.
        zeros = np.equal(a, 0) & np.equal(b, 0)
        if zeros.any():
            result = np.where(zeros, zero_sign(a.view(word), b.view(word)).view(dtype), result)
        if xorsign:
            result = np.bitwise_or(result.view(word), signs).view(dtype)
        return canonical(result)

    return of_three if len(form.operands) == 4 else compute


def copysign(form: Form) -> Operation:
    """``copysign d, a, b``: the magnitude of b with the sign of a; bits only, NaN included."""
    dtype = dtype_of(form.type)
    word = unsigned(dtype)
    sign_bit = word.type(format_of(dtype).sign_bit)

    def compute(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        sign = np.bitwise_and(a.view(word), sign_bit)
        return np.bitwise_or(np.bitwise_and(b.view(word), ~sign_bit), sign).view(dtype)

    return compute
