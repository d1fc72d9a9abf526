"""``cvt`` to and from bf16, tf32, e4m3 and e5m2, the packed pairs of them, and ``cvt.pack``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.ops import convert
from smsim.machine.ops.formats import dtype_of
from smsim.machine.ops.packed import join, split
from smsim.machine.ops.rounding import mode_of
from smsim.machine.ops.small import BF16, E4M3, E5M2, FORMATS, SmallFormat, decode, encode
from smsim.machine.ops.special import flush

if TYPE_CHECKING:
    from smsim.ptx.rows import Form

Operation = Callable[..., np.ndarray]

_EIGHTS = {"e4m3x2": E4M3, "e5m2x2": E5M2}


def _encoder(form: Form, small: SmallFormat) -> Operation:
    """Rounding to ``small`` as the modifiers of ``form`` say; float in, patterns out."""
    mode = "rna" if "rna" in form.flags else mode_of(form.flags)
    relu, satfinite = "relu" in form.flags, "satfinite" in form.flags
    return partial(encode, small=small, mode=mode, relu=relu, satfinite=satfinite)


def float_to_small(form: Form) -> Operation:
    """``cvt.rnd{.ftz}{.relu}{.satfinite}`` from f16, f32 or f64 to bf16, or from f32 to f16.

    ``.ftz`` concerns f32 alone.
    """
    rounded = _encoder(form, FORMATS[form.types[0]])
    target = dtype_of(form.types[0])
    ftz = "ftz" in form.flags
    return lambda a: rounded(flush(a) if ftz else a).view(target)


def float_to_tf32(form: Form) -> Operation:
    """``cvt.rn|.rz|.rna.tf32.f32``: a float of 10 fraction bits, in the upper 19 bits of the register."""
    tf32 = FORMATS["tf32"]
    rounded = _encoder(form, tf32)

    def run(a: np.ndarray) -> np.ndarray:
        patterns = np.left_shift(rounded(a), np.uint32(tf32.dropped))
        return np.where(np.isnan(a), np.uint32(0x7FFFFFFF), patterns)

    return run


def integer_to_bfloat(form: Form) -> Operation:
    """``cvt.rnd.bf16.itype``: rounded once."""
    rounded = _encoder(form, BF16)
    return lambda a: rounded(convert.integer_as_double(a))


def bfloat_to_bfloat(form: Form) -> Operation:
    """``cvt{.rni|.rzi|.rmi|.rpi}.bf16.bf16``: made a whole number, which fits; or only copied."""
    whole = convert.float_to_float(replace(form, types=("f32", "f32")))
    return lambda a: encode(whole(decode(a, BF16)), BF16)


def bfloat_to_float(form: Form) -> Operation:
    """``cvt`` from bf16 to f16, f32 or f64. Only f16 needs the rounding mode."""
    compute = convert.float_to_float(replace(form, types=(form.types[0], "f32")))
    return lambda a: compute(decode(a, BF16))


def bfloat_to_integer(form: Form) -> Operation:
    """``cvt.irnd.itype.bf16``: NaN and the limits as for f32."""
    compute = convert.float_to_integer(replace(form, types=(form.types[0], "f32")))
    return lambda a: compute(decode(a, BF16))


# --- two at a time: the first operand goes into the upper half -----------------------------------------


def floats_to_halves(form: Form) -> Operation:
    """``cvt.rn|.rz{.relu}{.satfinite}.f16x2.f32 d, a, b`` and ``.bf16x2.f32``."""
    rounded = _encoder(form, FORMATS[form.types[0].removesuffix("x2")])
    return lambda a, b: join(rounded(b), rounded(a))


def floats_to_eights(form: Form) -> Operation:
    """``cvt.rn.satfinite{.relu}.e4m3x2.f32 d, a, b`` and ``.e5m2x2.f32``."""
    rounded = _encoder(form, _EIGHTS[form.types[0]])
    return lambda a, b: _join_bytes(rounded(b), rounded(a))


def halves_to_eights(form: Form) -> Operation:
    """``cvt.rn.satfinite{.relu}.e4m3x2.f16x2`` and ``.e5m2x2.f16x2``."""
    rounded = _encoder(form, _EIGHTS[form.types[0]])

    def run(a: np.ndarray) -> np.ndarray:
        return _join_bytes(*(rounded(half.view(np.float16)) for half in split(a)))

    return run


def eights_to_halves(form: Form) -> Operation:
    """``cvt.rn{.relu}.f16x2.e4m3x2`` and ``.e5m2x2``: exact."""
    small, rounded = _EIGHTS[form.types[1]], _encoder(form, FORMATS["f16"])

    def run(a: np.ndarray) -> np.ndarray:
        low, high = a.astype(np.uint8), np.right_shift(a, np.uint16(8)).astype(np.uint8)
        return join(*(rounded(decode(byte, small)) for byte in (low, high)))

    return run


def _join_bytes(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.bitwise_or(np.left_shift(high.astype(np.uint16), np.uint16(8)), low.astype(np.uint16))


def pack(form: Form) -> Operation:
    """``cvt.pack.sat.type.s32{.b32} d, a, b{, c}``: a and b clamped and put side by side, b lowest.

    What is left of d comes from the low bits of c.
    """
    kind = form.types[0]
    width = int(kind[1:])
    low, high = (-(1 << width - 1), (1 << width - 1) - 1) if kind[0] == "s" else (0, (1 << width) - 1)
    mask, shift = np.uint32((1 << width) - 1), np.uint32(width)

    def clamped(a: np.ndarray) -> np.ndarray:
        return np.bitwise_and(np.minimum(np.maximum(a, np.int32(low)), np.int32(high)).view(np.uint32), mask)

    def run(a: np.ndarray, b: np.ndarray, *c: np.ndarray) -> np.ndarray:
        pair = np.bitwise_or(np.left_shift(clamped(a), shift), clamped(b))
        return np.bitwise_or(pair, np.left_shift(c[0], np.uint32(2 * width))) if c else pair

    return run
