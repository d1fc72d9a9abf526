"""The approximate functions: inside the ISA's bounds, and right in its special cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from ops_harness import check, execute
from rounding_oracle import flushed, to_float, to_pattern

INF, NAN = math.inf, math.nan


def spread(low_exponent: int, high_exponent: int, count: int = 4000) -> np.ndarray:
    """Positive float32 over a range of magnitudes, as a (T, B) array."""
    random = np.random.default_rng(7)
    exponents = random.uniform(low_exponent, high_exponent, count)
    return np.exp2(exponents).astype(np.float32).reshape(-1, 40)


def both_signs(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values, -values])


def relative_error(spelling: str, *operands: np.ndarray, true: np.ndarray) -> float:
    got = execute(spelling, *operands).astype(np.float64)
    return float(np.max(np.abs(got - true) / np.abs(true)))


def absolute_error(spelling: str, a: np.ndarray, true: np.ndarray) -> float:
    return float(np.max(np.abs(execute(spelling, a).astype(np.float64) - true)))


def test_ex2() -> None:
    a = both_signs(spread(-30, 6.9))
    assert relative_error("ex2.approx.f32", a, true=np.exp2(a.astype(np.float64))) < 2.0**-22
    whole = np.arange(-149, 128, dtype=np.float32).reshape(1, -1)
    exact = np.ldexp(1.0, whole.astype(int)).astype(np.float32)
    assert np.array_equal(execute("ex2.approx.f32", whole), exact)


def test_lg2() -> None:
    outside = np.concatenate([spread(-149, -1), spread(1, 127)])
    assert relative_error("lg2.approx.f32", outside, true=np.log2(outside.astype(np.float64))) < 2.0**-22
    near_one = np.linspace(0.5, 2, 4001).astype(np.float32).reshape(-1, 1)
    assert absolute_error("lg2.approx.f32", near_one, np.log2(near_one.astype(np.float64))) < 2.0**-22
    close = np.float32(1) + both_signs(spread(-23, -10))
    close = close[close != 1].reshape(1, -1)
    assert relative_error("lg2.approx.f32", close, true=np.log2(close.astype(np.float64))) < 2.0**-22


@pytest.mark.parametrize(("spelling", "true"), [("sin.approx.f32", np.sin), ("cos.approx.f32", np.cos)])
def test_circular(spelling: str, true: np.ufunc) -> None:
    small = np.linspace(-2 * np.pi, 2 * np.pi, 8001).astype(np.float32).reshape(-1, 1)
    assert absolute_error(spelling, small, true(small.astype(np.float64))) < 2.0**-20.5
    large = np.linspace(-100 * np.pi, 100 * np.pi, 8001).astype(np.float32).reshape(1, -1)
    assert absolute_error(spelling, large, true(large.astype(np.float64))) < 2.0**-14.7
    huge = execute(spelling, both_signs(spread(8, 127.9)))
    assert np.abs(huge).max() <= 1


def test_tanh() -> None:
    a = both_signs(spread(-149, 10))
    assert relative_error("tanh.approx.f32", a, true=np.tanh(a.astype(np.float64))) < 2.0**-11


def test_reciprocals_and_roots() -> None:
    a = spread(-149, 127.9)
    wide = a.astype(np.float64)
    assert relative_error("rsqrt.approx.f32", a, true=1 / np.sqrt(wide)) < 2.0**-22.9
    assert relative_error("sqrt.approx.f32", a, true=np.sqrt(wide)) < 2.0**-23
    normal = both_signs(spread(-125.9, 125.9))
    assert relative_error("rcp.approx.f32", normal, true=1 / normal.astype(np.float64)) < 2.0**-23


def test_quotients() -> None:
    a, b = both_signs(spread(-20, 20)), both_signs(spread(-100, 100))[:, ::-1]
    true = a.astype(np.float64) / b
    assert relative_error("div.approx.f32", a, b, true=true) < 2.0**-22
    assert relative_error("div.full.f32", a, b, true=true) < 2.0**-22
    huge = np.float32(1.5 * 2.0**126)
    assert execute("div.approx.f32", np.full((1, 1), 3, np.float32), np.full((1, 1), huge)) == 0
    assert np.isnan(execute("div.approx.f32", np.full((1, 1), np.inf, np.float32), np.full((1, 1), huge)))
    assert execute("div.full.f32", np.full((1, 1), huge), np.full((1, 1), huge)) == 1


def test_doubles_are_coarse() -> None:
    a = both_signs(spread(-100, 100)).astype(np.float64) * 1.23456789
    for spelling, operand, true in (
        ("rcp.approx.ftz.f64", a, 1 / a),
        ("rsqrt.approx.ftz.f64", np.abs(a), 1 / np.sqrt(np.abs(a))),
    ):
        assert 2.0**-30 < relative_error(spelling, operand, true=true) < 2.0**-19
        assert not np.any(execute(spelling, operand).view(np.uint64) & np.uint64(0xFFFFFFFF))
    positive = np.abs(a)
    assert relative_error("rsqrt.approx.f64", positive, true=1 / np.sqrt(positive)) < 2.0**-51


SPECIAL = {
    "ex2.approx.f32": [(-INF, 0.0), (-0.0, 1.0), (0.0, 1.0), (INF, INF), (200.0, INF), (-200.0, 0.0)],
    "lg2.approx.f32": [
        (-INF, NAN),
        (-1.0, NAN),
        (-0.0, -INF),
        (0.0, -INF),
        (INF, INF),
        (1.0, 0.0),
        (2.0**-149, -149.0),
    ],
    "sin.approx.f32": [(-INF, NAN), (-0.0, -0.0), (0.0, 0.0), (INF, NAN)],
    "cos.approx.f32": [(-INF, NAN), (-0.0, 1.0), (0.0, 1.0), (INF, NAN)],
    "tanh.approx.f32": [(-INF, -1.0), (-0.0, -0.0), (0.0, 0.0), (INF, 1.0)],
    "rcp.approx.f32": [(-INF, -0.0), (-0.0, -INF), (0.0, INF), (INF, 0.0)],
    "rsqrt.approx.f32": [(-INF, NAN), (-1.0, NAN), (-0.0, -INF), (0.0, INF), (INF, 0.0)],
    "sqrt.approx.f32": [(-INF, NAN), (-1.0, NAN), (-0.0, -0.0), (0.0, 0.0), (INF, INF)],
    "rcp.approx.ftz.f64": [
        (-INF, -0.0),
        (-0.0, -INF),
        (0.0, INF),
        (INF, 0.0),
        (2.0**-1040, INF),
        (-(2.0**-1040), -INF),
    ],
    "rsqrt.approx.ftz.f64": [
        (-INF, NAN),
        (-1.0, NAN),
        (-0.0, -INF),
        (0.0, INF),
        (INF, 0.0),
        (2.0**-1040, INF),
    ],
    "rsqrt.approx.f64": [(-INF, NAN), (-1.0, NAN), (-0.0, -INF), (0.0, INF), (INF, 0.0)],
}


@pytest.mark.parametrize("spelling", SPECIAL)
def test_special_cases(spelling: str) -> None:
    name = spelling.rpartition(".")[2]
    table = {to_pattern(a, name): to_pattern(d, name) for a, d in SPECIAL[spelling]}
    nan = to_pattern(NAN, name)
    table |= {nan: nan, (0x7FC00001 if name == "f32" else 0x7FF8000000000001): nan}
    check(spelling, [(a,) for a in table], lambda a: table[a])


@pytest.mark.parametrize("function", ["ex2", "lg2", "sin", "cos", "rcp", "rsqrt", "sqrt"])
def test_flushing(function: str) -> None:
    """Subnormal operands count as zero, subnormal results become zero."""
    patterns = [1, 0x80000001, 0x7FFFFF, 0x3F800000, 0x7F7FFFFF, to_pattern(-140.0, "f32")]

    def plain(a: int) -> int:
        operand = np.array([[flushed(a, "f32")]], np.uint32).view(np.float32)
        return flushed(int(execute(f"{function}.approx.f32", operand).view(np.uint32)[0, 0]), "f32")

    check(f"{function}.approx.ftz.f32", [(p,) for p in patterns], plain)
    assert to_float(plain(patterns[0]), "f32") == to_float(plain(0), "f32") or function in ("lg2", "rcp")
