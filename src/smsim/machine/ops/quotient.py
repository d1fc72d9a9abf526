"""``div``, ``rcp`` and ``sqrt`` of floating-point numbers, correctly rounded in any direction.

NumPy's division and square root round to nearest, as IEEE 754 asks. For the other directions the sign of
the exact remainder says on which side of the true value that result lies.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops import exact
from smsim.machine.ops.rounding import directed, mode_of, two_product
from smsim.machine.ops.special import finished

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]


def div(form: Form) -> Operation:
    """``div.rnd{.ftz}.f32`` and ``div.rnd.f64``."""
    return finished(form, _divider(form))


def rcp(form: Form) -> Operation:
    """``rcp.rnd{.ftz}.f32`` and ``rcp.rnd.f64``: 1 / a."""
    divide = _divider(form)
    return finished(form, lambda a: divide(np.ones((1, 1), a.dtype), a))


def _divider(form: Form) -> Operation:
    mode = mode_of(form.flags)
    if mode == "rn":
        return np.divide
    return partial(_quotient_double if form.type == "f64" else _quotient_single, mode=mode)


def _quotient_single(a: np.ndarray, b: np.ndarray, *, mode: str) -> np.ndarray:
    """The remainder a - q * b has at most 25 bits more than a float32 product: float64 holds it."""
    nearest = np.divide(a, b)
    wide = b.astype(np.float64)
    remainder = np.subtract(a.astype(np.float64), np.multiply(nearest.astype(np.float64), wide))
    # q is off by remainder / b. An infinite q that overflowed has an infinite remainder of q's other sign.
    return directed(nearest, _only_finite(np.multiply(remainder, np.copysign(1.0, wide)), a, b), mode)


def _quotient_double(a: np.ndarray, b: np.ndarray, *, mode: str) -> np.ndarray:
    nearest = np.divide(a, b)
    product, low = two_product(nearest, b)
    remainder = np.subtract(np.subtract(a, product), low)
    result = directed(nearest, _only_finite(np.multiply(remainder, np.copysign(1.0, b)), a, b), mode)
    ordinary = np.isfinite(a) & np.isfinite(b) & np.not_equal(a, 0) & np.not_equal(b, 0)
    safe = _middling(a) & _middling(b) & _middling(nearest)
    return exact.repair(result, ordinary & ~safe, exact.quotient, (a, b), mode)


def _only_finite(error: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """No error where an operand is infinite or NaN, or the divisor zero: those results are exact."""
    exact_lanes = ~(np.isfinite(a) & np.isfinite(b)) | np.equal(b, 0)
    return np.where(exact_lanes, 0.0, error)


def _middling(a: np.ndarray) -> np.ndarray:
    """Far enough from overflow and underflow that products of two such numbers split exactly."""
    magnitude = np.abs(a)
    return np.less(magnitude, 2.0**480) & np.greater(magnitude, 2.0**-480)


def sqrt(form: Form) -> Operation:
    """``sqrt.rnd{.ftz}.f32`` and ``sqrt.rnd.f64``."""
    mode = mode_of(form.flags)
    if mode == "rn":
        return finished(form, np.sqrt)
    return finished(form, partial(_root_double if form.type == "f64" else _root_single, mode=mode))


def _root_single(a: np.ndarray, *, mode: str) -> np.ndarray:
    nearest = np.sqrt(a)
    wide = nearest.astype(np.float64)
    return directed(nearest, np.subtract(a.astype(np.float64), np.multiply(wide, wide)), mode)


def _root_double(a: np.ndarray, *, mode: str) -> np.ndarray:
    nearest = np.sqrt(a)
    square, low = two_product(nearest, nearest)
    result = directed(nearest, np.subtract(np.subtract(a, square), low), mode)
    ordinary = np.isfinite(a) & np.greater(a, 0)
    safe = np.greater(a, 2.0**-900) & np.less(a, 2.0**960)
    result = np.where(ordinary, result, nearest)
    return exact.repair(result, ordinary & ~safe, exact.root, (a,), mode)
