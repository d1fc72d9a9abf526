"""Conversions to and from the floats that are shorter than f32, and of pairs: ``cvt``."""

from __future__ import annotations

from smsim.ptx.rows import Row

_INTEGERS = ".u16|.u32|.u64|.s16|.s32|.s64"
_ROUNDING = ".rn|.rz|.rm|.rp"
_TO_INTEGRAL = ".rni|.rzi|.rmi|.rpi"

_BFLOAT = (
    Row(f"cvt{_ROUNDING}{{.ftz}}.bf16.f32 d:0, a", "convert_small.float_to_small", "xu", (7, 0), 80,
        "Rounds a float to a bfloat16."),
    Row(f"cvt{_ROUNDING}.bf16.f16|.f64 d:0, a", "convert_small.float_to_small", "xu", (7, 8), 90,
        "Rounds a half or a double to a bfloat16."),
    Row(f"cvt{_ROUNDING}.bf16{_INTEGERS} d:0, a", "convert_small.integer_to_bfloat", "xu", (7, 8), 90,
        "The bfloat16 nearest to an integer."),
    Row(f"cvt{{{_TO_INTEGRAL}}}.bf16.bf16 d:0, a", "convert_small.bfloat_to_bfloat", "xu", (7, 8), 90,
        "Rounds a bfloat16 to a whole number."),
    Row(f"cvt{{{_ROUNDING}}}.f32.bf16 d:0, a", "convert_small.bfloat_to_float", "xu", (7, 1), 80,
        "Widens a bfloat16 to a float."),
    Row(f"cvt{{{_ROUNDING}}}.ftz.f32.bf16 d:0, a", "convert_small.bfloat_to_float", "xu", (7, 8), 90,
        "Widens a bfloat16 to a float; a subnormal one becomes zero."),
    Row(f"cvt{{{_ROUNDING}}}.f64.bf16 d:0, a", "convert_small.bfloat_to_float", "xu", (7, 8), 90,
        "Widens a bfloat16 to a double."),
    Row(f"cvt{_ROUNDING}.f16.bf16 d:0, a", "convert_small.bfloat_to_float", "xu", (7, 8), 90,
        "Rounds a bfloat16 to a half."),
    Row(f"cvt{_TO_INTEGRAL}{_INTEGERS}.bf16 d:0, a", "convert_small.bfloat_to_integer", "xu", (7, 8), 90,
        "Rounds a bfloat16 to an integer and clamps it to the range."),
)  # fmt: skip

_CLAMPED = (
    Row("cvt.rn|.rz.relu.f16|.bf16.f32 d:0, a", "convert_small.float_to_small", "xu", (7, 0), 80,
        "Rounds a float to 16 bits; a negative number becomes 0."),
    Row("cvt.rn|.rz.satfinite.f16.f32 d:0, a", "convert_small.float_to_small", "xu", (8, 1), 75,
        "Rounds a float to a half; what is too large becomes the largest number."),
    Row("cvt.rn|.rz.relu.satfinite.f16.f32 d:0, a", "convert_small.float_to_small", "xu", (8, 1), 80,
        "Rounds a float to a half from 0 to the largest number."),
    Row("cvt.rn|.rz{.relu}.satfinite.bf16.f32 d:0, a", "convert_small.float_to_small", "xu", (8, 1), 80,
        "Rounds a float to a bfloat16; what is too large becomes the largest number."),
    Row("cvt.rna.tf32.f32 d:0, a", "convert_small.float_to_tf32", "xu", (7, 0), 80,
        "Rounds a float to the 19 bits of tf32, ties away from zero."),
    Row("cvt.rna.satfinite.tf32.f32 d:0, a", "convert_small.float_to_tf32", "xu", (8, 1), 80,
        "Rounds a float to tf32; what is too large becomes the largest number."),
    Row("cvt.rn|.rz{.relu}.tf32.f32 d:0, a", "convert_small.float_to_tf32", "xu", (7, 8), 90,
        "Rounds a float to the 19 bits of tf32."),
)  # fmt: skip

# e4m3 and e5m2: sm_90 has them since PTX 7.8, sm_89 since 8.1.
_PAIRS = (
    Row("cvt.rn|.rz{.relu}.f16x2|.bf16x2.f32 d:0, a, b", "convert_small.floats_to_halves", "xu", (7, 0), 80,
        "Rounds two floats to 16 bits each: a into the upper half, b into the lower."),
    Row("cvt.rn|.rz{.relu}.satfinite.f16x2|.bf16x2.f32 d:0, a, b", "convert_small.floats_to_halves", "xu",
        (8, 1), 80, "Rounds two floats to 16 bits each; what is too large becomes the largest number."),
    Row("cvt.rn.satfinite{.relu}.e4m3x2|.e5m2x2.f32 d:0, a, b", "convert_small.floats_to_eights", "xu",
        (7, 8), 89, "Rounds two floats to 8 bits each: a into the upper byte, b into the lower."),
    Row("cvt.rn.satfinite{.relu}.e4m3x2|.e5m2x2.f16x2 d:0, a", "convert_small.halves_to_eights", "xu",
        (7, 8), 89, "Rounds two halves to 8 bits each."),
    Row("cvt.rn{.relu}.f16x2.e4m3x2|.e5m2x2 d:0, a", "convert_small.eights_to_halves", "xu", (7, 8), 89,
        "Widens two floats of 8 bits to two halves."),
    Row("cvt.pack.sat.u16|.s16.s32 d:b32, a, b", "convert_small.pack", "alu", (6, 5), 72,
        "Clamps two integers to 16 bits and packs them: a into the upper half, b into the lower."),
    Row("cvt.pack.sat.u8|.s8.s32.b32 d:b32, a:s32, b:s32, c", "convert_small.pack", "alu", (6, 5), 72,
        "Clamps two integers to 8 bits and packs them below the low 16 bits of c."),
    Row("cvt.pack.sat.u4|.s4|.u2|.s2.s32.b32 d:b32, a:s32, b:s32, c", "convert_small.pack", "alu", (6, 5), 75,
        "Clamps two integers to 4 or 2 bits and packs them below the low bits of c."),
)  # fmt: skip

ROWS = _BFLOAT + _CLAMPED + _PAIRS
