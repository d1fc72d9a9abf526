"""Reading PTX: what becomes of each kind of statement."""

from __future__ import annotations

import struct

import pytest
from ptx_samples import FIRST_LINE, HEAD, SAMPLES, kernel

from smsim.ptx import load_text, parse
from smsim.ptx.nodes import (
    Address,
    Group,
    Immediate,
    Loc,
    Negated,
    Pair,
    Register,
    Sink,
    Special,
    Symbol,
    Vector,
)


def body_of(text: str):
    return parse(text).functions["k"].body[:-1]


def only(statement: str, **kwargs):
    (instruction,) = body_of(kernel(statement, **kwargs))
    return instruction


def test_a_whole_kernel():
    module = parse(SAMPLES["saxpy"])
    assert (module.version, module.target, module.address_size) == ((7, 0), "sm_70", 64)
    assert module.files == {1: "saxpy.py"}
    function = module.functions["saxpy"]
    assert (function.kind, function.linkage, function.declared_only) == ("entry", "visible", False)
    assert [(p.name, p.type, p.size_bytes) for p in function.params] == [
        ("a", "f32", 4),
        ("x", "u64", 8),
        ("y", "u64", 8),
        ("n", "u32", 4),
    ]
    assert (function.params[1].pointee_space, function.params[1].pointee_align) == ("global", 4)
    assert function.labels == {"$done": len(function.body) - 1}
    assert function.registers["%r4"] == "b32" and "%r5" not in function.registers
    assert len(function.registers) == 2 + 5 + 5 + 8
    first = function.body[0]
    assert first.spelling == "mov.u32"
    assert first.operands == (Register("%r1"), Special("%ctaid.x"))
    assert (first.line, first.column, first.text) == (19, 2, "mov.u32 %r1, %ctaid.x")
    assert first.loc == Loc(1, 3, 0)
    assert function.body[-1].loc == Loc(1, 4, 5)


def test_a_guard():
    plain, negated = body_of(kernel("@%p1 add.s32 %r1, %r2, 3;\n@!%p2 trap;"))
    assert (plain.guard, plain.guard_negated) == (Register("%p1"), False)
    assert (negated.guard, negated.guard_negated) == (Register("%p2"), True)
    assert plain.text == "@%p1 add.s32 %r1, %r2, 3"
    assert negated.line == FIRST_LINE + 1


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("0x1F", 31),
        ("017", 15),
        ("0b101", 5),
        ("7U", 7),
        ("-9223372036854775808", -(2**63)),
        ("0xFFFFFFFFFFFFFFFF", 2**64 - 1),
        ("~0", -1),
        ("!5", 0),
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("-7/2", -3),
        ("-7%2", -1),
        ("7 % 4", 3),
        ("1 << 4 | 3", 19),
        ("-16 >> 2", -4),
        ("1 << 64", 0),
        ("2 > 1 ? 10 : 20", 10),
        ("0 ? 1 : 0 ? 2 : 3", 3),
        ("(.u64) -1", 2**64 - 1),
        ("(.u64) -1 > 0", 1),
        ("1 == 1 && 0 || 1", 1),
        ("WARP_SZ", 32),
        ("WARP_SZ + 1", 33),
    ],
)
def test_integer_constants(written, value):
    assert only(f"mov.b64 %rd1, {written};").operands[1] == Immediate(value, "int")


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("0f3F800000", "f32", 0x3F800000),
        ("0d3ff0000000000000", "f64", 0x3FF0000000000000),
        ("1.5", "f64", 1.5),
        ("-1.5", "f64", -1.5),
        ("1.", "f64", 1.0),
        (".5", "f64", 0.5),
        ("1e3", "f64", 1000.0),
        ("1.0 + 2.0*3.0", "f64", 7.0),
    ],
)
def test_float_constants(written, kind, value):
    bits = value if isinstance(value, int) else int.from_bytes(struct.pack("<d", value), "little")
    assert only(f"mov.f64 %d1, {written};").operands[1] == Immediate(bits, kind)


