"""Extended-precision arithmetic: the instructions that write or read the carry flag ``CC.CF``.

Each returns the low word and, for ``.cc``, the carry as bool. Those that read the flag receive it as
their last operand. After a subtraction the flag is the borrow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import unsigned
from smsim.machine.ops.integer import mul

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

WithCarry = Callable[..., np.ndarray | tuple[np.ndarray, np.ndarray]]


def add_cc(form: Form) -> WithCarry:
    """``add.cc``: (a + b, carry out)."""
    return _add


def addc(form: Form) -> WithCarry:
    """``addc{.cc}``: a + b + carry in."""
    if "cc" in form.flags:
        return _add
    return lambda a, b, carry: np.add(np.add(a, b), carry.astype(a.dtype))


def sub_cc(form: Form) -> WithCarry:
    """``sub.cc``: (a - b, borrow out)."""
    return _subtract


def subc(form: Form) -> WithCarry:
    """``subc{.cc}``: a - b - borrow in."""
    if "cc" in form.flags:
        return _subtract
    return lambda a, b, borrow: np.subtract(np.subtract(a, b), borrow.astype(a.dtype))


def mad_cc(form: Form) -> WithCarry:
    """``mad.lo.cc``, ``mad.hi.cc``: half of a * b, plus c, with carry out of that sum."""
    half = mul(form)
    return lambda a, b, c: _add(half(a, b), c)


def madc(form: Form) -> WithCarry:
    """``madc.lo{.cc}``, ``madc.hi{.cc}``: the same plus carry in."""
    half = mul(form)
    if "cc" in form.flags:
        return lambda a, b, c, carry: _add(half(a, b), c, carry)
    return lambda a, b, c, carry: np.add(np.add(half(a, b), c), carry.astype(c.dtype))


def _add(a: np.ndarray, b: np.ndarray, carry: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A wrapped sum of unsigned words is smaller than either term; that is how a carry shows."""
    word = unsigned(a.dtype)
    x, y = a.view(word), b.view(word)
    total = np.add(x, y)
    out = np.less(total, x)
    if carry is not None:
        first, total = total, np.add(total, carry.astype(word))
        out = np.logical_or(out, np.less(total, first))
    return total.view(a.dtype), out


def _subtract(
    a: np.ndarray, b: np.ndarray, borrow: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    word = unsigned(a.dtype)
    x, y = a.view(word), b.view(word)
    rest = np.subtract(x, y)
    out = np.less(x, y)
    if borrow is not None:
        taken = borrow.astype(word)
        out = np.logical_or(out, np.less(rest, taken))
        rest = np.subtract(rest, taken)
    return rest.view(a.dtype), out
