"""Small dot products inside a register: ``dp4a`` and ``dp2a``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import dtype_of

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]


def dp4a(form: Form) -> Operation:
    """``dp4a.atype.btype d, a, b, c``: c plus four products of a byte of a with the same byte of b."""
    return _products(form, [(_piece(8, n), _piece(8, n)) for n in range(4)])


def dp2a(form: Form) -> Operation:
    """``dp2a.lo|.hi.atype.btype``: c plus two products of a half of a with a byte of b's lower or upper half."""
    first = 2 if "hi" in form.flags else 0
    return _products(form, [(_piece(16, n), _piece(8, first + n)) for n in range(2)])


def _piece(bits: int, number: int) -> Operation:
    """Takes piece ``number`` of that many bits out of a 32-bit integer, and extends it by its own sign."""

    def take(word: np.ndarray) -> np.ndarray:
        at_the_top = np.left_shift(word, word.dtype.type(32 - bits * (number + 1)))
        return np.right_shift(at_the_top, word.dtype.type(32 - bits))

    return take


def _products(form: Form, pairs: list[tuple[Operation, Operation]]) -> Operation:
    """c plus the products of those pieces. 32 bits are kept, so signed and unsigned wrap alike."""
    target = dtype_of(form.operand_types[0])

    def compute(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        total = c.view(np.uint32)
        for of_a, of_b in pairs:
            total = np.add(total, np.multiply(of_a(a).view(np.uint32), of_b(b).view(np.uint32)))
        return total.view(target)

    return compute
