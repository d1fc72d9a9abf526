"""What a thread is told about itself, against what follows from its place in the grid."""

from __future__ import annotations

import numpy as np
import pytest
from raw_ptx import kernel, run

from smsim.devices import load
from smsim.errors import UnsupportedPTX

GRID, BLOCK = 3, 70
THREADS = np.arange(GRID * BLOCK)
TID, CTAID, LANE = THREADS % BLOCK, THREADS // BLOCK, THREADS % BLOCK % 32
H800 = load("H800")
ONE = np.uint64(1)


def answers(name: str, kind: str = "u32", shared: int = 0, top: str = "", use: str = "") -> np.ndarray:
    """The register in every thread of the grid, as 64 bits."""
    if kind == "pred":
        read = f"mov.pred %p1, {name}; selp.u64 %rd2, 1, 0, %p1;"
    elif kind == "u32":
        read = f"mov.u32 %r2, {name}; cvt.u64.u32 %rd2, %r2;"
    else:
        read = f"mov.{kind} %rd2, {name};"
    body = f"""{use} {read} mov.u32 %r3, %ctaid.x; mad.lo.u32 %r4, %r3, {BLOCK}, %r1;
        mul.wide.u32 %rd3, %r4, 8; add.s64 %rd3, %rd1, %rd3; st.global.u64 [%rd3], %rd2;"""
    text = kernel(body, 1, top=top)
    return run(text, np.zeros(THREADS.size, np.uint64), grid=GRID, block=BLOCK, shared=shared)[0]


LANES = np.arange(32)
MASKS = {
    "eq": np.equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("%tid.x", TID), ("%tid.y", 0), ("%tid.w", 0), ("%ntid.x", BLOCK), ("%ntid.z", 1),
        ("%ctaid.x", CTAID), ("%ctaid.z", 0), ("%nctaid.x", GRID), ("%nctaid.w", 0),
        ("%laneid", LANE), ("%warpid", TID // 32), ("%nwarpid", H800.max_warps_per_sm),
        ("%smid", CTAID % H800.sms), ("%nsmid", H800.sms),
        # Without a cluster each block is one.
        ("%clusterid.x", CTAID), ("%nclusterid.x", GRID), ("%cluster_ctaid.x", 0), ("%cluster_nctaid.x", 1),
        ("%cluster_ctarank", 0), ("%cluster_nctarank", 1),
    ],
)  # fmt: skip
def test_places(name: str, want: object) -> None:
    assert np.array_equal(answers(name), np.broadcast_to(want, THREADS.shape))


@pytest.mark.parametrize("relation", MASKS)
def test_lane_masks(relation: str) -> None:
    want = [int(sum(1 << n for n in LANES if MASKS[relation](n, lane))) for lane in LANE]
    assert answers(f"%lanemask_{relation}").tolist() == want


def test_shared_memory_sizes() -> None:
    """100 bytes declared and 60 asked for at the launch: 160, handed out in units of 128."""
    own = {"shared": 60, "top": ".shared .align 4 .b8 s[100];", "use": "mov.u64 %rd4, s;"}
    assert set(answers("%dynamic_smem_size", **own)) == {60}
    assert set(answers("%total_smem_size", **own)) == {256}
    assert set(answers("%aggr_smem_size", **own)) == {256 + H800.shared_reserved_per_block}


def test_those_that_are_the_same_for_all() -> None:
    assert set(answers("%gridid", "u64")) == {1}
    assert set(answers("%current_graph_exec", "u64")) == {0}
    assert set(answers("%is_explicit_cluster", "pred")) == {0}


@pytest.mark.parametrize("name", ["%envreg3", "%pm0", "%reserved_smem_offset_0"])
def test_no_value_is_made_up(name: str) -> None:
    with pytest.raises(UnsupportedPTX, match=f"line 11: the simulated SM has no value for {name}"):
        answers(name)


def ticks(between: str, clock: str = "%clock64") -> np.ndarray:
    """How far a clock goes over some instructions, in each of 64 threads."""
    body = f"""mov.u64 %rd2, {clock}; {between} mov.u64 %rd3, {clock}; sub.u64 %rd4, %rd3, %rd2;
        shl.b64 %rd5, %rd9, 3; add.s64 %rd5, %rd1, %rd5; st.global.u64 [%rd5], %rd4;"""
    return run(kernel(body, 1), np.zeros(64, np.uint64), block=64)[0]


def test_clocks_count_instructions() -> None:
    assert set(ticks("")) == {1}
    assert set(ticks("add.u32 %r2, %r1, 1;" * 10)) == {11}
    assert set(ticks("bar.sync 0;", "%globaltimer")) == {2}


def test_clocks_go_on_while_a_thread_sleeps() -> None:
    assert set(ticks("nanosleep.u32 500;")) == {502}
    assert ticks("nanosleep.u32 4000000000;").min() == 1_000_002  # a millisecond is the longest sleep


def test_waiting_for_the_clock_ends() -> None:
    wait = "W: mov.u64 %rd6, %clock64; sub.u64 %rd7, %rd6, %rd2; setp.lt.u64 %p1, %rd7, 1000; @%p1 bra W;"
    assert ticks(wait).min() >= 1000


def test_the_halves_of_a_clock() -> None:
    body = """mov.u64 %rd2, %clock64; mov.u32 %r2, %clock; mov.u32 %r3, %clock_hi; mov.u32 %r4, %globaltimer_lo;
        cvt.u32.u64 %r5, %rd2; sub.u32 %r6, %r2, %r5; st.global.u32 [%rd1], %r6; st.global.u32 [%rd1+4], %r3;
        sub.u32 %r7, %r4, %r2; st.global.u32 [%rd1+8], %r7;"""
    assert run(kernel(body, 1), np.zeros(3, np.uint32), block=1)[0].tolist() == [1, 0, 2]
