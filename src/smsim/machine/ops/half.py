"""Arithmetic on 16-bit floats: ``.f16``, ``.bf16``, and two of them in a register, ``.f16x2``, ``.bf16x2``.

An f16 is a NumPy float16. A bf16 is computed as float32, of which it is the upper half, and rounded back.
That rounds sums twice, harmlessly: float32 has more than twice the digits of bf16, and sums that are
subnormal are exact in it (Figueroa, "When is double rounding innocuous?", SIGNUM Newsletter 30, 1995). A
product has 16 bits, which float32 holds unless they lie below half the smallest bf16, where all becomes zero.
Fused multiply-adds are handed over rounded to odd instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops import approx, compare, floating
from smsim.machine.ops.formats import dtype_of
from smsim.machine.ops.packed import by_halves, join, split
from smsim.machine.ops.rounding import narrow, narrow_to_odd, to_odd, two_sum
from smsim.machine.ops.small import BF16, decode, encode
from smsim.machine.ops.special import finished

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]
Maker = Callable[["Form"], Operation]


def _element(form: Form) -> str:
    return form.type.removesuffix("x2")


def _lifted(form: Form, make: Maker) -> Operation:
    """What ``make`` builds for the type one computes in (f16, or f32 for bf16), for ``form``'s own type.

    In place of a bf16 result it may deliver a float32 that was rounded to odd.
    """
    if _element(form) == "f16":
        compute, dtype = make(replace(form, types=("f16",))), np.dtype(np.float16)
    else:
        compute, dtype = _through_single(make(replace(form, types=("f32",)))), np.dtype(np.uint16)
    return by_halves(compute, dtype) if form.type.endswith("x2") else compute


def _through_single(compute: Operation) -> Operation:
    return lambda *halves: encode(compute(*(decode(x, BF16) for x in halves)), BF16)


def add(form: Form) -> Operation:
    """``add{.rn}{.ftz}{.sat}``; a bf16 takes neither ``.ftz`` nor ``.sat``."""
    return _lifted(form, floating.add)


def sub(form: Form) -> Operation:
    """``sub``, with the modifiers of ``add``."""
    return _lifted(form, floating.sub)


def mul(form: Form) -> Operation:
    """``mul``, with the modifiers of ``add``."""
    return _lifted(form, floating.mul)


def fma(form: Form) -> Operation:
    """``fma.rn{.ftz}{.sat}`` and ``fma.rn{.ftz}.relu``, which makes a negative result zero."""
    return _lifted(form, _fma_of_one)


def _fma_of_one(form: Form) -> Operation:
    compute = finished(form, _fused_half) if form.type == "f16" else _fused_odd
    if "relu" not in form.flags:
        return compute

    def not_negative(*operands: np.ndarray) -> np.ndarray:
        result = compute(*operands)
        return np.where(np.less_equal(result, 0), result.dtype.type(0), result)  # NaN stays

    return not_negative


def _fused_half(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    return narrow(_fused(a, b, c), np.dtype(np.float16), "rn")


def _fused_odd(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    return narrow_to_odd(_fused(a, b, c), np.dtype(np.float32))


def _fused(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """a * b + c as a float64 rounded to odd. The product has at most 22 bits, so it is exact."""
    product = np.multiply(a.astype(np.float64), b.astype(np.float64))
    return to_odd(*two_sum(product, c.astype(np.float64)))


def neg(form: Form) -> Operation:
    """``neg{.ftz}``."""
    return _lifted(form, floating.neg)


def absolute(form: Form) -> Operation:
    """``abs{.ftz}``."""
    return _lifted(form, floating.absolute)


def minimum(form: Form) -> Operation:
    """``min{.ftz}{.NaN}{.xorsign.abs}``, as for f32."""
    return _lifted(form, floating.minimum)


def maximum(form: Form) -> Operation:
    """``max{.ftz}{.NaN}{.xorsign.abs}``, as for f32."""
    return _lifted(form, floating.maximum)


def ex2(form: Form) -> Operation:
    """``ex2.approx.f16`` and ``ex2.approx.ftz.bf16``: relative error at most 2**-9.9, and 2**-7."""
    return _lifted(form, lambda form: _approximate(form, approx.power_of_two))


def tanh(form: Form) -> Operation:
    """``tanh.approx``: absolute error at most 2**-10.987 for f16, and 2**-8 for bf16."""
    return _lifted(form, lambda form: _approximate(form, approx.hyperbolic_tangent))


def _approximate(form: Form, function: Operation) -> Operation:
    """``function`` in float64, its result rounded once: to nearest for f16, to odd on its way to bf16."""
    if form.type == "f16":
        return finished(form, lambda a: function(a.astype(np.float64)).astype(np.float16))
    return finished(form, lambda a: narrow_to_odd(function(a.astype(np.float64)), np.dtype(np.float32)))


# --- comparisons of two halves at once ---------------------------------------------------------------


def _of_both(form: Form) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """The comparison that ``form`` names, combined with its predicate: of the lower and the upper halves."""
    holds = compare.holds(replace(form, types=(_element(form),)))
    dtype = dtype_of(_element(form))

    def run(a: np.ndarray, b: np.ndarray, *c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        (a_low, a_high), (b_low, b_high) = ([half.view(dtype) for half in split(x)] for x in (a, b))
        return holds(a_low, b_low, *c), holds(a_high, b_high, *c)

    return run


def setp(form: Form) -> Callable[..., object]:
    """``setp p|q, a, b{, c}``: p from the lower halves, q from the upper ones."""
    both = _of_both(form)
    return both if form.operands[0].pair == "must" else lambda *operands: both(*operands)[0]


def set(form: Form) -> Operation:  # noqa: A001 - the instruction's own name
    """``set.f16x2.f16x2`` (1.0 where true) and ``set.u32.f16x2`` (all ones in that half), else 0."""
    both, target = _of_both(form), dtype_of(form.types[0])
    kind = form.types[0].removesuffix("x2")
    true = compare.true_of(kind if kind in ("f16", "bf16") else "u16")

    def run(*operands: np.ndarray) -> np.ndarray:
        halves = (np.where(held, true, true.dtype.type(0)) for held in both(*operands))
        return join(*halves).view(target)

    return run
