"""``fma``: a * b + c, rounded once.

NumPy has no such operation. For float32 the product is exact in float64, and what has to be watched is
that the sum is not rounded twice, to float64 and then to float32. For float64 the product and the sum
are taken apart into exact pieces first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops import exact
from smsim.machine.ops.rounding import (
    directed,
    mode_of,
    narrow,
    sign_of_zero_sum,
    to_odd,
    two_product,
    two_sum,
)
from smsim.machine.ops.special import canonical, finished

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

_FLOAT32_TAIL = np.int64(64 - 29)  # float64 has 29 bits more than float32; this shift leaves them alone
_HALFWAY = np.iinfo(np.int64).min  # those bits when they are 1000...0: half a unit of float32's last place
_TINY = np.finfo(np.float32).tiny  # included below: the largest subnormal may round up to it


def fma(form: Form) -> Callable[..., np.ndarray]:
    """``fma{.rnd}{.ftz}{.sat}.f32`` and ``fma.rnd.f64``; ``mad`` of floats is the same."""
    mode = mode_of(form.flags)
    if form.type == "f64":
        return finished(form, partial(_double, mode=mode))
    if mode != "rn":
        return finished(form, partial(_single_directed, mode=mode))
    if form.flags & {"ftz", "sat"}:
        return finished(form, _single)
    return _single_canonical


def _single_canonical(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """The hot path: tiled matrix products spend their time here."""
    return canonical(_single(a, b, c))


def _single(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """float32, to nearest even.

    A number is rounded wrongly in two steps only if the first step lands on a point halfway between two
    float32. Such a point ends in 1000...0 (29 bits) or, where float32 is subnormal, lies below 2**-126.
    Both are rare, so they are only looked for, and repaired when found.
    """
    total = _into(np.multiply, a.astype(np.float64), b.astype(np.float64))
    total = _into(np.add, total, c.astype(np.float64))
    result, subnormal = _to_single(total)
    tail = total.view(np.int64)
    np.left_shift(tail, _FLOAT32_TAIL, out=tail)  # total is used up; its memory is warm
    if subnormal or tail.min() == _HALFWAY:
        suspect = np.equal(tail, _HALFWAY) | np.less_equal(np.abs(result), _TINY)
        _round_again(result, suspect, a, b, c)
    return result


def _into(ufunc: np.ufunc, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """``ufunc(a, b)``, in the memory of ``a`` where the shape allows: memory in use is in the cache."""
    if a.shape == b.shape or b.size == 1:
        return ufunc(a, b, out=a)
    return ufunc(a, b)


def _to_single_watching(total: np.ndarray) -> tuple[np.ndarray, bool]:
    """``total`` as float32, and whether a lane lost bits to a subnormal result: the host's flag tells."""
    try:
        with np.errstate(under="raise"):
            return total.astype(np.float32), False
    except FloatingPointError:
        return total.astype(np.float32), True


def _to_single_looking(total: np.ndarray) -> tuple[np.ndarray, bool]:
    """The same where the host keeps no flags, as in the browser."""
    result = total.astype(np.float32)
    return result, bool((np.less_equal(np.abs(result), _TINY) & np.not_equal(total, 0.0)).any())


def _host_reports_underflow() -> bool:
    return _to_single_watching(np.full((8, 8), 1.1 * 2.0**-140))[1]


_to_single = _to_single_watching if _host_reports_underflow() else _to_single_looking


def _round_again(result: np.ndarray, suspect: np.ndarray, *operands: np.ndarray) -> None:
    """Compute the ``suspect`` lanes of ``result`` again, through a sum rounded to odd."""
    where = np.nonzero(suspect)
    a, b, c = (np.broadcast_to(x, result.shape)[where].astype(np.float64) for x in operands)
    result[where] = to_odd(*two_sum(np.multiply(a, b), c)).astype(np.float32)


def _single_directed(a: np.ndarray, b: np.ndarray, c: np.ndarray, *, mode: str) -> np.ndarray:
    product, c64 = np.multiply(a.astype(np.float64), b.astype(np.float64)), c.astype(np.float64)
    total = to_odd(*two_sum(product, c64))
    return sign_of_zero_sum(narrow(total, np.dtype(np.float32), mode), total, product, c64, mode)


def _double(a: np.ndarray, b: np.ndarray, c: np.ndarray, *, mode: str) -> np.ndarray:
    """float64, by Boldo and Melquiond: two exact pieces of the product, one sum rounded to odd.

    Lanes whose pieces could overflow or fall below the subnormals go through whole numbers.
    """
    high, low = two_product(a, b)
    upper, lower = two_sum(c, low)
    head, tail = two_sum(high, upper)
    rest = to_odd(*two_sum(tail, lower))
    nearest, error = two_sum(head, rest)
    magnitude = np.abs(high)
    largest = np.max([np.abs(x).max() for x in (a, b, c)])
    if largest < 2.0**480 and magnitude.min() > 2.0**-960:  # false for NaN
        result = directed(nearest, error, mode)
        return sign_of_zero_sum(result, nearest, high, c, mode)

    # Where an operand is infinite or NaN, or the product a true zero, the plain operations are right,
    # once a product of two numbers that overflows cannot meet an infinite c.
    numbers, c_number = np.isfinite(a) & np.isfinite(b), np.isfinite(c)
    plain = ~numbers | ~c_number | np.equal(a, 0) | np.equal(b, 0)
    total = np.where(plain, np.add(np.where(numbers & ~c_number, 0.0, high), c), nearest)
    result = np.where(plain, total, directed(nearest, error, mode))
    result = sign_of_zero_sum(result, total, high, c, mode)

    safe = np.less(magnitude, 2.0**1000) & np.greater(magnitude, 2.0**-960)
    safe &= np.less(np.maximum(np.abs(a), np.abs(b)), 2.0**990) & np.less(np.abs(c), 2.0**1000)
    return exact.repair(result, ~plain & ~safe, exact.fused, (a, b, c), mode)
