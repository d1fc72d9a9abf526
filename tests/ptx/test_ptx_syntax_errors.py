"""What is not PTX is refused at its line and column, in words."""

from __future__ import annotations

import pytest
from ptx_samples import FIRST_LINE, HEAD, kernel

from smsim.errors import PTXSyntaxError, SimulationError
from smsim.ptx import parse

LINE = FIRST_LINE


def complaint(text: str) -> PTXSyntaxError:
    with pytest.raises(PTXSyntaxError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("body", "line", "column", "words"),
    [
        ("add.s32 %r1, %r2, %r3", LINE, 22, "expected ';' at the end of the statement, found 'ret'"),
        ("trap", LINE, 1, "expected ';' at the end of the statement"),
        ("add.s32 %r1 %r2, %r3;", LINE, 13, "found '%r2'"),
        ("add.s32 %r1, , %r3;", LINE, 14, "expected a register, a name or a number"),
        ("ld.global.u32 %r1, [%rd2;", LINE, 25, "expected ',' or ']', found ';'"),
        ("\nadd.s32 %r1, {%r2, %r3;", LINE + 1, 23, "expected ',' or '}'"),
        ("mov.u32 %r1, 0f3f80;", LINE, 14, "eight hexadecimal digits"),
        ("mov.u32 %r1, 12abc;", LINE, 14, "A number is written"),
        ("mov.u32 %r1, 089;", LINE, 14, "octal"),
        ("mov.u32 %r1, 99999999999999999999;", LINE, 14, "64 bits"),
        ("mov.u32 %r1, 1/0;", LINE, 15, "division by zero"),
        ("mov.f32 %f1, 1.0+1;", LINE, 17, "two integers, or two decimal floats"),
        ("add.s32 %r1, %r99, 1;", LINE, 14, "the register '%r99' is not declared"),
        ("mov.u64 %rd1, nothing;", LINE, 15, "nothing named 'nothing'"),
        ("bra nowhere;", LINE, 5, "no label 'nowhere'"),
        ("bra a;", LINE, 5, "no label 'a'"),
        ("{ inside: }\nbra inside;", LINE + 1, 5, "no label 'inside'"),
        ("x: trap;\nx: trap;", LINE + 1, 1, "'x' is declared twice"),
        ("x: mov.u64 %rd1, x;", LINE, 18, "only a branch can use it"),
        (".reg .b32 %r1;", LINE, 11, "'%r1' is declared twice"),
        (".reg .b32 %r<3>;", LINE, 11, "%r0, %r1 ... are declared twice"),
        (".reg .b32 %z4;\n.reg .b32 %z<5>;", LINE + 1, 11, "'%z4' is declared twice"),
        ("@%r1 trap;", LINE, 2, "a guard is a register of type .pred"),
        ("@%p1;", LINE, 5, "expected an instruction"),
        ("st.global.u32 [%rd1-4], %r2;", LINE, 20, "name+-4"),
        ("call nobody, (%r1);", LINE, 6, "nothing named 'nobody'"),
        (".shared .align 3 .b8 x[4];", LINE, 16, "a power of two"),
        (".shared .b8 x[];", LINE, 13, "needs a size"),
        (".shared .b32 x = 3;", LINE, 14, "only .global and .const"),
        (".local .pred x;", LINE, 14, "predicates live in registers"),
        ("/* for ever", LINE, 1, "*/ is missing"),
        ("{ {", LINE + 3, 1, "found the end of the text"),
        ("mov.u32 %r1, \u00e9;", LINE, 14, "found '\u00e9'"),
        ("table: .branchtargets a, b;", LINE, 23, "no label 'a'"),
        (".callprototype _ ();", LINE, None, "needs a label"),
    ],
)
def test_in_a_kernel(body, line, column, words):
    error = complaint(kernel(body))
    assert words in str(error)
    assert error.line == line
    if column is not None:
        assert error.column == column
        assert str(error).startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "begins with .version"),
        ("hello", 1, "expected .version"),
        (".version 8.0", 1, "expected .target"),
        (".version 8\n.target sm_90", 1, "a version such as 8.5"),
        (".version 19.0\n.target sm_90", 1, "found 19.0; the newest known is 9.5"),
        (".version 8.9\n.target sm_90", 1, "found 8.9; of 8 there is 8.0 to 8.8"),
        (".version 8.0\n.target sm_90\n.address_size 32", 3, "expected .address_size 64: since sm_90"),
        (".version 8.0\n.target sm_90\n.address_size 16", 3, "expected .address_size 64, found 16"),
        (HEAD + "add.s32 a, b, c;", 4, "expected a declaration such as .visible .entry"),
        (HEAD + ".visible .entri k() {}", 4, "found '.entri'"),
        (HEAD + ".global .u33 x;", 4, "a type such as .u32"),
        (HEAD + ".global .u32 x[2] = {1, 2, 3};", 4, "given 3 values where it has 2"),
        (HEAD + ".global .u32 x[2] = 1;", 4, "one pair of braces"),
        (HEAD + ".global .f32 x = 1;", 4, "write its value as a float"),
        (HEAD + ".global .u32 x = 1.5;", 4, "must be an integer"),
        (HEAD + ".global .u64 x = y;", 4, "nothing named 'y'"),
        (HEAD + ".global .u32 x;\n.global .u32 x;", 5, "'x' is declared twice"),
        (HEAD + ".entry e() {ret;}\n.entry e() {ret;}", 5, "defined twice, first on line 4"),
        (HEAD + ".entry e(.reg .b32 x) {ret;}", 4, "takes its parameters in .param"),
    ],
)
def test_outside_kernels(text, line, words):
    error = complaint(text)
    assert words in str(error) and error.line == line


def test_an_error_carries_the_line_it_is_about():
    error = complaint(kernel("   add.s32 %r1, %r2 ;;  // no"))
    assert error.text == error.ptx_text == "add.s32 %r1, %r2 ;;  // no"
    assert error.expected
    assert isinstance(error, SimulationError)


@pytest.mark.parametrize(
    "text",
    [
        kernel("{" * 10_000),
        kernel("{" * 1_000 + "}" * 1_000),
        kernel("(" * 10_000),
        kernel("mov.u32 %r1, " + "(" * 10_000),
        kernel("." * 10_000),
        HEAD + ".global .b8 x[2] = " + "{" * 10_000 + "}" * 10_000 + ";",
        HEAD + ".local .b8 x<99999999999>;",
        HEAD + ".global .b8 x[109951162777] = {1};",
        kernel("mov.u32 %r1, " + "9" * 10_000 + ";"),
    ],
)
def test_absurd_texts_end_quickly(text):
    complaint(text)


def test_deep_expressions_are_no_problem():
    parse(kernel("mov.u32 %r1, " + "(" * 5_000 + "1" + ")" * 5_000 + ";"))
    parse(kernel("mov.u32 %r1, " + "1+" * 5_000 + "1;"))
