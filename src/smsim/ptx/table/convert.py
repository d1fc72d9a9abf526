"""Conversions: ``cvt``."""

from __future__ import annotations

from smsim.ptx.rows import Row

_INTEGERS = ".u8|.u16|.u32|.u64|.s8|.s16|.s32|.s64"
_ROUNDING = ".rn|.rz|.rm|.rp"
_TO_INTEGRAL = ".rni|.rzi|.rmi|.rpi"

ROWS = (
    Row(f"cvt{{.sat}}{_INTEGERS}{_INTEGERS} d:0, a", "convert.integer_to_integer", "alu", (1, 0), 10,
        "Widens or narrows an integer; with .sat it is clamped, else cut off."),
    Row(f"cvt{_ROUNDING}{{.ftz}}{{.sat}}.f32{_INTEGERS} d:0, a", "convert.integer_to_float", "xu", (1, 0), 10,
        "The float nearest to an integer."),
    Row(f"cvt{_ROUNDING}{{.sat}}.f16|.f64{_INTEGERS} d:0, a", "convert.integer_to_float", "xu", (1, 0), 13,
        "The half or the double nearest to an integer."),
    Row(f"cvt{_TO_INTEGRAL}{{.ftz}}{{.sat}}{_INTEGERS}.f32 d:0, a", "convert.float_to_integer", "xu",
        (1, 0), 10, "Rounds a float to an integer and clamps it to the range."),
    Row(f"cvt{_TO_INTEGRAL}{{.sat}}{_INTEGERS}.f16|.f64 d:0, a", "convert.float_to_integer", "xu",
        (1, 0), 13, "Rounds a half or a double to an integer and clamps it to the range."),
    Row(f"cvt{{{_TO_INTEGRAL}}}{{.ftz}}{{.sat}}.f32.f32 d:0, a", "convert.float_to_float", "xu", (1, 0), 10,
        "Rounds a float to a whole number, or only flushes or clamps it."),
    Row(f"cvt{{{_TO_INTEGRAL}}}{{.sat}}.f64.f64 d:0, a", "convert.float_to_float", "fp64", (1, 0), 13,
        "Rounds a double to a whole number, or only clamps it."),
    Row(f"cvt{{{_TO_INTEGRAL}}}{{.sat}}.f16.f16 d:0, a", "convert.float_to_float", "xu", (1, 0), 53,
        "Rounds a half to a whole number, or only clamps it."),
    Row(f"cvt{_ROUNDING}{{.ftz}}{{.sat}}.f32.f64 d:0, a", "convert.float_to_float", "xu", (1, 0), 13,
        "Rounds a double to a float."),
    Row(f"cvt{_ROUNDING}{{.ftz}}{{.sat}}.f16.f32 d:0, a", "convert.float_to_float", "xu", (1, 0), 10,
        "Rounds a float to a half."),
    Row(f"cvt{_ROUNDING}{{.sat}}.f16.f64 d:0, a", "convert.float_to_float", "xu", (1, 0), 13,
        "Rounds a double to a half."),
    Row("cvt{.ftz}{.sat}.f64.f32 d:0, a", "convert.float_to_float", "xu", (1, 0), 13,
        "Widens a float to a double."),
    Row("cvt{.ftz}{.sat}.f32.f16 d:0, a", "convert.float_to_float", "xu", (1, 0), 10,
        "Widens a half to a float."),
    Row("cvt{.sat}.f64.f16 d:0, a", "convert.float_to_float", "xu", (1, 0), 13,
        "Widens a half to a double."),
)  # fmt: skip
