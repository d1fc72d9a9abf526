"""Approximate functions, within error bounds that the ISA states."""

from __future__ import annotations

from smsim.ptx.rows import Row

ROWS = (
    Row("ex2.approx{.ftz}.f32 d, a", "approx.ex2", "xu", (1, 0), 10,
        "2 to the power a, at most 2 ulp off."),
    Row("lg2.approx{.ftz}.f32 d, a", "approx.lg2", "xu", (1, 0), 10,
        "The logarithm to base 2; error at most 2^-22, absolute near 1 and relative elsewhere."),
    Row("sin.approx{.ftz}.f32 d, a", "approx.sin", "xu", (1, 0), 10,
        "The sine of an angle in radians; absolute error at most 2^-20.5 up to 2 pi, 2^-14.7 up to 100 pi."),
    Row("cos.approx{.ftz}.f32 d, a", "approx.cos", "xu", (1, 0), 10,
        "The cosine of an angle in radians; absolute error at most 2^-20.5 up to 2 pi, 2^-14.7 up to 100 pi."),
    Row("tanh.approx.f32 d, a", "approx.tanh", "xu", (7, 0), 75,
        "The hyperbolic tangent; relative error at most 2^-11."),
    Row("rcp.approx{.ftz}.f32 d, a", "approx.rcp", "xu", (1, 0), 10,
        "The reciprocal, at most 1 ulp off."),
    Row("rsqrt.approx{.ftz}.f32 d, a", "approx.rsqrt", "xu", (1, 0), 10,
        "One over the square root; relative error at most 2^-22.9."),
    Row("sqrt.approx{.ftz}.f32 d, a", "approx.sqrt", "xu", (1, 0), 10,
        "The square root; relative error at most 2^-23."),
    Row("div.approx{.ftz}.f32 d, a, b", "approx.div", "xu", (1, 0), 10,
        "A quick quotient, at most 2 ulp off for divisors between 2^-126 and 2^126."),
    Row("div.full{.ftz}.f32 d, a, b", "approx.div_full", "xu", (1, 4), 10,
        "A quick quotient, at most 2 ulp off for every divisor."),
    Row("rcp.approx.ftz.f64 d, a", "approx.rcp_double", "xu", (2, 1), 20,
        "A coarse reciprocal of a double, in the upper 32 bits of the result."),
    Row("rsqrt.approx.ftz.f64 d, a", "approx.rsqrt_double", "xu", (4, 0), 20,
        "A coarse one over the square root of a double, in the upper 32 bits of the result."),
    Row("rsqrt.approx.f64 d, a", "approx.rsqrt_long", "fp64", (1, 0), 13,
        "One over the square root of a double."),
)  # fmt: skip
