"""Arithmetic: integers, carries, and correctly rounded floating point."""

from __future__ import annotations

from smsim.ptx.rows import Row

_INTEGERS = ".u16|.u32|.u64|.s16|.s32|.s64"
_CARRYING = ".u32|.s32|.u64|.s64"
_ROUNDING = ".rn|.rz|.rm|.rp"

_SUMS = (
    Row(f"add{_INTEGERS} d, a, b", "integer.add", "alu", (1, 0), 10,
        "Adds two integers; the sum wraps."),
    Row("add.sat.s32 d, a, b", "integer.add", "alu", (1, 0), 10,
        "Adds two integers and clamps the sum to the range of s32."),
    Row(f"add{{{_ROUNDING}}}{{.ftz}}{{.sat}}.f32 d, a, b", "floating.add", "fma", (1, 0), 20,
        "Adds two floats, rounding to nearest even unless told otherwise."),
    Row(f"add{{{_ROUNDING}}}.f64 d, a, b", "floating.add", "fp64", (1, 0), 13,
        "Adds two doubles."),
    Row(f"sub{_INTEGERS} d, a, b", "integer.sub", "alu", (1, 0), 10,
        "Subtracts b from a; the difference wraps."),
    Row("sub.sat.s32 d, a, b", "integer.sub", "alu", (1, 0), 10,
        "Subtracts b from a and clamps the difference to the range of s32."),
    Row(f"sub{{{_ROUNDING}}}{{.ftz}}{{.sat}}.f32 d, a, b", "floating.sub", "fma", (1, 0), 20,
        "Subtracts two floats."),
    Row(f"sub{{{_ROUNDING}}}.f64 d, a, b", "floating.sub", "fp64", (1, 0), 13,
        "Subtracts two doubles."),
)  # fmt: skip

_CARRIES = (
    Row(f"add.cc{_CARRYING} d, a, b", "carry.add_cc", "alu", (1, 2), 10,
        "Adds and puts the carry into the condition code."),
    Row(f"addc{{.cc}}{_CARRYING} d, a, b", "carry.addc", "alu", (1, 2), 10,
        "Adds two words and the carry of the word before."),
    Row(f"sub.cc{_CARRYING} d, a, b", "carry.sub_cc", "alu", (1, 2), 10,
        "Subtracts and puts the borrow into the condition code."),
    Row(f"subc{{.cc}}{_CARRYING} d, a, b", "carry.subc", "alu", (3, 0), 10,
        "Subtracts a word and the borrow of the word before."),
    Row(f"mad.lo|.hi.cc{_CARRYING} d, a, b, c", "carry.mad_cc", "fma", (3, 0), 20,
        "One half of a product plus c, with carry out."),
    Row(f"madc.lo|.hi{{.cc}}{_CARRYING} d, a, b, c", "carry.madc", "fma", (3, 0), 20,
        "One half of a product plus c plus the carry of the word before."),
)  # fmt: skip

_PRODUCTS = (
    Row(f"mul.lo|.hi{_INTEGERS} d, a, b", "integer.mul", "fma", (1, 0), 10,
        "The lower or the upper half of an integer product."),
    Row("mul.wide.u16|.u32|.s16|.s32 d:wide, a, b", "integer.mul", "fma", (1, 0), 10,
        "The whole product, in a register twice as wide."),
    Row(f"mul{{{_ROUNDING}}}{{.ftz}}{{.sat}}.f32 d, a, b", "floating.mul", "fma", (1, 0), 20,
        "Multiplies two floats."),
    Row(f"mul{{{_ROUNDING}}}.f64 d, a, b", "floating.mul", "fp64", (1, 0), 13,
        "Multiplies two doubles."),
    Row("mul24.lo|.hi.u32|.s32 d, a, b", "integer.mul24", "fma", (1, 0), 10,
        "Multiplies the low 24 bits of two integers and keeps 32 of the 48 bits."),
    Row(f"mad.lo|.hi{_INTEGERS} d, a, b, c", "integer.mad", "fma", (1, 0), 10,
        "One half of an integer product plus c."),
    Row("mad.wide.u16|.u32|.s16|.s32 d:wide, a, b, c:wide", "integer.mad", "fma", (1, 0), 10,
        "The whole integer product plus a c of twice the width."),
    Row("mad.hi.sat.s32 d, a, b, c", "integer.mad", "fma", (1, 0), 10,
        "The upper half of a product plus c, clamped to the range of s32."),
    Row(f"mad{_ROUNDING}{{.ftz}}{{.sat}}.f32 d, a, b, c", "fused.fma", "fma", (1, 0), 20,
        "The same as fma: a * b + c, rounded once."),
    Row(f"mad{_ROUNDING}.f64 d, a, b, c", "fused.fma", "fp64", (1, 0), 13,
        "The same as fma, for doubles."),
    Row("mad24.lo|.hi.u32|.s32 d, a, b, c", "integer.mad24", "fma", (1, 0), 10,
        "A 24-bit product plus c."),
    Row("mad24.hi.sat.s32 d, a, b, c", "integer.mad24", "fma", (1, 0), 10,
        "The upper bits of a 24-bit product plus c, clamped to the range of s32."),
    Row(f"fma{_ROUNDING}{{.ftz}}{{.sat}}.f32 d, a, b, c", "fused.fma", "fma", (2, 0), 20,
        "Fused multiply-add of floats: a * b + c, rounded once."),
    Row(f"fma{_ROUNDING}.f64 d, a, b, c", "fused.fma", "fp64", (1, 4), 13,
        "Fused multiply-add of doubles."),
)  # fmt: skip