def test_operands_of_every_kind():
    top = ".global .b32 table[4];"
    assert only("ld.global.b32 %r1, [%rd1+-4];").operands[1] == Address(Register("%rd1"), -4)
    assert only("ld.global.b32 %r1, [table+(4*2)];", top=top).operands[1] == Address(Symbol("table"), 8)
    assert only("ld.local.b32 %r1, [16];").operands[1] == Address(None, 16)
    assert only("mov.u64 %rd1, table+4;", top=top).operands[1] == Symbol("table", 4)
    assert only("setp.eq.s32 %p1|%p2, %r1, 0;").operands[0] == Pair(Register("%p1"), Register("%p2"))
    assert only("setp.eq.s32 _|%p2, %r1, 0;").operands[0] == Pair(Sink(), Register("%p2"))
    assert only("and.pred %p1, %p2, !%p3;").operands[2] == Negated(Register("%p3"))
    assert only("mov.b64 {%r1, _}, %rd1;").operands[0] == Vector((Register("%r1"), Sink()))


@pytest.mark.parametrize("name", SAMPLES)
def test_operands_print_as_they_were_written(name):
    """Writing a module's statements again from its nodes gives the same nodes."""
    for function in parse(SAMPLES[name]).functions.values():
        for instruction in function.body:
            if "#" in "".join(map(str, instruction.operands)) or instruction.opcode == "call":
                continue
            text = instruction.text.partition(" ")[2] if instruction.guard else instruction.text
            operands = text.partition(" ")[2].replace(" ", "").replace("+0]", "]")
            assert ",".join(map(str, instruction.operands)).replace(" ", "") == operands


def test_a_space_before_a_modifier_is_allowed():
    assert only("add .s32 %r1, %r2, %r3;").spelling == "add.s32"


def test_a_vector_register_is_its_components():
    (load,) = body_of(kernel(".reg .v2 .b32 v;\nld.global.v2.b32 v, [%rd1];"))
    assert load.operands[0] == Vector((Register("v.x"), Register("v.y")))


def test_braces_hide_names():
    function = parse(SAMPLES["switch"]).functions["choose"]
    inner = next(i for i in function.body if i.text == "mov.u32 %r1, 5")
    assert inner.operands[0] != Register("%r1")
    assert function.registers[inner.operands[0].name] == "b32"
    assert function.body[-2].operands == (Register("%r2"), Register("%r1"))


def test_call_blocks_have_names_of_their_own():
    function = parse(SAMPLES["calls"]).functions["k"]
    assert {"param0", "param0#2", "param1", "retval0", "retval0#2"} <= set(function.variables)
    calls = [i for i in function.body if i.opcode == "call"]
    assert calls[0].operands == (Group((Symbol("retval0"),)), Symbol("twice"), Group((Symbol("param0"),)))
    assert calls[1].operands[2] == Group((Symbol("param0#2"), Symbol("param1")))
    assert calls[2].operands == (
        Group((Register("%r2"),)),
        Register("%rd0"),
        Group((Register("%r1"),)),
        Symbol("shape"),
    )
    assert calls[4].operands == (Group(()), Symbol("countdown"), Group((Immediate(3),)))
    assert len(function.prototypes["shape"].params) == 1


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (".reg .b32 %p<4>;", ".reg .pred %p1;"),
        (".reg .b32 %p1;", ".reg .pred %p<4>;"),
        (".reg .b32 %p<4>;", ".reg .pred %p<4>;"),
        (".reg .b32 %p1;", ".reg .pred %p1;"),
        (".reg .b32 %p1<4>, %p<2>;", ".reg .pred %p<4>, %p11;"),
    ],
)
def test_a_register_of_an_inner_scope_is_another_one(outer, inner):
    """Numba's barriers that count declare a %p1 of their own, where the function has %p0 to %p5."""
    body = f"{outer} mov.b32 %p1, 7; {{ {inner} setp.eq.b32 %p1, 1, 1; }} mov.b32 %p1, %p1;"
    text = HEAD + ".visible .entry k()\n{" + body + " ret; }"
    function = parse(text).functions["k"]
    first, second, third = (function.body[n].operands[0].name for n in range(3))
    assert first == third != second
    assert function.registers[first] == "b32" and function.registers[second] == "pred"
    siblings = f"{{ {outer} mov.b32 %p1, 7; }} {{ {inner} setp.eq.b32 %p1, 1, 1; }}"
    function = parse(HEAD + ".visible .entry k()\n{" + siblings + " ret; }").functions["k"]
    first, second = (function.body[n].operands[0].name for n in range(2))
    assert function.registers[first] == "b32" and function.registers[second] == "pred"


