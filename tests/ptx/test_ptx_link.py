"""Several modules in one text, or several texts, become one module."""

from __future__ import annotations

import pytest
from ptx_samples import HEAD, SAMPLES

from smsim.errors import PTXSyntaxError
from smsim.ptx import link, parse, parse_modules
from smsim.ptx.flow import reachable

CALLER = HEAD + (
    ".extern .func (.param .b32 r) shift(.param .b32 x);\n"
    ".func helper() { trap; ret; }\n"
    ".extern .global .b32 count;\n"
    ".visible .entry k() { .reg .b32 %r<2>; call (%r0), shift, (%r1); call helper; ret; }\n"
)
LIBRARY = HEAD + (
    ".visible .global .b32 count = 7;\n.global .b64 where = helper_table;\n".replace("helper_table", "count")
    + ".func helper() { exit; }\n"
    ".visible .func (.param .b32 r) shift(.param .b32 x) { call helper; ret; }\n"
    '.file 1 "library.py"\n'
)


def test_externals_are_found():
    module = link([parse(CALLER), parse(LIBRARY)])
    assert not module.functions["shift"].declared_only
    assert module.variables["count"].init == b"\7\0\0\0"


def test_private_names_stay_apart():
    module = link([parse(CALLER), parse(LIBRARY)])
    names = [f.name for f in reachable(module.functions["k"], module)]
    assert names == ["k", "shift", "helper", "helper#2"]
    assert module.functions["helper"].body[0].opcode == "trap"
    assert module.functions["helper#2"].body[0].opcode == "exit"


@pytest.mark.parametrize("order", [(CALLER, LIBRARY), (LIBRARY, CALLER)])
def test_one_text_with_two_modules(order):
    text = "\n".join(order)
    module = parse(text)
    assert len(parse_modules(text)) == 2
    assert module.text == text
    for function in module.functions.values():
        for instruction in function.body:
            assert instruction.text in text.split("\n")[instruction.line - 1]


def test_lines_count_through_texts():
    module = link([parse(CALLER), parse(LIBRARY)])
    lines = module.text.split("\n")
    exit_ = module.functions["helper#2"].body[0]
    assert exit_.text in lines[exit_.line - 1]


def test_what_nobody_defines_stays_declared():
    assert link([parse(CALLER)]).functions["shift"].declared_only


def test_a_weak_definition_gives_way():
    weak = HEAD + ".weak .func f() { trap; ret; }"
    strong = HEAD + ".visible .func f() { exit; }"
    for order in ([weak, strong], [strong, weak], [strong]):
        assert link([parse(t) for t in order]).functions["f"].body[0].opcode == "exit"
    assert link([parse(weak), parse(weak)]).functions["f"].body[0].opcode == "trap"


def test_two_visible_definitions_collide():
    strong = HEAD + ".visible .func f() { exit; }"
    with pytest.raises(PTXSyntaxError, match="'f' is defined twice"):
        link([parse(strong), parse(strong)])


def test_common_variables_become_one():
    text = HEAD + ".common .global .align 8 .u64 environment;"
    assert list(link([parse(text), parse(text)]).variables) == ["environment"]


def test_files_of_two_modules_keep_apart():
    module = link([parse(SAMPLES["saxpy"]), parse(LIBRARY)])
    assert set(module.files.values()) == {"saxpy.py", "library.py"}


def test_addresses_in_variables_follow_their_names():
    private = HEAD + ".global .b32 x = 1;\n.visible .global .u64 p{} = generic(x);\n"
    module = link([parse(private.replace("{}", "1")), parse(private.replace("{}", "2"))])
    assert module.variables["p1"].relocations == ((0, "generic(x)", 0),)
    assert module.variables["p2"].relocations == ((0, "generic(x#2)", 0),)


def test_nothing_to_link():
    with pytest.raises(ValueError):
        link([])
