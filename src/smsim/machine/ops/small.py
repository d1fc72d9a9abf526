"""Floating-point formats that NumPy does not have: bf16, tf32, and the 8-bit e4m3 and e5m2.

Each is an IEEE format of NumPy's with its low bits dropped, perhaps after a shift of the exponent: bf16
is the upper half of a float32, e5m2 the upper half of a float16. A value is first brought into that wider
format, rounded to odd (see :mod:`.rounding`), and then rounded for good, on whole numbers, as the bits go.

Formats, largest numbers and NaN patterns: PTX ISA, "Alternate floating point data formats" and ``cvt``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smsim.machine.ops.formats import unsigned
from smsim.machine.ops.rounding import narrow, narrow_to_odd


@dataclass(frozen=True)
class SmallFormat:
    """How a small format lies in a wider one.

    Attributes:
        carrier: the float type of NumPy's whose upper bits it is.
        dropped: how many low bits of the carrier it does without.
        scale: what a value is multiplied by on its way into the carrier, so that the exponents agree.
        bits: its width.
        largest: the largest finite number.
        nan: pattern of the NaN that conversions deliver.
    """

    carrier: np.dtype
    dropped: int
    bits: int
    largest: float
    nan: int
    scale: float = 1.0


_SINGLE, _HALF = np.dtype(np.float32), np.dtype(np.float16)

F16 = SmallFormat(_HALF, 0, 16, 65504.0, 0x7FFF)
BF16 = SmallFormat(_SINGLE, 16, 16, (2 - 2.0**-7) * 2.0**127, 0x7FFF)
# Of a tf32 register only the upper 19 bits count; the others are left zero. The NaN is float32's (assumed).
TF32 = SmallFormat(_SINGLE, 13, 19, (2 - 2.0**-10) * 2.0**127, 0x7FFFFFFF >> 13)
E5M2 = SmallFormat(_HALF, 8, 8, 57344.0, 0x7F)
# Its exponent is one bit shorter than float16's. It has no infinity, and 0x7F is its only NaN.
E4M3 = SmallFormat(_HALF, 7, 8, 448.0, 0x7F, scale=2.0**-8)

FORMATS = {"f16": F16, "bf16": BF16, "tf32": TF32, "e5m2": E5M2, "e4m3": E4M3}


def encode(
    value: np.ndarray, small: SmallFormat, mode: str = "rn", *, relu: bool = False, satfinite: bool = False
) -> np.ndarray:
    """The patterns of ``value`` in a small format, as unsigned integers of the next width up.

    Args:
        value: float16, float32 or float64; exact, or rounded to odd.
        small: the format.
        mode: ``rn``, ``rz``, ``rm``, ``rp``, or ``rna``: to nearest, ties away from zero.
        relu: negative numbers, and -0 (assumed), become +0.
        satfinite: what is beyond the largest number, infinity included, becomes the largest number.
    """
    if relu:
        value = np.where(np.less_equal(value, 0), value.dtype.type(0), value)
    if value.dtype != small.carrier or small.scale != 1.0:
        value = np.multiply(value.astype(np.float64), small.scale)
    if satfinite:
        limit = value.dtype.type(small.largest * small.scale)
        value = np.minimum(np.maximum(value, -limit), limit)
    if value.dtype != small.carrier:
        # Without bits to drop this rounding is the last one.
        value = narrow_to_odd(value, small.carrier) if small.dropped else narrow(value, small.carrier, mode)
    patterns = _drop(value.view(unsigned(small.carrier)), small, mode)
    nan = np.isnan(value)
    return np.where(nan, patterns.dtype.type(small.nan), patterns) if nan.any() else patterns


def _drop(pattern: np.ndarray, small: SmallFormat, mode: str) -> np.ndarray:
    """Round carrier patterns to their upper bits: neighbouring numbers have neighbouring patterns."""
    word = pattern.dtype.type
    sign = np.right_shift(pattern, word(8 * pattern.dtype.itemsize - 1))
    magnitude = np.bitwise_and(pattern, word((1 << (8 * pattern.dtype.itemsize - 1)) - 1))
    if small.dropped:
        low = word((1 << small.dropped) - 1)
        half = word(1 << (small.dropped - 1))
        if mode == "rn":
            last = np.bitwise_and(np.right_shift(magnitude, word(small.dropped)), word(1))
            magnitude = np.add(magnitude, np.add(word(half - 1), last))
        elif mode == "rna":
            magnitude = np.add(magnitude, half)
        elif mode != "rz":
            outward = sign if mode == "rm" else np.subtract(word(1), sign)
            magnitude = np.add(magnitude, np.multiply(outward, low))
        magnitude = np.right_shift(magnitude, word(small.dropped))
    result = np.bitwise_or(magnitude, np.left_shift(sign, word(small.bits - 1)))
    return result.astype(np.dtype(f"u{1 << (small.bits - 1).bit_length() >> 3}"))


def decode(pattern: np.ndarray, small: SmallFormat) -> np.ndarray:
    """Patterns of a small format as numbers of its carrier, exactly.

    Args:
        pattern: uint16 (bf16) or uint8 (e4m3, e5m2).
    """
    word = unsigned(small.carrier).type
    wide = pattern.astype(word)
    if small is not E4M3:
        return np.left_shift(wide, word(small.dropped)).view(small.carrier)
    magnitude = np.bitwise_and(wide, word(0x7F))
    value = np.left_shift(magnitude, word(small.dropped)).view(small.carrier)
    value = np.multiply(value, small.carrier.type(1 / small.scale))
    value = np.where(np.equal(magnitude, small.nan), small.carrier.type(np.nan), value)
    return np.where(np.greater(wide, word(0x7F)), np.negative(value), value)
