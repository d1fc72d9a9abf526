"""Two 16-bit values in one 32-bit register: ``.u16x2`` and ``.s16x2``, and the tools for all such types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]

_SIXTEEN = np.uint32(16)


def split(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper halves of uint32 words, as uint16."""
    words = np.asarray(words)
    return words.astype(np.uint16), np.right_shift(words, _SIXTEEN).astype(np.uint16)


def join(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """uint32 words made of two 16-bit halves; the halves may be of any 16-bit type."""
    low, high = (half.view(np.uint16).astype(np.uint32) for half in (low, high))
    return np.bitwise_or(np.left_shift(high, _SIXTEEN), low)


def by_halves(compute: Operation, dtype: np.dtype) -> Operation:
    """``compute``, a function of arrays of the 16-bit ``dtype``, done on both halves of uint32 words."""

    def run(*words: np.ndarray) -> np.ndarray:
        lows, highs = zip(*map(split, words), strict=True)
        return join(*(compute(*(half.view(dtype) for half in halves)) for halves in (lows, highs)))

    return run


def add(form: Form) -> Operation:
    """``add.u16x2`` and ``add.s16x2``: each half wraps by itself."""
    return _integers(form, np.add)


def minimum(form: Form) -> Operation:
    """``min``, and ``min.relu.s16x2`` whose halves are at least zero."""
    return _integers(form, np.minimum)


def maximum(form: Form) -> Operation:
    """``max``, and ``max.relu.s16x2``."""
    return _integers(form, np.maximum)


def _integers(form: Form, ufunc: np.ufunc) -> Operation:
    dtype = np.dtype(np.int16 if form.type == "s16x2" else np.uint16)
    if "relu" in form.flags:
        return by_halves(lambda a, b: np.maximum(ufunc(a, b), dtype.type(0)), dtype)
    return by_halves(ufunc, dtype)
