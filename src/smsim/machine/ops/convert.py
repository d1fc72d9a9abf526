"""``cvt`` between integers and floating-point numbers of every width."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import dtype_of
from smsim.machine.ops.rounding import directed, mode_of, narrow, to_odd, two_sum
from smsim.machine.ops.special import canonical, flush, saturate

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]

_TO_INTEGRAL = {"rni": np.rint, "rzi": np.trunc, "rmi": np.floor, "rpi": np.ceil}


def integer_to_integer(form: Form) -> Operation:
    """``cvt{.sat}.itype.itype``: cut off or extended by the source's sign; clamped with ``.sat``."""
    target, source = map(dtype_of, form.types)
    if "sat" not in form.flags:
        return lambda a: a.astype(target)
    low = max(int(np.iinfo(target).min), int(np.iinfo(source).min))
    high = min(int(np.iinfo(target).max), int(np.iinfo(source).max))
    return lambda a: np.minimum(np.maximum(a, source.type(low)), source.type(high)).astype(target)


def integer_to_float(form: Form) -> Operation:
    """``cvt.frnd{.sat}.ftype.itype``: rounded once."""
    target, source = map(dtype_of, form.types)
    mode = mode_of(form.flags)
    if mode == "rn":
        # NumPy rounds correctly here: to float16 it goes through float32, but an integer that float32
        # cannot hold is far beyond float16's range.
        compute = partial(_cast, target=target)
    elif target.itemsize == 8:
        compute = partial(_long_to_double, mode=mode)
    elif source.itemsize < 8:
        compute = partial(_short_to_float, target=target, mode=mode)
    else:
        compute = partial(_long_to_float, target=target, mode=mode)
    return (lambda a: saturate(compute(a))) if "sat" in form.flags else compute


def _cast(a: np.ndarray, *, target: np.dtype) -> np.ndarray:
    return a.astype(target)


def _short_to_float(a: np.ndarray, *, target: np.dtype, mode: str) -> np.ndarray:
    return narrow(a.astype(np.float64), target, mode)


def _long_to_float(a: np.ndarray, *, target: np.dtype, mode: str) -> np.ndarray:
    return narrow(integer_as_double(a), target, mode)


def integer_as_double(a: np.ndarray) -> np.ndarray:
    """An integer as a float64: exactly, or rounded to odd."""
    return a.astype(np.float64) if a.dtype.itemsize < 8 else to_odd(*two_sum(*_halves(a)))


def _long_to_double(a: np.ndarray, *, mode: str) -> np.ndarray:
    return directed(*two_sum(*_halves(a)), mode)


def _halves(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An integer as two float64 whose sum it is, exactly."""
    if a.dtype.itemsize < 8:
        return a.astype(np.float64), np.zeros((1, 1))
    word = a.dtype.type(32)
    high, low = np.right_shift(a, word), np.bitwise_and(a, a.dtype.type(0xFFFFFFFF))
    return np.multiply(high.astype(np.float64), 2.0**32), low.astype(np.float64)


def float_to_integer(form: Form) -> Operation:
    """``cvt.irnd{.ftz}{.sat}.itype.ftype``: rounded to a whole number, then clamped to the range.

    NaN gives 0, but the pattern 100...0 if the source is f64 or the target has 64 bits (ISA, ``cvt``).
    """
    target, source = map(dtype_of, form.types)
    to_integral = next(_TO_INTEGRAL[flag] for flag in _TO_INTEGRAL if flag in form.flags)
    ftz = "ftz" in form.flags
    limits, bits = np.iinfo(target), target.itemsize * 8
    lowest, highest = target.type(limits.min), target.type(limits.max)
    above = 2.0 ** (bits - (target.kind == "i"))  # the first number too large: a power of two
    odd_nan = source.itemsize == 8 or bits == 64
    of_nan = np.array(1 << (bits - 1) if odd_nan else 0, f"u{target.itemsize}").view(target)[()]

    def compute(a: np.ndarray) -> np.ndarray:
        if source.itemsize == 2:
            a = a.astype(np.float32)  # float16 cannot hold the limits
        whole = to_integral(flush(a) if ftz else a)
        inside = np.logical_and(np.greater_equal(whole, float(limits.min)), np.less(whole, above))
        if inside.all():
            return whole.astype(target)
        result = np.where(inside, whole, 0).astype(target)
        outside = np.where(np.less(whole, 0), lowest, np.where(np.isnan(whole), of_nan, highest))
        return np.where(inside, result, outside)

    return compute


def float_to_float(form: Form) -> Operation:
    """``cvt`` between floating-point types.

    Wider needs no rounding; narrower takes ``.rn .rz .rm .rp``; the same type may take ``.rni`` and its
    kin and becomes a whole number. ``.ftz`` concerns f32 alone, as source or as target.
    """
    target, source = map(dtype_of, form.types)
    ftz, sat = "ftz" in form.flags, "sat" in form.flags
    single = np.dtype(np.float32)
    flush_source, flush_target = ftz and source == single, ftz and target == single
    change = _change(form, target, source)

    def compute(a: np.ndarray) -> np.ndarray:
        result = change(flush(a) if flush_source else a)
        if flush_target:
            result = flush(result)
        return saturate(result) if sat else canonical(result)

    return compute


def _change(form: Form, target: np.dtype, source: np.dtype) -> Operation:
    to_integral = next((_TO_INTEGRAL[flag] for flag in _TO_INTEGRAL if flag in form.flags), None)
    if to_integral is not None:
        return to_integral
    mode = mode_of(form.flags)
    if mode == "rn" or target.itemsize >= source.itemsize:
        return partial(_cast, target=target)
    return lambda a: narrow(a.astype(np.float64), target, mode)
