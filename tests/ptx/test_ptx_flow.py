"""Control flow: blocks, loops, liveness, calls."""

from __future__ import annotations

from ptx_samples import SAMPLES, kernel

from smsim.ptx import parse
from smsim.ptx.flow import CARRY, blocks, reachable, register_numbers, uses_and_defs, uses_defs_of


def graph(text: str, name: str = "k"):
    function = parse(text).functions[name]
    uses_defs = uses_defs_of(function)
    numbers = register_numbers(function, uses_defs)
    return function, blocks(function, uses_defs), numbers


def live_names(block, numbers) -> set[str]:
    return {name for name, number in numbers.items() if block.live_in >> number & 1}


def test_straight_code_is_one_block():
    _, found, _ = graph(kernel("mov.u32 %r1, 1;\nmov.u32 %r2, %r1;"))
    assert [(b.start, b.end, b.successors) for b in found] == [(0, 3, ())]


def test_blocks_cover_the_body_without_gaps():
    for name, text in SAMPLES.items():
        for function in parse(text).functions.values():
            found = blocks(function, uses_defs_of(function))
            edges = [0, *(b.end for b in found)]
            assert [b.start for b in found] == edges[:-1], name
            assert edges[-1] == len(function.body)


def test_a_branch_has_two_ways_and_a_barrier_ends_a_block():
    function, found, _ = graph(SAMPLES["tree_sum"], "tree_sum")
    texts = [function.body[b.end - 1].text for b in found]
    assert texts == [
        "mov.u32 %half, 128",
        "bar.sync 0",
        "@%p bra skip",
        "st.shared.u32 [%at], %a",
        "@%q bra loop",
        "ret",
    ]
    assert [b.successors for b in found] == [(1,), (2,), (3, 4), (4,), (5, 1), ()]
    assert [b.is_loop_header for b in found] == [False, True, False, False, False, False]
    assert [b.in_loop for b in found] == [False, True, True, True, True, False]


def test_liveness():
    _, found, numbers = graph(SAMPLES["tree_sum"], "tree_sum")
    assert live_names(found[0], numbers) == set()
    assert live_names(found[1], numbers) == {"%i", "%half", "%at"}
    assert live_names(found[5], numbers) == set()


def test_a_predicated_write_keeps_the_old_value_alive():
    body = "x: @%p1 mov.u32 %r1, 1;\nst.global.u32 [%rd1], %r1;"
    _, found, numbers = graph(kernel(body))
    assert live_names(found[0], numbers) == {"%p1", "%r1", "%rd1"}
    _, found, numbers = graph(kernel(body.replace("@%p1 ", "")))
    assert live_names(found[0], numbers) == {"%rd1"}


def test_which_statements_end_a_block():
    body = "bar.arrive 1, 64;\nbar.warp.sync -1;\nbarrier.sync 2;\n@%p1 exit;\ntrap;\nbra end;\nend:"
    _, found, _ = graph(kernel(body))
    assert [b.end for b in found] == [2, 3, 4, 5, 6, 7]
    assert [b.successors for b in found] == [(1,), (2,), (3,), (), (5,), ()]


def test_an_indexed_branch_goes_to_each_of_its_targets():
    function, found, _ = graph(SAMPLES["switch"], "choose")
    first = found[0]
    assert function.body[first.end - 1].opcode == "brx"
    targets = {found[n].start for n in first.successors}
    assert targets == {function.labels[name] for name in ("zero", "one", "many")}
    many = next(b for b in found if b.start == function.labels["many"])
    assert many.is_loop_header and many.in_loop


def test_a_branch_to_the_end_of_the_body_leaves_it():
    text = kernel("@%p1 bra end;\nmov.u32 %r1, 1;").replace("ret;", "end:")
    function, found, _ = graph(text)
    assert function.labels["end"] == len(function.body)
    assert [b.successors for b in found] == [(1,), ()]


def test_a_block_that_branches_to_itself_is_a_loop():
    _, found, _ = graph(kernel("x: @%p1 bra x;"))
    assert found[0].is_loop_header and found[0].in_loop and not found[1].in_loop


def test_uses_and_definitions():
    body = (
        "shfl.sync.up.b32 %r1|%p1, %r2, %r3, 0, -1;\nst.global.v2.u32 [%rd1], {%r1, %r2};\n"
        "add.cc.u32 %r1, %r2, %r3;\naddc.u32 %r4, %r5, 0;"
    )
    first, second, third, fourth, _ = parse(kernel(body)).functions["k"].body
    assert uses_and_defs(first) == ({"%r2", "%r3"}, {"%r1", "%p1"}, False)
    assert uses_and_defs(second) == ({"%rd1", "%r1", "%r2"}, set(), False)
    assert uses_and_defs(third) == ({"%r2", "%r3"}, {"%r1", CARRY}, False)
    assert uses_and_defs(fourth) == ({"%r5", CARRY}, {"%r4"}, False)


def test_reachable_functions():
    module = parse(SAMPLES["calls"])
    names = [f.name for f in reachable(module.functions["k"], module)]
    assert names[0] == "k" and set(names) == {"k", "twice", "vprintf", "thrice", "countdown"}
    assert [f.name for f in reachable(module.functions["countdown"], module)] == ["countdown"]
