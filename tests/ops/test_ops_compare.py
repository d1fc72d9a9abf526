"""Comparisons, selection and classification."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import batches, check, execute, quick, value_of
from rounding_oracle import flushed, to_float

RELATIONS = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
UNSIGNED = {"lo": operator.lt, "ls": operator.le, "hi": operator.gt, "hs": operator.ge}
COMBINE = {"and": operator.and_, "or": operator.or_, "xor": operator.xor}
INTEGERS = ["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64"]


def relations_of(kind: str) -> dict:
    if kind.startswith("b"):
        return {name: RELATIONS[name] for name in ("eq", "ne")}
    if kind.startswith("u"):
        return RELATIONS | UNSIGNED
    if kind.startswith("s"):
        return RELATIONS

    def unordered(a: float, b: float) -> bool:
        return math.isnan(a) or math.isnan(b)

    ordered = {n: lambda a, b, f=f: not unordered(a, b) and f(a, b) for n, f in RELATIONS.items()}
    or_nan = {n + "u": lambda a, b, f=f: unordered(a, b) or f(a, b) for n, f in RELATIONS.items()}
    return ordered | or_nan | {"num": lambda a, b: not unordered(a, b), "nan": unordered}


def number(pattern: int, kind: str) -> int | float:
    return to_float(pattern, kind) if kind.startswith("f") else value_of(pattern, kind)


@pytest.mark.parametrize("kind", [*INTEGERS, "f32", "f64"])
@given(data=st.data())
@quick
def test_setp(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind, kind, "pred"))
    cases += [(a, a, p) for a, _, p in cases[:2]]
    combine_name = data.draw(st.sampled_from(list(COMBINE)))
    combine = COMBINE[combine_name]
    two = [c[:2] for c in cases]
    relations = relations_of(kind)
    for name, relation in relations.items():
        check(f"setp.{name}.{kind}", two, lambda a, b, r=relation: bool(r(number(a, kind), number(b, kind))))

    name = data.draw(st.sampled_from(list(relations)))

    def holds(a: int, b: int) -> bool:
        return bool(relations[name](number(a, kind), number(b, kind)))

    check(f"setp.{name}.{kind}", two, lambda a, b: (holds(a, b), not holds(a, b)), pair=True)
    check(f"setp.{name}.{combine_name}.{kind}", cases, lambda a, b, c: combine(holds(a, b), c))
    check(
        f"setp.{name}.{combine_name}.{kind}",
        cases,
        lambda a, b, c: (combine(holds(a, b), c), combine(not holds(a, b), c)),
        pair=True,
    )


@given(batches("f32", "f32"))
@quick
def test_comparison_flushes(cases: list[tuple[int, ...]]) -> None:
    for name, relation in relations_of("f32").items():
        check(
            f"setp.{name}.ftz.f32",
            cases,
            lambda a, b, r=relation: bool(r(*(to_float(flushed(x, "f32"), "f32") for x in (a, b)))),
        )


@pytest.mark.parametrize("kind", ["s32", "u64", "f32", "f64"])
@pytest.mark.parametrize(("target", "true"), [("u32", 2**32 - 1), ("s32", 2**32 - 1), ("f32", 0x3F800000)])
@given(data=st.data())
@quick
def test_set(kind: str, target: str, true: int, data: st.DataObject) -> None:
    cases = data.draw(batches(kind, kind, "pred"))
    for name in ("lt", "ne"):
        relation = relations_of(kind)[name]

        def holds(a: int, b: int, relation=relation) -> bool:
            return bool(relation(number(a, kind), number(b, kind)))

        check(f"set.{name}.{target}.{kind}", [c[:2] for c in cases], lambda a, b: true if holds(a, b) else 0)
        check(f"set.{name}.xor.{target}.{kind}", cases, lambda a, b, c: true if holds(a, b) != c else 0)


@pytest.mark.parametrize("kind", [*INTEGERS, "f32", "f64"])
@given(data=st.data())
@quick
def test_selection(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind, kind, "pred"))
    check(f"selp.{kind}", cases, lambda a, b, p: a if p else b)
    by_integer = data.draw(batches(kind, kind, "s32"))
    check(f"slct.{kind}.s32", by_integer, lambda a, b, c: b if c >> 31 else a)
    by_float = data.draw(batches(kind, kind, "f32"))
    check(f"slct.{kind}.f32", by_float, lambda a, b, c: a if to_float(c, "f32") >= 0 else b)
    check(
        f"slct.ftz.{kind}.f32",
        by_float,
        lambda a, b, c: a if to_float(flushed(c, "f32"), "f32") >= 0 else b,
    )


@pytest.mark.parametrize("kind", ["f32", "f64"])
@given(data=st.data())
@quick
def test_testp(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind))
    smallest_normal = 2.0 ** (-126 if kind == "f32" else -1022)
    tests = {
        "finite": math.isfinite,
        "infinite": math.isinf,
        "number": lambda x: not math.isnan(x),
        "notanumber": math.isnan,
        "normal": lambda x: math.isfinite(x) and (x == 0 or abs(x) >= smallest_normal),
        "subnormal": lambda x: 0 < abs(x) < smallest_normal,
    }
    for name, test in tests.items():
        check(f"testp.{name}.{kind}", cases, lambda a, t=test: bool(t(to_float(a, kind))))


def test_select_among_many_lanes() -> None:
    """Many lanes take another way than few; operands of every shape."""
    random = np.random.default_rng(2)
    p = random.random((128, 32)) < 0.5
    for shape in ((128, 32), (128, 1), (1, 32), (1, 1)):
        a = random.standard_normal(shape).astype(np.float32)
        b = random.standard_normal((128, 32)).astype(np.float32)
        assert np.array_equal(execute("selp.f32", a, b, p), np.where(p, a, b))
        assert np.array_equal(execute("selp.f32", b, a, np.asfortranarray(p)), np.where(p, b, a))
