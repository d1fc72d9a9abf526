"""Correctly rounded floating point against rational numbers, in all four directions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import rounding_oracle as oracle
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import batches, check, execute, form_of, quick
from rounding_oracle import FORMATS, flushed, saturated, to_float, to_pattern

from smsim.machine.ops import fused

MODES = ["rn", "rz", "rm", "rp"]
FLOATS = ["f32", "f64"]

COMPUTE = {
    "add": oracle.added,
    "sub": lambda a, b, name, mode: oracle.added(a, -b, name, mode),
    "mul": oracle.multiplied,
    "div": oracle.divided,
    "fma": oracle.fused,
    "rcp": lambda a, name, mode: oracle.divided(1.0, a, name, mode),
    "sqrt": oracle.rooted,
}
OPERANDS = {"fma": 3, "rcp": 1, "sqrt": 1}


def on_patterns(opcode: str, name: str, mode: str, ftz: bool = False, sat: bool = False):
    def compute(*patterns: int) -> int:
        if ftz:
            patterns = tuple(flushed(p, name) for p in patterns)
        result = COMPUTE[opcode](*(to_float(p, name) for p in patterns), name, mode)
        if ftz:
            result = flushed(result, name)
        return saturated(result, name) if sat else result

    return compute


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("opcode", COMPUTE)
@given(data=st.data())
@quick
def test_rounding(opcode: str, mode: str, name: str, data: st.DataObject) -> None:
    cases = data.draw(batches(*[name] * OPERANDS.get(opcode, 2)))
    check(f"{opcode}.{mode}.{name}", cases, on_patterns(opcode, name, mode))


@pytest.mark.parametrize("opcode", ["add", "sub", "mul", "fma"])
@given(data=st.data())
@quick
def test_flushing_and_saturation(opcode: str, data: st.DataObject) -> None:
    cases = data.draw(batches(*["f32"] * OPERANDS.get(opcode, 2)))
    for mode in ("rn", "rp"):
        for extra in (".ftz", ".sat", ".ftz.sat"):
            check(
                f"{opcode}.{mode}{extra}.f32",
                cases,
                on_patterns(opcode, "f32", mode, "ftz" in extra, "sat" in extra),
            )


@given(batches("f32", "f32"))
@quick
def test_flushing_quotients(cases: list[tuple[int, ...]]) -> None:
    check("div.rn.ftz.f32", cases, on_patterns("div", "f32", "rn", ftz=True))
    singles = [c[:1] for c in cases]
    check("sqrt.rn.ftz.f32", singles, on_patterns("sqrt", "f32", "rn", ftz=True))
    check("rcp.rz.ftz.f32", singles, on_patterns("rcp", "f32", "rz", ftz=True))


def test_mad_of_floats_is_fma() -> None:
    for name in FLOATS:
        assert form_of(f"mad.rz.{name}").row.semantics == form_of(f"fma.rz.{name}").row.semantics


def test_default_is_nearest() -> None:
    for spelling in ("add.f32", "sub.f64", "mul.f32"):
        opcode, name = spelling.split(".")
        values = [(to_pattern(1.0, name), to_pattern(2.0**-24 if name == "f32" else 2.0**-53, name))] * 2
        check(spelling, values, on_patterns(opcode, name, "rn"))


def test_fma_is_rounded_once() -> None:
    """Sums that land halfway between two floats once they are rounded to double."""
    near = 1 + 2.0**-12
    cases = [(near, near, 2.0**-80), (near, near, -(2.0**-80)), (near, near, 0.0), (near, -near, 2.0**-80)]
    cases = [tuple(to_pattern(x, "f32") for x in case) for case in cases]
    for mode in MODES:
        check(f"fma.{mode}.f32", cases, on_patterns("fma", "f32", mode))
    one, up = to_pattern(1.0, "f32"), to_pattern(1.0 + 2.0**-23, "f32")
    squared = near * near  # 1 + 2**-11 + 2**-24: a tie
    even = to_pattern(1.0 + 2.0**-11, "f32")
    assert to_float(even, "f32") < squared < to_float(even + 1, "f32")
    results = [int(execute("fma.rn.f32", *_columns(case)).view(np.uint32)[0, 0]) for case in cases[:3]]
    assert results == [even + 1, even, even]
    assert one < up


def _columns(case: tuple[int, ...]) -> list[np.ndarray]:
    return [np.array([[p]], np.uint32).view(np.float32) for p in case]


def test_fma_double_rounding_among_subnormals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product just beside half of the smallest subnormal, added to something much larger.

    The double sum cannot hold the little that is over, and shows a tie.
    """
    # 2**46 + 1 = 5 * 277 * 1013 * 1657 * 30269: as two factors of at most 24 bits, times powers of two.
    x, y = 5 * 1013 * 1657, 277 * 30269
    assert x * y == 2**46 + 1 and max(x, y) < 2**24
    a, b = math.ldexp(x, -98), math.ldexp(y, -98)  # a * b = 2**-150 * (1 + 2**-46)
    cases = []
    for sign_p in (1, -1):
        for steps in (2**20, 2**20 + 1, 2**22 - 1, -(2**21), 0, 1, 2**23 - 1, 2**23):
            cases.append((to_pattern(sign_p * a, "f32"), to_pattern(b, "f32"), _subnormal(steps)))
    for mode in MODES:
        check(f"fma.{mode}.f32", cases, on_patterns("fma", "f32", mode))
    monkeypatch.setattr(fused, "_to_single", fused._to_single_looking)  # as in the browser
    check("fma.rn.f32", cases, on_patterns("fma", "f32", "rn"))


