"""Comparison and selection: ``setp``, ``set``, ``selp``, ``slct``, ``testp``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import dtype_of, unsigned
from smsim.machine.ops.small import BF16, decode
from smsim.machine.ops.special import flush

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray | tuple[np.ndarray, np.ndarray]]


def _not_of(ufunc: np.ufunc) -> Operation:
    return lambda a, b: np.logical_not(ufunc(a, b))


def _different(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Floating-point ``ne``: both are numbers, and they differ."""
    return np.logical_or(np.less(a, b), np.greater(a, b))


def _both_numbers(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.logical_and(np.equal(a, a), np.equal(b, b))


_INTEGER = {
    "eq": np.equal, "ne": np.not_equal,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    # The same for unsigned numbers, by the names lower, lower or same, higher, higher or same.
    "lo": np.less, "ls": np.less_equal, "hi": np.greater, "hs": np.greater_equal,
}  # fmt: skip

# A comparison with NaN is false, and true with the -u form ("or unordered"). NumPy's not_equal is
# the exception: it is true with NaN.
_FLOAT = {
    "eq": np.equal, "ne": _different,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "equ": _not_of(_different), "neu": np.not_equal,
    "ltu": _not_of(np.greater_equal), "leu": _not_of(np.greater),
    "gtu": _not_of(np.less_equal), "geu": _not_of(np.less),
    "num": _both_numbers, "nan": _not_of(_both_numbers),
}  # fmt: skip

_MANY = 2048

_COMBINE = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}


def _comparison(form: Form) -> Operation:
    """The comparison that ``form`` names, as a function of two operands."""
    table = _FLOAT if form.type in ("bf16", "f16", "f32", "f64") else _INTEGER
    compare = next(table[flag] for flag in table if flag in form.flags)
    if form.type == "bf16":
        return lambda a, b: compare(decode(a, BF16), decode(b, BF16))
    if "ftz" in form.flags:
        return lambda a, b: compare(flush(a), flush(b))
    return compare


def _combination(form: Form) -> np.ufunc | None:
    return next((_COMBINE[flag] for flag in _COMBINE if flag in form.flags), None)


def holds(form: Form) -> Operation:
    """(a cmp b) bool c, as a function of a, b and, if ``form`` has a ``.and .or .xor``, of c."""
    compare, combine = _comparison(form), _combination(form)
    return compare if combine is None else lambda a, b, c: combine(compare(a, b), c)


def setp(form: Form) -> Operation:
    """``setp.cmp{.bool}``: p = (a cmp b) bool c, and q, if written, = !(a cmp b) bool c."""
    if form.operands[0].pair != "must":
        return holds(form)
    compare, combine = _comparison(form), _combination(form)

    def compute(a: np.ndarray, b: np.ndarray, *c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        true = compare(a, b)
        false = np.logical_not(true)
        return (true, false) if combine is None else (combine(true, *c), combine(false, *c))

    return compute


def true_of(ptx_type: str) -> np.generic:
    """What ``set`` writes for true: 1.0 for floats, all ones for integers."""
    if ptx_type == "bf16":
        return np.uint16(0x3F80)
    dtype = dtype_of(ptx_type)
    return dtype.type(1) if dtype.kind == "f" else ~dtype.type(0)


def set(form: Form) -> Operation:  # noqa: A001 - the instruction's own name
    """``set.cmp{.bool}.dtype.stype``: all ones (1.0 for floats) where true, else 0."""
    test, true = holds(form), true_of(form.types[0])
    return lambda *operands: np.where(test(*operands), true, true.dtype.type(0))


def selp(form: Form) -> Operation:
    """``selp d, a, b, p``: a where p, else b."""
    return lambda a, b, p: _select(p, a, b)


def slct(form: Form) -> Operation:
    """``slct d, a, b, c``: a where c >= 0, else b; NaN selects b, and -0 selects a."""
    ftz = "ftz" in form.flags
    return lambda a, b, c: _select(np.greater_equal(flush(c) if ftz else c, 0), a, b)


def _select(p: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """np.where; for many lanes by masks, as np.where mispredicts a branch in each irregular lane."""
    if p.size < _MANY:
        return np.where(p, a, b)
    word = unsigned(a.dtype)
    x, y = a.view(word), b.view(word)
    mask = np.negative(p.astype(word))  # all ones where p
    return np.bitwise_xor(np.bitwise_and(np.bitwise_xor(x, y), mask), y).view(a.dtype)


def testp(form: Form) -> Operation:
    """``testp.finite|infinite|number|notanumber|normal|subnormal``: what kind of number a is.

    Zero is a normal number here, as the ISA says.
    """
    smallest_normal = np.finfo(dtype_of(form.type)).tiny
    tests = {
        "finite": np.isfinite,
        "infinite": np.isinf,
        "number": lambda a: np.equal(a, a),
        "notanumber": np.isnan,
        "normal": lambda a: np.isfinite(a) & (np.greater_equal(np.abs(a), smallest_normal) | np.equal(a, 0)),
        "subnormal": lambda a: np.less(np.abs(a), smallest_normal) & np.not_equal(a, 0),
    }
    return next(tests[flag] for flag in tests if flag in form.flags)
