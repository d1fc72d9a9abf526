"""Each rule of the lowering by a small piece of PTX, and what holds for all of them."""

from __future__ import annotations

import pytest
from lowering_cases import SPEC, kernel, lowered, of, program, programs, texts

from smsim import devices
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


LOOP = """mov.u32 %r5, 0; mov.f32 %f1, 0f00000000; mov.f32 %f2, 0f3f800000;
L: {} add.s32 %r5, %r5, 1; setp.lt.s32 %p1, %r5, %r1; @%p1 bra L; add.f32 %f9, %f1, %f2; """


def _places(ops: m.MicroOps, n: int) -> tuple[list[int], list[int]]:
    """What a micro-operation reads, and what it writes."""
    reads = ops.src[ops.src_start[n] : ops.src_start[n + 1]]
    return list(reads), list(ops.dst[ops.dst_start[n] : ops.dst_start[n + 1]])


def _sum_in_loop(ops: m.MicroOps) -> int:
    (found,) = (n for n in of(ops, "add") if ops.start[1] <= n < ops.start[2] and ops.pipe[n] == m.FMA)
    return found


def test_a_sum_through_copies_still_waits_for_itself():
    chain = "mov.f32 %f3, %f1; mov.f32 %f4, %f3; add.f32 %f5, %f4, %f2; mov.f32 %f6, %f5; mov.f32 %f1, %f6;"
    ops = lowered(LOOP.format(chain) + STORE)
    reads, writes = _places(ops, _sum_in_loop(ops))
    assert set(writes) <= set(reads)
    assert len(of(ops, "mov")) == 3  # %tid.x and two constants, none in the loop


def test_an_exchange_keeps_a_move_and_its_loop():
    swap = "mov.f32 %f3, %f1; add.f32 %f1, %f2, %f2; mov.f32 %f2, %f3;"
    ops = lowered(LOOP.format(swap) + STORE)
    moved = [n for n in of(ops, "mov") if ops.start[1] <= n < ops.start[2]]
    read, written = _places(ops, _sum_in_loop(ops))
    assert len(moved) >= 1 and set(written).isdisjoint(read)
    # What the sum reads in the next turn comes from a move, and that from the sum.
    behind = set(written)
    for _ in moved:
        for n in moved:
            reads, writes = _places(ops, n)
            behind |= set(writes) if behind & set(reads) else set()
    assert behind & set(read)


def test_a_copy_of_what_is_overwritten_is_made():
    body = "ld.global.u32 %r3, [%rd3]; mov.u32 %r4, %r3; add.s32 %r3, %r3, %r2; add.s32 %r5, %r4, %r2; {}"
    stores = "st.global.u32 [%rd3], %r5; st.global.u32 [%rd3+4], %r3;"
    ops = lowered(body.format(stores))
    assert len(of(ops, "mov")) == 2  # of %tid.x, and this


def test_a_product_of_what_is_overwritten_stays():
    body = """ld.global.u32 %r3, [%rd3]; mul.lo.s32 %r4, %r3, %r2; add.s32 %r3, %r3, %r2; add.s32 %r5, %r4, %r3;
        st.global.u32 [%rd3], %r5; st.global.u32 [%rd3+4], %r3;"""
    assert len(of(lowered(body), "mul")) == 1


def test_what_is_the_same_in_a_warp_is_uniform():
    ops = lowered(
        "mov.u32 %r3, %ctaid.x; sub.s32 %r4, %r1, %r3; sub.s32 %r5, %r4, %r2; st.global.u32 [%rd3], %r5;"
    )
    assert [int(ops.pipe[n]) for n in of(ops, "sub")] == [m.UNIFORM, m.ALU]


DIVERGENT = """setp.lt.s32 %p1, {}, 7; {} bra L; mov.u32 %r3, %ctaid.x; sub.s32 %r4, %r1, %r3; L:
sub.s32 %r6, %r1, 3; add.s32 %r5, %r6, %r2; st.global.u32 [%rd3], %r5; st.global.u32 [%rd3+4], %r4;"""


