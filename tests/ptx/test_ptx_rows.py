"""The instruction table: the notation of rows, and finding the row of an instruction."""

from __future__ import annotations

import pytest
from ptx_samples import SAMPLES, kernel

from smsim.errors import PTXSyntaxError, UnsupportedPTX
from smsim.ptx import parse
from smsim.ptx.check import forms
from smsim.ptx.rows import SPACES, UNITS, Row, matching_rows, resolve
from smsim.ptx.syntax import pattern
from smsim.ptx.table import ROWS


def form_of(statement: str):
    return resolve(parse(kernel(statement)).functions["k"].body[0])


def fits(syntax: str, *modifiers: str) -> bool:
    return pattern(syntax).fits(modifiers)


def test_modifiers():
    syntax = "add{.rn|.rz}{.ftz}.f32|.f64 d, a, b"
    assert fits(syntax, "f32") and fits(syntax, "rz", "ftz", "f64")
    assert not fits(syntax, "ftz") and not fits(syntax, "rn", "rz", "f32") and not fits(syntax, "f32", "f64")
    assert not fits(syntax, "f3") and not fits(syntax, "rnx", "f32")


def test_nested_and_composed_alternatives():
    syntax = "x{.sync{.aligned}|.a.b}.u32 d"
    assert fits(syntax, "sync", "aligned", "u32") and fits(syntax, "a", "b", "u32")
    assert not fits(syntax, "aligned", "u32") and not fits(syntax, "a", "u32")


def test_order_of_modifiers_is_free_except_among_types():
    assert fits("add{.rn}{.ftz}.f32 d, a, b", "f32", "ftz", "rn")
    assert fits("cvt.f64.f32 d:0, a", "f64", "f32") and not fits("cvt.f64.f32 d:0, a", "f32", "f64")


def test_operands():
    specs = pattern("i.x d{|q}, [a], b:u32, {!}c:pred{, e:wide}").operands
    assert [s.name for s in specs] == ["d", "a", "b", "c", "e"]
    assert [s.optional for s in specs] == [False, False, False, False, True]
    assert [s.type for s in specs] == [None, None, "u32", "pred", "wide"]
    assert specs[0].destination and specs[0].pair == "may" and specs[1].memory
    assert pattern("mov.b64 {d...}, a").operands[0].vector


@pytest.mark.parametrize("syntax", ["x{.a d", "x.a}.b d", ".a d", "x d, {e", "x d, ?"])
def test_a_row_in_bad_notation_is_refused(syntax):
    with pytest.raises(ValueError):
        pattern(syntax)


def test_types_and_flags():
    form = form_of("ld.global.nc.L1::no_allocate.v2.f32 {%f1, %f2}, [%rd1];")
    assert (form.types, form.space, form.vector, form.destinations) == (("f32",), "global", 2, 1)
    assert form.flags == {"global", "nc", "L1::no_allocate", "v2"}
    assert form_of("ld.shared::cta.u8 %r1, [%rd1];").space == "shared"
    assert form_of("ld.u8 %r1, [%rd1];").space == "generic"
    assert form_of("mul.wide.s32 %rd1, %r1, %r2;").operand_types == ("s64", "s32", "s32")
    assert form_of("cvt.rn.f32.s64 %f1, %rd1;").operand_types == ("f32", "s64")
    assert form_of("setp.lt.u32 %p1, %r1, %r2;").operand_types == ("pred", "u32", "u32")
    assert form_of("st.global.u32 [%rd1], %r1;").destinations == 0
    assert form_of("bar.red.or.pred %p1, 0, !%p2;").operand_types == ("pred", "u32", "pred")


def test_forms_are_shared():
    assert form_of("add.s32 %r1, %r2, %r3;") is form_of("add.s32 %r4, %r2, %r1;")