def test_labels_of_two_scopes_are_told_apart():
    function = parse(kernel("{ x: bra x; }\n{ x: bra x; }\nx: bra x;")).functions["k"]
    branches = [i for i in function.body if i.opcode == "bra"]
    assert [function.labels[b.operands[0].name] for b in branches] == [0, 1, 2]


def test_register_parameters_become_memory_parameters():
    function = parse(SAMPLES["calls"]).functions["thrice"]
    assert [p.space for p in (*function.params, *function.returns)] == ["param", "param"]
    spellings = [i.spelling for i in function.body]
    assert spellings == [
        "ld.param.b32",
        "add.s32",
        "add.s32",
        "setp.eq.s32",
        "st.param.b32",
        "ret",
        "add.s32",
        "st.param.b32",
    ]
    assert function.body[4].guard == function.body[5].guard == Register("%p")


def test_directives_and_branch_tables():
    assert parse(SAMPLES["tree_sum"]).functions["tree_sum"].directives == {"maxntid": (256, 1, 1)}
    assert parse(SAMPLES["switch"]).functions["choose"].branch_targets == {"cases": ("zero", "one", "many")}


def test_target_options():
    module = parse(SAMPLES["calls"])
    assert (module.target, module.target_options) == ("sm_70", ("debug",))


def test_variables_and_their_values():
    variables = parse(SAMPLES["data"]).variables

    def values(name, code):
        return [v for (v,) in struct.iter_unpack("<" + code, variables[name].init)]

    assert values("plain", "I") == [7]
    assert values("floats", "f") == [1.5, 2.0, -0.25]
    assert values("wide", "d") == [1.0, 1000.0]
    assert values("grid", "h") == [1, -1, 0, 0x7FFF, 0, 0]
    assert values("four", "f") == [1.0, 2.0, 3.0, 4.0]
    assert values("computed", "I") == [17]
    assert values("unsigned", "Q") == [15]
    assert variables["four"].align == 16
    assert variables["pointer"].relocations == ((0, "plain", 4),)
    assert variables["pointers"].relocations == ((0, "generic(plain)", 0), (8, "generic(plain)", 4))
    assert variables["pieces"].relocations == (
        (0, "mask(0xff)plain", 0),
        (1, "mask(0xff00)generic(plain)", 0),
    )
    dynamic = variables["dynamic"]
    assert (dynamic.linkage, dynamic.space, dynamic.size_bytes, dynamic.align) == ("extern", "shared", 0, 16)
    local = parse(SAMPLES["data"]).functions["touch"].variables["depot"]
    assert (local.space, local.size_bytes, local.align) == ("local", 16, 8)


def test_a_comment_may_stand_anywhere():
    text = kernel('/* a\n; */ add /* b */ .s32 %r1, // c "\n%r2, %r3; .pragma "no//comment";')
    assert body_of(text)[0].text == "add .s32 %r1, %r2, %r3"
    assert body_of(text)[0].line == FIRST_LINE + 1


def test_a_closing_zero_byte_is_ignored():
    assert parse(kernel("trap;") + "\0").functions.keys() == {"k"}


def test_the_same_text_is_read_once():
    assert load_text(SAMPLES["saxpy"]) is load_text(SAMPLES["saxpy"])


def test_a_thousand_million_registers_cost_nothing():
    registers = (
        parse(kernel(".reg .b32 %many<1000000000>;\nmov.u32 %many999999999, 1;")).functions["k"].registers
    )
    assert registers["%many999999999"] == "b32" and "%many1000000000" not in registers


def test_a_long_kernel_with_long_names_is_read():
    name = "_ZN8__main__5saxpy" + "x" * 250
    statements = "\n".join(f"ld.param.u64 %rd{i % 9}, [{name}+{i % 8}];" for i in range(1000))
    text = f"{HEAD}.entry k(.param .u64 {name})\n{{\n.reg .b64 %rd<9>;\n{statements}\nret;\n}}\n"
    assert len(parse(text).functions["k"].body) == 1001
