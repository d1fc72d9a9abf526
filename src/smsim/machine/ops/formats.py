"""How PTX types lie in NumPy arrays, and the numbers that describe each floating-point format."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: A register of 128 bits: two words, for NumPy has no integer so wide. It is moved about, never computed with.
B128 = np.dtype([("low", np.uint64), ("high", np.uint64)])

_NUMPY = {
    "pred": bool,
    "b8": np.uint8, "b16": np.uint16, "b32": np.uint32, "b64": np.uint64, "b128": B128,
    "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
    "s8": np.int8, "s16": np.int16, "s32": np.int32, "s64": np.int64,
    "f16": np.float16, "f32": np.float32, "f64": np.float64,
    # Formats that NumPy does not have, and several values in one register, travel as their bits.
    "bf16": np.uint16, "tf32": np.uint32, "e4m3": np.uint8, "e5m2": np.uint8,
    "f16x2": np.uint32, "bf16x2": np.uint32, "u16x2": np.uint32, "s16x2": np.uint32,
    "e4m3x2": np.uint16, "e5m2x2": np.uint16,
}  # fmt: skip

#: PTX type to the NumPy type its values have while an instruction works on them.
DTYPES: dict[str, np.dtype] = {name: np.dtype(kind) for name, kind in _NUMPY.items()}


def dtype_of(ptx_type: str) -> np.dtype:
    """``"s32"`` -> int32, ``"b64"`` -> uint64, ``"pred"`` -> bool."""
    return DTYPES[ptx_type]


def bits_of(ptx_type: str) -> int:
    """Width of a value in bits: 32 for ``"f32"``."""
    return dtype_of(ptx_type).itemsize * 8


def wider(dtype: np.dtype) -> np.dtype:
    """The integer type of the same signedness and twice the width."""
    return np.dtype(f"{dtype.kind}{dtype.itemsize * 2}")


def unsigned(dtype: np.dtype) -> np.dtype:
    """The unsigned integer type of the same width; also the bits of a float."""
    return np.dtype(f"u{dtype.itemsize}")


def signed(dtype: np.dtype) -> np.dtype:
    """The signed integer type of the same width."""
    return np.dtype(f"i{dtype.itemsize}")


@dataclass(frozen=True)
class FloatFormat:
    """An IEEE 754 binary format.

    Attributes:
        bits: total width.
        precision: significant bits, the hidden one included.
        lowest_exponent: exponent of the smallest normal number, -126 for float32.
        nan: pattern of the NaN that the hardware delivers.
    """

    bits: int
    precision: int
    lowest_exponent: int
    nan: int

    @property
    def sign_bit(self) -> int:
        return 1 << (self.bits - 1)

    @property
    def infinity(self) -> int:
        """Pattern of +infinity: all exponent bits set."""
        return self.sign_bit - (1 << (self.precision - 1))


# The float32 and float16 patterns are the ISA's canonical NaNs. For float64 the ISA names none; this is
# CUDA's own CUDART_NAN (math_constants.h), and we deliver it for every float64 NaN result (assumed).
HALF = FloatFormat(16, 11, -14, 0x7FFF)
BFLOAT = FloatFormat(16, 8, -126, 0x7FFF)
SINGLE = FloatFormat(32, 24, -126, 0x7FFFFFFF)
DOUBLE = FloatFormat(64, 53, -1022, 0xFFF8000000000000)

_FORMATS = {
    np.dtype(np.float16): HALF,
    np.dtype(np.float32): SINGLE,
    np.dtype(np.float64): DOUBLE,
}


def format_of(dtype: np.dtype) -> FloatFormat:
    """The format of a NumPy float type."""
    return _FORMATS[np.dtype(dtype)]


def join_words(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Registers of 128 bits from their two halves, uint64 each."""
    shape = np.broadcast_shapes(low.shape, high.shape)
    out = np.empty(shape, B128)
    out["low"], out["high"] = low, high
    return out
