"""The approximate functions: ``ex2 lg2 sin cos tanh rcp rsqrt sqrt div``, marked ``.approx`` or ``.full``.

The ISA gives error bounds for them, not results, and hardware reads them from its own tables. Here they
are computed in float64 from additions, multiplications, divisions and square roots only, and rounded once
to float32: far inside every bound, and the same bits on every machine. (No ``np.sin`` or ``np.exp2``: those
come from the host's C library.) Bounds and special cases: PTX ISA, "Floating-Point Instructions".
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.special import canonical, finished

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]

_LN2 = 0.6931471805599453
_LOG2E = 1.4426950408889634
_TWO_PI = 6.283185307179586

# Taylor coefficients, highest power first, long enough that what is cut off is below 2**-40.
_EXP2 = [_LN2**k / factorial(k) for k in range(12, -1, -1)]  # of 2**x, for abs(x) <= 1/2
_SINE = [(-1) ** k / factorial(2 * k + 1) for k in range(9, -1, -1)]  # of sin(x)/x in x*x, abs(x) <= pi/2
_COSINE = [(-1) ** k / factorial(2 * k) for k in range(10, -1, -1)]  # of cos(x) in x*x
_ATANH = [2 * _LOG2E / (2 * k + 1) for k in range(10, -1, -1)]  # of log2((1+s)/(1-s))/s in s*s


def _polynomial(coefficients: list[float], x: np.ndarray) -> np.ndarray:
    """Horner's rule, each step rounded."""
    total = np.multiply(x, coefficients[0])
    for coefficient in coefficients[1:-1]:
        total = np.multiply(np.add(total, coefficient), x)
    return np.add(total, coefficients[-1])


def _in_double(form: Form, function: Operation) -> Operation:
    """``function`` on float64, its result rounded to float32; with ``.ftz`` around it if asked for."""
    return finished(form, lambda *x: function(*(v.astype(np.float64) for v in x)).astype(np.float32))


def _exactly_two_to(exponent: np.ndarray) -> np.ndarray:
    """2.0**exponent for whole ``exponent`` from -1022 to 1023: the number's bits, put together."""
    return np.left_shift(np.add(exponent.astype(np.int64), 1023), 52).view(np.float64)


def power_of_two(x: np.ndarray) -> np.ndarray:
    """2 to the x, for float64."""
    x = np.minimum(np.maximum(x, -1000.0), 1000.0)  # beyond float32's range on both sides
    whole = np.rint(x)
    power = _exactly_two_to(np.where(np.isnan(whole), 0.0, whole))
    return np.multiply(_polynomial(_EXP2, np.subtract(x, whole)), power)


def _log2(x: np.ndarray) -> np.ndarray:
    bits = x.view(np.int64)
    # Take off the exponent so that the rest lies between sqrt(1/2) and sqrt(2), near 1 on both sides.
    root_half = np.int64(0x3FE6A09E667F3BCD)
    exponent = np.right_shift(np.subtract(bits, root_half), 52)
    rest = np.subtract(bits, np.left_shift(exponent, 52)).view(np.float64)
    s = np.divide(np.subtract(rest, 1.0), np.add(rest, 1.0))
    result = np.add(exponent, np.multiply(s, _polynomial(_ATANH, np.multiply(s, s))))
    result = np.where(np.equal(x, 0), -np.inf, np.where(np.less(x, 0), np.nan, result))
    return np.where(np.isfinite(x) | np.less(x, 0), result, x)


