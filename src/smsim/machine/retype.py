"""Registers have bits, instructions have types: how one becomes the other."""

from __future__ import annotations

import numpy as np

from smsim.machine.ops.formats import B128, DTYPES, join_words
from smsim.machine.outersum import OuterSum

__all__ = [
    "B128", "DTYPES", "INT64", "Value", "as_address", "extension", "join_words", "merge", "retype",
]  # fmt: skip

Value = np.ndarray | OuterSum

INT64 = np.dtype(np.int64)
_UNSIGNED = {1: np.dtype("u1"), 2: np.dtype("u2"), 4: np.dtype("u4"), 8: np.dtype("u8")}
_SIGNED = {1: np.dtype("i1"), 2: np.dtype("i2"), 4: np.dtype("i4"), 8: np.dtype("i8")}


def retype(value: Value, dtype: np.dtype) -> Value:
    """The bits of ``value`` read as ``dtype``; a narrower type takes the low bits, as PTX does."""
    own = value.dtype
    if own is dtype:
        return value
    if own.itemsize == dtype.itemsize:
        return value.view(dtype)
    if own.itemsize > dtype.itemsize:
        return value.view(_UNSIGNED[own.itemsize]).astype(_UNSIGNED[dtype.itemsize]).view(dtype)
    return value.view(_UNSIGNED[own.itemsize]).astype(_UNSIGNED[dtype.itemsize]).view(dtype)


def extension(dtype: np.dtype, register_bytes: int) -> np.dtype | None:
    """What a result of ``dtype`` is extended to in a wider register (by sign if signed), or ``None``."""
    if dtype.kind not in "iu" or dtype.itemsize >= register_bytes:
        return None
    return (_SIGNED if dtype.kind == "i" else _UNSIGNED)[register_bytes]


def as_address(value: Value) -> Value:
    """A register's bits as a non-negative byte address or offset, int64."""
    if value.dtype is INT64:
        return value
    if value.dtype.itemsize == 8:
        return value.view(INT64)
    return value.view(_UNSIGNED[value.dtype.itemsize]).astype(INT64)


def merge(mask: np.ndarray, new: Value, old: Value) -> np.ndarray:
    """``new`` where ``mask``, else ``old``; the bits of ``old`` are read as the type of ``new``."""
    if old is new:
        return new
    if old.dtype is not new.dtype:
        old = retype(old, new.dtype)
    return np.where(mask, new, old)
