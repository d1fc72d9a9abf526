"""Registers alive in PTX, against the definition itself, tried on every pair of instructions."""

from hypothesis import given
from hypothesis import strategies as st

from smsim.ptx import load_text
from smsim.ptx.living import words, words_alive

HEAD = ".version 8.0\n.target sm_75\n.address_size 64\n.visible .entry k() {\n"
REGISTERS = ".reg .pred %p<4>; .reg .b16 %rs<4>; .reg .b32 %r<8>; .reg .b64 %rd<4>;\n"


def function(*lines):
    return load_text(HEAD + REGISTERS + "\n".join(lines) + "\nret;\n}\n").functions["k"]


operations = st.lists(st.tuples(*[st.integers(0, 7)] * 3, st.booleans()), min_size=1, max_size=14)


@given(operations)
def test_straight_code_by_the_definition(operations):
    """A register is alive if some instruction from here on reads it before one surely writes it."""
    lines = [f"{'@%p1 ' * guarded}add.s32 %r{d}, %r{a}, %r{b};" for d, a, b, guarded in operations]
    expected = []
    for here in range(len(operations)):
        alive = set()
        for register in range(8):
            for d, a, b, guarded in operations[here:]:
                if register in (a, b):
                    alive.add(register)
                    break
                if register == d and not guarded:
                    break
        expected.append(len(alive))
    assert words_alive(function(*lines)) == [*expected, 0]


def test_pairs_count_twice_and_predicates_not_at_all():
    body = function(
        "mov.b64 %rd1, 1;",
        "mov.b16 %rs1, 2;",
        "setp.eq.s64 %p1, %rd1, 0;",
        "cvt.u32.u16 %r1, %rs1;",
        "@%p1 add.s32 %r1, %r1, 1;",
        "cvt.u64.u32 %rd2, %r1;",
        "st.global.u64 [%rd1], %rd2;",
    )
    assert words_alive(body) == [0, 2, 3, 3, 3, 3, 4, 0]
    assert words(body) == 2 + 1 + 1 + 2


def test_what_a_loop_reads_is_alive_until_its_end():
    body = function(
        "mov.b32 %r1, 0;",
        "mov.b32 %r2, 5;",
        "$again: add.s32 %r1, %r1, %r2;",
        "mov.b32 %r3, %r1;",
        "setp.lt.s32 %p1, %r3, 100;",
        "@%p1 bra $again;",
    )
    assert words_alive(body) == [0, 1, 2, 2, 3, 2, 0]