def test_an_unknown_instruction_is_named():
    with pytest.raises(UnsupportedPTX, match="no instruction ad .*Did you mean"):
        form_of("ad.s32 %r1, %r2, %r3;")
    with pytest.raises(UnsupportedPTX, match=r"line 8: .*add has no \.s99\. It has: .*\.s16") as caught:
        form_of("add.s99 %r1, %r2, %r3;")
    assert caught.value.line == 8 and caught.value.text == "add.s99 %r1, %r2, %r3"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("ld.globl.f32 %f1, [%rd1];", r"ld has no \.globl\. Did you mean \.global"),
        ("ld.global.f23 %f1, [%rd1];", r"ld has no \.f23\. Did you mean .*\.f32"),
        ("atom.global.ad.u32 %r1, [%rd1], 1;", r"atom has no \.ad\. Did you mean .*\.add"),
        ("bar.snyc 0;", r"bar has no \.snyc\. Did you mean \.sync"),
        ("ld.global.qqqq.f32 %f1, [%rd1];", r"ld has no \.qqqq\. It has: .*\.cg.* and more\.$"),
        ("ld.global.shared.f32 %f1, [%rd1];", r"ld takes \.global or \.shared, not both\.$"),
        ("add.s32.s32 %r1, %r2, %r3;", r"add takes \.s32 once\.$"),
        ("mov.2 %r1, %r2;", r"mov has no \.2\. It has: "),
        ("cvt.s8.f32 %r1, %f1;", r"It has: cvt\.rni[^;]*\.s8[^;]*\.f32"),
        ("cvt.f32.s8 %f1, %r1;", r"It has: cvt\.rn\|[^;]*\.f32[^;]*\.s8"),
        ("fma.f32 %f1, %f2, %f3, %f4;", r"It has: fma\.rn[^;]*\.f32 d, a, b, c$"),
    ],
)
def test_an_unknown_modifier_is_named(statement, words):
    with pytest.raises(UnsupportedPTX, match=words) as caught:
        form_of(statement)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("add.s32 %r1, %r2;", "it takes 3 operands, and 2 were written"),
        ("ld.global.u32 %r1, %rd1;", r"operand 2 \(a\) is a place in memory"),
        ("add.s32 %r1, [%rd1], %r2;", "brackets belong to places in memory"),
        ("add.s32 5, %r1, %r2;", "receives the result"),
        ("add.s32 %r1, !%p1, %r2;", "not a predicate"),
        ("ld.global.v4.u32 {%r1, %r2}, [%rd1];", "a vector of 4 registers"),
        ("mov.u32 {%h1, %h2}, %r1;", "single register"),
        ("add.s32 %r1|%p1, %r2, %r3;", "not a pair"),
        ("bar.sync;", "takes 1 to 2 operands, and none were written"),
    ],
)
def test_wrong_operands(statement, words):
    with pytest.raises(PTXSyntaxError, match=words):
        form_of(statement)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("add.s32 %r1, %r2, %rd3;", "%rd3 is .b64, and the instruction needs .s32"),
        ("add.s32 %r1, %r2, %f3;", "%f3 is .f32"),
        ("add.f32 %f1, %f2, 1;", "written 1.0"),
        ("add.s32 %r1, %r2, 1.0;", "is a float"),
        ("add.s32 %r1, %r2, %tid.x;", "read by mov"),
        ("mov.u64 %rd1, %tid.x;", "%tid.x is .u32"),
        ("mov.b64 %rd1, {%r1, %r2, %r3};", "do not make .b64"),
        ("ld.global.u32 %h1, [%rd1];", "%h1 is .b16"),
        ("ld.global.u32 %r1, [%h1];", "an address is in a register of 64 bits"),
        ("ld.global.u32 %r1, [%r2];", "expected a register of 64 bits.*in .global, and %r2 is .b32"),
        ("st.u32 [%r2+4], %r1;", "expected a register of 64 bits.*for a generic address"),
        ("atom.global.add.u32 %r1, [%r2], 1;", "expected a register of 64 bits"),
        ("ld.global.u32 %r1, [16];", "local memory only"),
        ("ld.global.u32 %r1, [s];", "s is in .shared, and the instruction reaches .global"),
        ("ld.u64 %rd1, [a];", "a is in .param"),
        ("ld.global.v4.f64 {%d1, %d2, %d3, %d4}, [%rd1];", "at most 16 bytes"),
        ("ld.global.L2::cache_hint.u32 %r1, [%rd1];", "come together"),
        ("add.s32 _, %r1, %r2;", "cannot be thrown away"),
        ("bar.sync 16;", "there is no barrier 16"),
        ("bar.sync 0, 33;", "not a multiple of 32"),
        ("call f;", "takes 1 argument, and the call has 0"),
        ("call (%r1), f, (%r2);", "returns 0 results"),
        ("call f, (%rd1);", "has 64 bits, not 32"),
        ("call %rd1, (%r1);", "needs a .callprototype"),
        ("call k, (%rd1);", "it is launched, not called"),
        ("call s;", "s is not a function"),
        ("x: brx.idx %r1, x;", "only a branch|not the label of a .branchtargets"),
    ],
)
def test_operands_that_do_not_suit(statement, words):
    top = ".shared .b32 s; .func f(.param .b32 x) {ret;}"
    with pytest.raises(PTXSyntaxError, match=words) as caught:
        module = parse(kernel(statement, top=top))
        forms(module.functions["k"], module)
    assert caught.value.line == 8


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_in_order(name):
    module = parse(SAMPLES[name])
    for function in module.functions.values():
        assert len(forms(function, module)) == len(function.body)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.syntax[:40])
def test_a_row_is_complete(row: Row):
    pattern(row.syntax)
    family, dot, name = row.semantics.partition(".")
    assert family and dot and name.isidentifier()
    assert row.unit in UNITS
    assert (1, 0) <= row.ptx <= (9, 9) and 10 <= row.sm <= 120
    assert row.summary.endswith(".") and "  " not in row.summary


def test_no_two_rows_are_the_same():
    assert len({row.syntax for row in ROWS}) == len(ROWS)


def test_spaces_are_known():
    assert "global" in SPACES and matching_rows("ld", ("global", "f32"))
