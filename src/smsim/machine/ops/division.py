"""``div`` and ``rem`` of integers.

The ISA leaves division by zero open. Here both give all ones (-1), at every width: so do the sequences
that NVIDIA's assembler emits, which end in exactly that choice (read in sm_90 code from nvJitLink 13.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops.formats import unsigned

if TYPE_CHECKING:
    from smsim.machine.ops import Operation
    from smsim.ptx.rows import Form


def div(form: Form) -> Operation:
    """``div``: truncates toward zero. The most negative number over -1 wraps to itself."""
    return _divide_signed if form.type.startswith("s") else _divide_unsigned


def _divide_unsigned(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where(np.equal(b, 0), ~a.dtype.type(0), np.floor_divide(a, b))


def _divide_signed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    magnitude = np.floor_divide(_magnitude(a), _magnitude(b)).view(a.dtype)
    opposite = np.less(np.bitwise_xor(a, b), 0)
    result = np.where(opposite, np.negative(magnitude), magnitude)
    return np.where(np.equal(b, 0), a.dtype.type(-1), result)


def _magnitude(a: np.ndarray) -> np.ndarray:
    """The absolute value as unsigned, so that the most negative number has one too."""
    return np.absolute(a).view(unsigned(a.dtype))


def rem(form: Form) -> Operation:
    """``rem``: what truncating division leaves; it has the dividend's sign."""
    return _remainder


def _remainder(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    ones = np.bitwise_not(a.dtype.type(0))
    return np.where(np.equal(b, 0), ones, np.fmod(a, b))
