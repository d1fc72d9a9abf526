"""Registers have bits, instructions have types: how one becomes the other."""

from __future__ import annotations

import numpy as np

from smsim.machine.outersum import OuterSum

Value = np.ndarray | OuterSum

#: PTX type to the NumPy type its values have while an instruction works on them.
DTYPES: dict[str, np.dtype] = {
    name: np.dtype(kind)
    for name, kind in {
        "pred": "?",
        "s8": "i1", "s16": "i2", "s32": "i4", "s64": "i8",
        "u8": "u1", "u16": "u2", "u32": "u4", "u64": "u8",
        "b8": "u1", "b16": "u2", "b32": "u4", "b64": "u8",
        "f16": "f2", "f32": "f4", "f64": "f8",
        "bf16": "u2", "f16x2": "u4", "bf16x2": "u4", "u16x2": "u4", "s16x2": "u4",
        "e4m3": "u1", "e5m2": "u1", "e4m3x2": "u2", "e5m2x2": "u2",
    }.items()
}  # fmt: skip

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