def _turn(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The angle as ``quarter, rest``: whole quarter turns (0 to 3) and what is left, in -pi/4 .. pi/4.

    Dividing by a rounded 2 pi is off by a relative 2**-52, so the angle is right to 2**-44 up to 100 pi,
    the largest argument the ISA bounds. Beyond 2**50 turns nothing is left; hardware loses it sooner.
    """
    turns = np.divide(x, _TWO_PI)
    turns = np.subtract(turns, np.rint(turns))
    quarters = np.rint(np.multiply(turns, 4.0))
    rest = np.multiply(np.subtract(turns, np.multiply(quarters, 0.25)), _TWO_PI)
    return np.bitwise_and(np.where(np.isnan(quarters), 0, quarters).astype(np.int64), 3), rest


def _circular(x: np.ndarray, ahead: int) -> np.ndarray:
    """The sine of x plus ``ahead`` quarter turns."""
    quarter, rest = _turn(x)
    quarter = np.add(quarter, ahead)
    square = np.multiply(rest, rest)
    odd = np.bitwise_and(quarter, 1).astype(bool)
    sine = np.multiply(rest, _polynomial(_SINE, square))
    value = np.where(odd, _polynomial(_COSINE, square), sine)
    return np.where(np.bitwise_and(quarter, 2).astype(bool), np.negative(value), value)


def _sine(x: np.ndarray) -> np.ndarray:
    return np.where(np.equal(x, 0), x, _circular(x, 0))  # keeps -0


def _cosine(x: np.ndarray) -> np.ndarray:
    return _circular(x, 1)


def hyperbolic_tangent(x: np.ndarray) -> np.ndarray:
    """For float64: 1 - 2 / (e**2x + 1); where that would cancel, x - x**3/3."""
    magnitude = np.abs(x)
    large = np.subtract(1.0, np.divide(2.0, np.add(power_of_two(np.multiply(magnitude, 2 * _LOG2E)), 1.0)))
    small = np.subtract(magnitude, np.divide(np.multiply(magnitude, np.multiply(magnitude, magnitude)), 3.0))
    return np.copysign(np.where(np.less(magnitude, 2.0**-10), small, large), x)


def ex2(form: Form) -> Operation:
    """``ex2.approx{.ftz}.f32``: 2 to the a; relative error at most 2**-22."""
    return _in_double(form, power_of_two)


def lg2(form: Form) -> Operation:
    """``lg2.approx{.ftz}.f32``: error at most 2**-22, absolute between 0.5 and 2, relative elsewhere."""
    return _in_double(form, _log2)


def sin(form: Form) -> Operation:
    """``sin.approx{.ftz}.f32``: absolute error at most 2**-20.5 up to 2 pi, 2**-14.7 up to 100 pi."""
    return _in_double(form, _sine)


def cos(form: Form) -> Operation:
    """``cos.approx{.ftz}.f32``: bounds as for ``sin``."""
    return _in_double(form, _cosine)


def tanh(form: Form) -> Operation:
    """``tanh.approx.f32``: relative error at most 2**-11."""
    return _in_double(form, hyperbolic_tangent)


def rcp(form: Form) -> Operation:
    """``rcp.approx{.ftz}.f32``: 1 / a, at most 1 ulp off; here correctly rounded."""
    return finished(form, lambda a: np.divide(np.float32(1), a))


def rsqrt(form: Form) -> Operation:
    """``rsqrt.approx{.ftz}.f32``: relative error at most 2**-22.9."""
    return _in_double(form, lambda a: np.divide(1.0, np.sqrt(a)))


def sqrt(form: Form) -> Operation:
    """``sqrt.approx{.ftz}.f32``: relative error at most 2**-23; here correctly rounded."""
    return finished(form, np.sqrt)


def div(form: Form) -> Operation:
    """``div.approx{.ftz}.f32``: at most 2 ulp off for divisors from 2**-126 to 2**126.

    A larger divisor gives 0 (NaN for an infinite dividend), as the ISA says: its reciprocal is lost.
    """

    def divide(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        huge = np.greater(np.abs(b), np.float32(2.0**126)) & np.isfinite(b)
        return np.where(huge, np.multiply(a, np.copysign(np.float32(0), b)), np.divide(a, b))

    return finished(form, divide)


def div_full(form: Form) -> Operation:
    """``div.full{.ftz}.f32``: at most 2 ulp off everywhere; here correctly rounded."""
    return finished(form, np.divide)


def rcp_double(form: Form) -> Operation:
    """``rcp.approx.ftz.f64``: sees and delivers only the upper 32 bits of a double."""
    return _upper_half(lambda a: np.divide(1.0, a))


def rsqrt_double(form: Form) -> Operation:
    """``rsqrt.approx.ftz.f64``: the same for 1 / sqrt(a)."""
    return _upper_half(lambda a: np.divide(1.0, np.sqrt(a)))


def rsqrt_long(form: Form) -> Operation:
    """``rsqrt.approx.f64``: 1 / sqrt(a) of a whole double, two roundings."""
    return finished(form, lambda a: np.divide(1.0, np.sqrt(a)))


def _upper_half(function: Operation) -> Operation:
    """Lower halves are ignored in the operand and zero in the result; subnormals flush on both sides."""
    upper = np.uint64(0xFFFFFFFF00000000)
    smallest_normal = np.finfo(np.float64).tiny

    def flushed(a: np.ndarray) -> np.ndarray:
        return np.where(np.less(np.abs(a), smallest_normal), np.copysign(0.0, a), a)

    def compute(a: np.ndarray) -> np.ndarray:
        result = flushed(function(flushed(np.bitwise_and(a.view(np.uint64), upper).view(np.float64))))
        return canonical(np.bitwise_and(result.view(np.uint64), upper).view(np.float64))

    return compute
