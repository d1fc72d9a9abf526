"""One number (or one struct) as the bytes of a ``.param`` variable, if it fits there exactly.

A NumPy scalar has a size and must match it. A Python number has none, and takes the parameter's where its
value fits: 1.5 goes to ``.f32`` and ``.f64``, 7 to any integer or float type.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from smsim.ptx.rows import TYPE_BITS

_FLOATS = {"f16": np.float16, "f32": np.float32, "f64": np.float64}


class Misfit(Exception):
    """A value that a parameter cannot take; the text goes on after "argument 2 (`n`) is .u32;"."""


def scalar_bytes(value: Any, kind: str) -> bytes:
    """``value`` as a little-endian parameter of PTX type ``kind``.

    Raises:
        Misfit: the value has another size, is of another kind, or is out of range.
    """
    size = TYPE_BITS[kind] // 8
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.generic):
        return _numpy_bytes(value, kind, size)
    if isinstance(value, float):
        return _float_bytes(value, kind, size)
    if isinstance(value, int):
        if kind in _FLOATS:
            return _float_bytes(value, kind, size)
        return _int_bytes(value, kind, size)
    raise Misfit(f"{name_of(value)} was given, and kernels take numbers and arrays only")


def struct_bytes(value: Any, size: int) -> bytes:
    """A struct passed by value: ``bytes``, or one NumPy record; padding becomes zero.

    Raises:
        Misfit: it is neither, or has another size.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, (bytes, bytearray, memoryview)):
        raw = bytes(value)
    elif isinstance(value, np.void) and value.dtype.names:
        raw = _without_padding(value).tobytes()
    else:
        raise Misfit(f"{name_of(value)} was given; pass bytes or one NumPy record of that size")
    if len(raw) != size:
        raise Misfit(f"{len(raw)} bytes were given")
    return raw


def name_of(value: Any) -> str:
    """``a list``, ``an int``, ``a numpy.float64``."""
    kind = type(value)
    name = f"numpy.{kind.__name__}" if isinstance(value, (np.generic, np.ndarray)) else kind.__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _numpy_bytes(value: np.generic, kind: str, size: int) -> bytes:
    letter = value.dtype.kind
    if letter not in "biuf":
        raise Misfit(f"{name_of(value)} was given, and kernels take numbers and arrays only")
    if kind[0] != "b" and (letter == "f") != (kind in _FLOATS):
        wanted = "a floating-point number" if kind in _FLOATS else "an integer"
        raise Misfit(f"{name_of(value)} was given, and it must be {wanted}")
    if value.dtype.itemsize != size:
        better = f"; pass numpy.{_numpy_name(kind, letter)}(...)"
        raise Misfit(f"{name_of(value)} has {value.dtype.itemsize} bytes, not {size}{better}")
    return value.tobytes()


def _numpy_name(kind: str, letter: str) -> str:
    bits = TYPE_BITS[kind]
    if kind in _FLOATS or (kind[0] == "b" and letter == "f" and bits > 8):
        return f"float{bits}"
    return f"{'u' if kind[0] == 'u' or letter == 'u' else ''}int{bits}"


def _float_bytes(value: float, kind: str, size: int) -> bytes:
    if kind == "b64":
        kind = "f64"
    if kind not in _FLOATS:
        if kind[0] == "b":
            raise Misfit(f"a Python float has 8 bytes, not {size}; pass a NumPy number of that size")
        raise Misfit("a float was given, and it must be an integer")
    with np.errstate(over="ignore"):
        try:
            number = _FLOATS[kind](value)
        except OverflowError:
            number = _FLOATS[kind](math.inf)
    if np.isinf(number) and not (isinstance(value, float) and math.isinf(value)):
        raise Misfit(f"{value} was given, which is beyond the largest .{kind}")
    return number.tobytes()


def _int_bytes(value: int, kind: str, size: int) -> bytes:
    bits = 8 * size
    low = 0 if kind[0] == "u" else -(1 << bits - 1)
    high = (1 << bits - 1) - 1 if kind[0] == "s" else (1 << bits) - 1
    if not low <= value <= high:
        raise Misfit(f"{value} was given, and it takes {low} to {high}")
    return (value & (1 << bits) - 1).to_bytes(size, "little")


def _without_padding(record: np.void) -> np.ndarray:
    """The record with all bytes between its fields zero."""
    raw = np.zeros(record.dtype.itemsize, np.uint8)
    clean = raw.view(record.dtype)[0]
    for name in record.dtype.names:
        field = record[name]
        clean[name] = _without_padding(field) if isinstance(field, np.void) and field.dtype.names else field
    return raw
