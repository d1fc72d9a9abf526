"""Eight-bit floats E4M3 with a scale for each 128 values, and BF16, in NumPy."""

from __future__ import annotations

import numpy as np

from trainmath.exchange.shape import GROUP

#: Largest number of E4M3.
LARGEST = np.float32(448)


def _all_values() -> np.ndarray:
    code = np.arange(127)
    exponent, mantissa = code >> 3, code & 7
    return np.where(exponent == 0, mantissa / 512, (1 + mantissa / 8) * 2.0 ** (exponent - 7.0))


_VALUES = _all_values()
_BETWEEN = (_VALUES[1:] + _VALUES[:-1]) / 2


def to_e4m3(x: np.ndarray) -> np.ndarray:
    """The nearest E4M3 of each float32, uint8: of two as near, the even one; what is too large becomes 448.

    Source: PTX ISA, ``cvt.rn.satfinite.e4m3x2.f32``.

    Raises:
        ValueError: there is a NaN.
    """
    x = np.asarray(x, np.float32)
    if np.isnan(x).any():
        raise ValueError("a NaN has no place among the values of a token")
    size = np.abs(x).astype(np.float64)
    code = np.searchsorted(_BETWEEN, size)
    tie = size == _BETWEEN[np.minimum(code, len(_BETWEEN) - 1)]
    code = np.where(tie & (code % 2 == 1), code + 1, code)
    return (code | np.signbit(x) * 0x80).astype(np.uint8)


def from_e4m3(code: np.ndarray) -> np.ndarray:
    """The float32 that each code stands for; codes of NaN do not occur."""
    code = np.asarray(code, np.uint8)
    return np.where(code & 0x80, -1, 1).astype(np.float32) * _VALUES[code & 0x7F].astype(np.float32)


def quantise(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """FP8 values and their scales: in each group of 128 the largest becomes 448.

    Args:
        x: float32 ``(..., hidden)``.

    Returns:
        uint8 ``(..., hidden)`` and float32 ``(..., hidden / 128)``; ``from_e4m3(values) * scale`` is near ``x``.
    """
    groups = np.asarray(x, np.float32).reshape(*x.shape[:-1], -1, GROUP)
    # The least scale keeps a group of zeros from dividing by zero.
    scale = np.maximum(np.abs(groups).max(axis=-1), np.float32(1e-4)) / LARGEST
    return to_e4m3(groups / scale[..., None]).reshape(x.shape), scale


def dequantise(values: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """float32 of what :func:`quantise` gave."""
    return from_e4m3(values) * np.repeat(scale, GROUP, axis=-1)


def to_bf16(x: np.ndarray) -> np.ndarray:
    """The nearest BF16 of each finite float32, as its 16 bits; of two as near, the even one."""
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def from_bf16(bits: np.ndarray) -> np.ndarray:
    return (np.asarray(bits).astype(np.uint32) << 16).view(np.float32)
