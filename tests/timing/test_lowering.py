"""Each rule of the lowering by a small piece of PTX, and what holds for all of them."""

from __future__ import annotations

import pytest
from lowering_cases import SPEC, kernel, lowered, of, program, texts

from smsim.timing import microops as m
from smsim.timing.lowering import lower
from smsim.timing.records import recorded

STORE = "st.global.f32 [%rd3], %f9;"
PIECES = {
    "float": f"ld.global.f32 %f1, [%rd3]; add.f32 %f9, %f1, %f1; {STORE}",
    "tile": """st.shared.u32 [tile], %r2; bar.sync 0; ld.shared.u32 %r3, [tile];
        add.s32 %r4, %r3, %r1; st.global.u32 [%rd3], %r4;""",
    "loop": """mov.u32 %r5, 0; mov.f32 %f1, 0f00000000;
        L: ld.global.f32 %f2, [%rd3]; add.f32 %f1, %f1, %f2; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1;
        @%p1 bra L; st.global.f32 [%rd3], %f1;""",
    "atomic": "atom.global.add.u32 %r3, [%rd3], 1; membar.gl; st.global.u32 [%rd3+4], %r3;",
    "division": "ld.global.f32 %f1, [%rd3]; div.rn.f32 %f9, %f1, 0f40400000; " + STORE,
    "vector": "ld.global.v4.f32 {%f1,%f2,%f3,%f4}, [%rd1]; add.f32 %f9, %f1, %f4; " + STORE,
    "sum": """ld.global.u32 %r3, [%rd3]; shfl.sync.bfly.b32 %r4, %r3, 1, 31, -1; add.s32 %r5, %r3, %r4;
        st.global.u32 [%rd3], %r5;""",
}
pieces = pytest.mark.parametrize("body", PIECES.values(), ids=PIECES)


def test_moves_parameters_and_constant_offsets_vanish():
    ops = lowered("add.s64 %rd4, %rd3, 64; mov.b64 %rd5, %rd4; ld.global.f32 %f9, [%rd5]; " + STORE)
    assert texts(ops).count("add") == 1 and of(ops, "mul") == []  # one IMAD.WIDE
    assert len(of(ops, "mov")) == 1  # %tid.x


def test_integers_of_64_bits_take_two():
    ops = lowered("""ld.global.u64 %rd4, [%rd1]; ld.global.u64 %rd5, [%rd1+8]; sub.s64 %rd6, %rd4, %rd5;
        st.global.u64 [%rd1], %rd6;""")
    assert len(of(ops, "sub")) == 2


def test_a_product_and_its_sum_are_one():
    body = "ld.global.u32 %r3, [%rd3]; mul.lo.s32 %r4, %r3, %r2; add.s32 %r5, %r4, %r3; {} st.global.u32 [%rd3], %r5;"
    ops = lowered(body.format(""))
    assert [int(ops.pipe[n]) for n in of(ops, "add") if ops.kind[n] == m.COMPUTE].count(m.FMA) == 2
    assert len(of(ops, "mul")) == 0
    assert len(of(lowered(body.format("st.global.u32 [%rd3+4], %r4;")), "mul")) == 1


def test_floats_are_contracted_unless_the_rounding_is_spelled_out():
    body = "ld.global.f32 %f1, [%rd3]; mul{0}.f32 %f2, %f1, %f1; add{0}.f32 %f9, %f2, %f1; " + STORE
    assert len(of(lowered(body.format("")), "mul")) == 0
    assert len(of(lowered(body.format(".rn")), "mul")) == 1


def test_sums_that_start_from_one_value_have_places_of_their_own():
    ops = lowered(
        """mov.u32 %r5, 0; mov.f32 %f1, 0f00000000; mov.f32 %f2, %f1; mov.f32 %f3, %f1;
        L: ld.global.f32 %f4, [%rd3]; fma.rn.f32 %f1, %f4, %f4, %f1; fma.rn.f32 %f2, %f4, %f4, %f2;
        fma.rn.f32 %f3, %f4, %f4, %f3; add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra L;
        add.f32 %f5, %f1, %f2; add.f32 %f9, %f5, %f3; """
        + STORE
    )
    sums = [ops.dst[ops.dst_start[n]] for n in of(ops, "fma")]
    assert len(set(sums)) == 3
    assert len(of(ops, "mov")) >= 4  # the loop's counter and one zero for each sum