@pytest.mark.parametrize("by, pipe", [("%r1", m.UNIFORM), ("%r2", m.ALU)])
def test_nothing_is_uniform_where_lanes_have_parted(by, pipe):
    ops = lowered(DIVERGENT.format(by, "@%p1"))
    assert [int(ops.pipe[n]) for n in of(ops, "sub")] == [pipe, m.UNIFORM]


def test_lanes_that_leave_do_not_part_the_others():
    ops = lowered("setp.lt.s32 %p1, %r2, 7; @%p1 bra L; sub.s32 %r6, %r1, 3; st.global.u32 [%rd1], %r6; L:")
    assert [int(ops.pipe[n]) for n in of(ops, "sub")] == [m.UNIFORM]


def test_a_loop_that_lanes_leave_at_different_turns_is_not_uniform():
    ops = lowered("""mov.u32 %r5, 0; L: sub.s32 %r5, %r5, %r1; setp.lt.s32 %p1, %r5, %r2; @%p1 bra L;
        st.global.u32 [%rd3], %r5;""")
    assert [int(ops.pipe[n]) for n in of(ops, "sub")] == [m.ALU]


CALL = """.version 8.0
.target sm_90a
.address_size 64
.func (.param .b32 out) f(.param .b32 in) {
.reg .b32 %r<5>; ld.param.u32 %r1, [in]; mul.lo.s32 %r2, %r1, %r1; st.param.b32 [out+0], %r2; ret; }
.visible .entry k(.param .u64 p) {
.reg .b32 %r<9>; .reg .b64 %rd<5>;
ld.param.u64 %rd1, [p]; ld.global.u32 %r1, [%rd1];
{ .param .b32 param0; st.param.b32 [param0+0], %r1; .param .b32 retval0;
call.uni (retval0), f, (param0); ld.param.b32 %r2, [retval0+0]; }
add.s32 %r3, %r2, %r2; st.global.u32 [%rd1], %r3; ret; }"""


def test_what_a_call_hands_over_is_waited_for():
    codes = [code for one in programs(CALL) for code in one.blocks]
    ops = lower(codes, SPEC)
    behind = set(_places(ops, of(ops, "ld")[0])[1])
    for _ in range(len(ops.kind)):
        for n in range(len(ops.kind)):
            reads, writes = _places(ops, n)
            if ops.kind[n] != m.BRANCH and behind & set(reads):
                behind |= set(writes)
    (product,) = of(ops, "mul")
    (total,) = of(ops, "add")
    assert behind & set(_places(ops, product)[0]) and behind & set(_places(ops, total)[0])
    without = set(_places(ops, of(ops, "ld")[0])[1])
    assert not without & set(_places(ops, total)[0])


AMPERE = devices.load("A100")


@pytest.mark.parametrize("spec, count", [(SPEC, 2), (AMPERE, 0)], ids=["Hopper", "Ampere"])
def test_hopper_loads_each_parameter_once_in_a_block(spec, count):
    """Two parameters; the stack pointer and the descriptor of global memory come on top."""
    body = "sub.s32 %r3, %r1, %r2; sub.s32 %r4, %r2, %r1; st.global.v2.u32 [%rd3], {%r3, %r4};"
    assert len(of(lowered(body, spec), "constant")) == count + 2


@pytest.mark.parametrize(
    "tail, count", [("ld.shared.f32 %f9, [%rd6]; ", 1), ("st.global.u64 [%rd1], %rd6;", 2)]
)
def test_the_upper_half_of_a_shared_address_is_not_computed(tail, count):
    body = "mov.u64 %rd4, tile; cvt.s64.s32 %rd5, %r2; sub.s64 %rd6, %rd4, %rd5; "
    ops = lowered(body + tail + (STORE if "%f9" in tail else ""))
    assert len(of(ops, "sub")) == count and len(of(ops, "cvt")) == count - 1


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