def _subnormal(steps: int) -> int:
    return to_pattern(math.ldexp(steps, -149), "f32")


def test_watching_and_looking_for_underflow_agree() -> None:
    """The browser has no floating-point flags; its way must find the same lanes."""
    for value in (1.1 * 2.0**-140, 1.0, 0.0, 1.1 * 2.0**-160):
        total = np.full((4, 4), value)
        total[0, 0] = 3.5
        with np.errstate(all="ignore"):
            result, watched = fused._to_single_watching(total)
            same, looked = fused._to_single_looking(total)
        assert np.array_equal(result, same)
        if watched:
            assert looked


@pytest.mark.parametrize("name", FLOATS)
def test_fma_near_ties(name: str) -> None:
    """Random products with an addend chosen so that the sum lies on, or beside, a tie."""
    random = np.random.default_rng(5)
    precision = FORMATS[name][2]
    cases = []
    for _ in range(60):
        a, b = (float(x) for x in 1 + random.integers(0, 1 << 12, 2) / 4096.0)
        c = math.ldexp(1.0 + random.integers(0, 8) / 8, int(random.integers(-precision - 3, 2)))
        epsilon = math.ldexp(1.0, -precision)
        for addend in (c, -c, epsilon, epsilon * (1 + 2.0**-20), -epsilon / 2):
            cases.append(tuple(to_pattern(x, name) for x in (a, b, addend)))
    for mode in MODES:
        check(f"fma.{mode}.{name}", cases, on_patterns("fma", name, mode))


@pytest.mark.parametrize("name", FLOATS)
@given(data=st.data())
@quick
def test_min_max(name: str, data: st.DataObject) -> None:
    cases = data.draw(batches(name, name))
    nan = FORMATS[name][-1]
    sign = 1 << (31 if name == "f32" else 63)

    def ordered(pattern: int) -> tuple[float, bool]:
        return to_float(pattern, name), not pattern & sign

    def extreme(choose, keep_nan: bool, ftz: bool = False, xorsign: bool = False):
        def compute(a: int, b: int) -> int:
            if ftz:
                a, b = flushed(a, name), flushed(b, name)
            signs = (a ^ b) & sign
            if xorsign:
                a, b = a & ~sign, b & ~sign
            numbers = [p for p in (a, b) if not math.isnan(to_float(p, name))]
            if not numbers or (keep_nan and len(numbers) < 2):
                return nan
            result = choose(numbers, key=ordered)
            return result | signs if xorsign else result

        return compute

    for word, choose in (("min", min), ("max", max)):
        check(f"{word}.{name}", cases, extreme(choose, False))
        if name == "f32":
            check(f"{word}.ftz.f32", cases, extreme(choose, False, ftz=True))
            check(f"{word}.NaN.f32", cases, extreme(choose, True))
            check(f"{word}.ftz.NaN.xorsign.abs.f32", cases, extreme(choose, True, True, True))
            check(f"{word}.xorsign.abs.f32", cases, extreme(choose, False, False, True))


@pytest.mark.parametrize("name", FLOATS)
@given(data=st.data())
@quick
def test_signs(name: str, data: st.DataObject) -> None:
    cases = data.draw(batches(name, name))
    sign = 1 << (31 if name == "f32" else 63)
    nan = FORMATS[name][-1]

    def unless_nan(a: int, result: int) -> int:
        return nan if math.isnan(to_float(a, name)) else result

    singles = [c[:1] for c in cases]
    check(f"neg.{name}", singles, lambda a: unless_nan(a, a ^ sign))
    check(f"abs.{name}", singles, lambda a: unless_nan(a, a & ~sign))
    check(f"copysign.{name}", cases, lambda a, b: b & ~sign | a & sign)


def test_hot_path_on_large_arrays() -> None:
    """Ties hidden among many lanes, in both memory orders, against the directed path through rounding to odd."""
    random = np.random.default_rng(3)
    a, b, c = (random.standard_normal((256, 64)).astype(np.float32) for _ in range(3))
    a[17, 5] = b[17, 5] = 1 + 2.0**-12
    c[17, 5] = 2.0**-80
    fast = execute("fma.rn.f32", a, b, c)
    assert fast[17, 5] == np.float32(1 + 2.0**-11 + 2.0**-23)
    turned = execute("fma.rn.f32", *(np.asfortranarray(x) for x in (a, b, c)))
    assert np.array_equal(fast, turned)
    down, up = execute("fma.rm.f32", a, b, c), execute("fma.rp.f32", a, b, c)
    assert ((fast == down) | (fast == up)).all()
    assert form_of("fma.rn.f32").row.unit == "fma"