def test_what_is_the_same_in_a_warp_is_uniform():
    ops = lowered(
        "mov.u32 %r3, %ctaid.x; sub.s32 %r4, %r1, %r3; sub.s32 %r5, %r4, %r2; st.global.u32 [%rd3], %r5;"
    )
    assert [int(ops.pipe[n]) for n in of(ops, "sub")] == [m.UNIFORM, m.ALU]


def test_a_vector_is_one_load_that_writes_four_places():
    ops = lowered(PIECES["vector"])
    (load,) = of(ops, "ld")
    assert ops.width[load] == 16 and ops.dst_start[load + 1] - ops.dst_start[load] == 4


def test_loads_are_hoisted_but_not_over_a_store_that_may_meet_them():
    apart = (
        """ld.global.f32 %f1, [%rd1]; add.f32 %f3, %f1, %f1; st.{}.f32 [{}], %f3;
        ld.global.f32 %f2, [%rd1+64]; add.f32 %f9, %f2, %f2; """
        + STORE
    )
    hoisted = [t for t in texts(lowered(apart.format("shared", "tile"))) if t in ("ld", "st")]
    assert hoisted == ["ld", "ld", "st", "st"]
    kept = [t for t in texts(lowered(apart.format("global", "%rd3"))) if t in ("ld", "st")]
    assert kept == ["ld", "st", "ld", "st"]


def test_twelve_loads_go_first():
    body = "mov.f32 %f30, 0f00000000;" + "".join(
        f"ld.shared.f32 %f{n}, [tile+{4 * n}]; add.f32 %f{n + 1 if n > 28 else 30}, %f30, %f{n};"
        for n in range(20)
    )
    ops = lowered(body + "st.global.f32 [%rd3], %f30;")
    loads = of(ops, "ld")
    first_use = min(
        n for n in range(len(ops.kind)) if n > loads[0] and ops.pipe[n] == m.FMA and ops.pc[n] > 6
    )
    assert sum(n < first_use for n in loads) == 12


@pieces
def test_each_record_belongs_to_one_micro_operation(body):
    codes = program(kernel(body)).blocks
    ops = lower(codes, SPEC)
    for number, code in enumerate(codes):
        found = [int(r) for r in ops.record[ops.start[number] : ops.start[number + 1]] if r >= 0]
        assert sorted(found) == list(range(len(recorded(code)))) == list(range(ops.records[number]))


@pieces
def test_what_has_an_effect_stays(body):
    ops = lowered(body)
    left = {ops.instructions[pc].instruction for pc in ops.pc}
    for step in ops.instructions:
        if step.instruction.opcode in ("st", "atom", "bar", "bra", "membar", "shfl", "ret"):
            assert step.instruction in left


@pieces
def test_places_and_cycles_are_in_range(body):
    ops = lowered(body)
    assert all(0 <= p < ops.places for p in (*ops.dst, *ops.src))
    assert (ops.gap >= 1).all() and (ops.interval >= 1).all() and (ops.latency >= 0).all()
    first = {}
    for n in range(len(ops.kind)):
        for place in ops.dst[ops.dst_start[n] : ops.dst_start[n + 1]]:
            first.setdefault(int(place), n)
    for n in range(len(ops.kind)):  # straight-line pieces: written before it is read
        if "L:" not in body:
            assert all(first.get(int(p), n) <= n for p in ops.src[ops.src_start[n] : ops.src_start[n + 1]])


def test_the_same_blocks_give_the_same_object():
    codes = program(kernel(PIECES["loop"])).blocks
    assert lower(codes, SPEC) is lower(list(codes), SPEC)