_QUOTIENTS = (
    Row(f"div{_INTEGERS} d, a, b", "division.div", "xu", (1, 0), 10,
        "Divides integers toward zero; by zero it gives all ones."),
    Row(f"rem{_INTEGERS} d, a, b", "division.rem", "xu", (1, 0), 10,
        "The remainder of an integer division, with the sign of a; by zero all ones."),
    Row(f"div{_ROUNDING}{{.ftz}}.f32 d, a, b", "quotient.div", "xu", (1, 4), 20,
        "Divides floats, correctly rounded."),
    Row(f"div{_ROUNDING}.f64 d, a, b", "quotient.div", "fp64", (1, 4), 13,
        "Divides doubles, correctly rounded."),
    Row(f"rcp{_ROUNDING}{{.ftz}}.f32 d, a", "quotient.rcp", "xu", (1, 4), 20,
        "The reciprocal of a float, correctly rounded."),
    Row(f"rcp{_ROUNDING}.f64 d, a", "quotient.rcp", "fp64", (1, 4), 13,
        "The reciprocal of a double, correctly rounded."),
    Row(f"sqrt{_ROUNDING}{{.ftz}}.f32 d, a", "quotient.sqrt", "xu", (1, 4), 20,
        "The square root of a float, correctly rounded."),
    Row(f"sqrt{_ROUNDING}.f64 d, a", "quotient.sqrt", "fp64", (1, 4), 13,
        "The square root of a double, correctly rounded."),
)  # fmt: skip

_SIGN_AND_ORDER = (
    Row("neg.s16|.s32|.s64 d, a", "integer.neg", "alu", (1, 0), 10,
        "Turns the sign of an integer over."),
    Row("neg{.ftz}.f32 d, a", "floating.neg", "alu", (1, 0), 10, "Turns the sign of a float over."),
    Row("neg.f64 d, a", "floating.neg", "fp64", (1, 0), 13, "Turns the sign of a double over."),
    Row("abs.s16|.s32|.s64 d, a", "integer.absolute", "alu", (1, 0), 10,
        "The absolute value of an integer."),
    Row("abs{.ftz}.f32 d, a", "floating.absolute", "alu", (1, 0), 10, "The absolute value of a float."),
    Row("abs.f64 d, a", "floating.absolute", "fp64", (1, 0), 13, "The absolute value of a double."),
    Row(f"min{_INTEGERS} d, a, b", "integer.minimum", "alu", (1, 0), 10, "The smaller of two integers."),
    Row(f"max{_INTEGERS} d, a, b", "integer.maximum", "alu", (1, 0), 10, "The larger of two integers."),
    Row("min.relu.s32 d, a, b", "integer.minimum", "alu", (8, 0), 90,
        "The smaller of two integers, or 0 if that is negative."),
    Row("max.relu.s32 d, a, b", "integer.maximum", "alu", (8, 0), 90,
        "The larger of two integers, or 0 if that is negative."),
    Row("min{.ftz}{.NaN}{.xorsign.abs}.f32 d, a, b", "floating.minimum", "alu", (1, 0), 10,
        "The smaller of two floats; of a number and NaN, the number."),
    Row("max{.ftz}{.NaN}{.xorsign.abs}.f32 d, a, b", "floating.maximum", "alu", (1, 0), 10,
        "The larger of two floats; of a number and NaN, the number."),
    Row("min{.ftz}{.NaN}{.abs}.f32 d, a, b, c", "floating.minimum", "alu", (8, 8), 100,
        "The smallest of three floats, or with .abs of their magnitudes."),
    Row("max{.ftz}{.NaN}{.abs}.f32 d, a, b, c", "floating.maximum", "alu", (8, 8), 100,
        "The largest of three floats, or with .abs of their magnitudes."),
    Row("min.f64 d, a, b", "floating.minimum", "fp64", (1, 0), 13, "The smaller of two doubles."),
    Row("max.f64 d, a, b", "floating.maximum", "fp64", (1, 0), 13, "The larger of two doubles."),
    Row(f"sad{_INTEGERS} d, a, b, c", "integer.sad", "alu", (1, 0), 10,
        "c plus the absolute difference of a and b."),
    Row("copysign.f32|.f64 d, a, b", "floating.copysign", "alu", (2, 0), 20,
        "The magnitude of b with the sign of a."),
)  # fmt: skip

ROWS = _SUMS + _CARRIES + _PRODUCTS + _QUOTIENTS + _SIGN_AND_ORDER
