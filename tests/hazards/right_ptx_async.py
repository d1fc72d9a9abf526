"""Correct hand-written kernels with asynchronous copies and mbarriers.

See ``small_ptx`` for the registers that every body finds set.
"""

from __future__ import annotations

import numpy as np
from correct_ptx import HALF, WORDS, correct

_ALL = np.arange(WORDS)

# -- cp.async and its groups -------------------------------------------------------------------------

#: Copy word (t + turn) & 63 of x to this thread's word of an array, at ``%r{into}``.
_COPY = """
    add.u32 %r20, %r1, {turn};
    and.b32 %r20, %r20, 63;
    mul.wide.u32 %rd10, %r20, 4;
    add.u64 %rd10, %rd1, %rd10;
    cp.async.ca.shared.global [{at}], [%rd10], 4;
    cp.async.commit_group;
"""


def copy(turn: int, at: str) -> str:
    return _COPY.format(turn=turn, at=at)


#: %r21 is this thread's word of ``other``, %r22 and %r23 its neighbour's in ``tile`` and ``other``; %r30 a sum.
_TWO_BUFFERS = """
    shl.b32 %r20, %r1, 2;
    mov.u32 %r21, other;
    add.u32 %r21, %r21, %r20;
    xor.b32 %r22, %r5, 4;
    xor.b32 %r23, %r21, 4;
    mov.u32 %r30, 0;
"""


def pipeline(
    turns: int, left: int = 1, after: str = "bar.sync 0;", before_refill: str = "bar.sync 0;"
) -> str:
    body = _TWO_BUFFERS + copy(0, "%r5") + copy(1, "%r21")
    for turn in range(turns):
        neighbour, own = (("%r22", "%r5"), ("%r23", "%r21"))[turn % 2]
        body += f"cp.async.wait_group {left if turn < turns - 1 else min(left, 0)};\n{after}\n"
        body += f"ld.shared.u32 %r31, [{neighbour}];\nadd.u32 %r30, %r30, %r31;\n{before_refill}\n"
        body += copy(turn + 2, own) if turn + 2 < turns else "cp.async.commit_group;\n"
    return body + "st.global.u32 [%rd4], %r30;\n"


def sum_of_turns(turns: int) -> np.ndarray:
    return sum(((_ALL ^ 1) + turn) % WORDS for turn in range(turns)).astype("u4")


correct("a_pipeline_of_two_buffers", lambda x: sum_of_turns(6), pipeline(6))
correct(
    "a_thread_reads_what_it_waited_for_itself",
    lambda x: x,
    copy(0, "%r5") + "cp.async.wait_all;\nld.shared.u32 %r10, [%r5];\nst.global.u32 [%rd4], %r10;",
)
correct(
    "waiting_for_all_needs_no_group",
    lambda x: x ^ 1,
    copy(0, "%r5").replace("cp.async.commit_group;", "")
    + "cp.async.wait_all;\nbar.sync 0;\nxor.b32 %r5, %r5, 4;\nld.shared.u32 %r10, [%r5];\nst.global.u32 [%rd4], %r10;",
)
correct(
    "a_named_barrier_after_the_wait",
    lambda x: x ^ 1,
    copy(0, "%r5")
    + "cp.async.wait_group 0;\nbar.sync 1, 64;\nxor.b32 %r5, %r5, 4;\nld.shared.u32 %r10, [%r5];\n"
    + "st.global.u32 [%rd4], %r10;",
)
correct(
    "a_warp_barrier_after_the_wait",
    lambda x: x ^ 1,
    copy(0, "%r5")
    + "cp.async.wait_group 0;\nbar.warp.sync 0xffffffff;\nxor.b32 %r5, %r5, 4;\nld.shared.u32 %r10, [%r5];\n"
    + "st.global.u32 [%rd4], %r10;",
)
correct(
    "the_second_half_is_filled_with_zeros_and_read_nowhere",
    lambda x: np.where(HALF, x, 0),
    """
    setp.lt.u32 %p1, %r1, 32;
    selp.u32 %r20, 4, 0, %p1;
    selp.u64 %rd10, %rd3, 0, %p1;
    cp.async.ca.shared.global [%r5], [%rd10], 4, %r20;
    cp.async.wait_all;
    ld.shared.u32 %r10, [%r5];
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "three_bytes_of_four_are_read",
    lambda x: x & 0xFFFFFF,
    "cp.async.ca.shared.global [%r5], [%rd3], 4, 3;\ncp.async.wait_all;\nld.shared.u32 %r10, [%r5];\n"
    "st.global.u32 [%rd4], %r10;",
)
correct(
    "sixteen_bytes_a_thread",
    lambda x: x,
    """
    setp.ge.u32 %p1, %r1, 16;
    @%p1 bra WAIT;
    mul.lo.u32 %r20, %r1, 16;
    mov.u32 %r21, tile;
    add.u32 %r21, %r21, %r20;
    cvt.u64.u32 %rd10, %r20;
    add.u64 %rd10, %rd1, %rd10;
    cp.async.cg.shared.global [%r21], [%rd10], 16;
    cp.async.wait_all;
WAIT:
    bar.sync 0;
    ld.shared.u32 %r10, [%r5];
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "what_nobody_wrote_is_copied_and_not_used",
    lambda x: np.full(WORDS, 5, "u4"),
    copy(0, "%r5")
    + "cp.async.wait_all;\nld.shared.u32 %r10, [%r5];\nmov.u32 %r10, 5;\nst.global.u32 [%rd4], %r10;",
    written=False,
)
correct("a_copy_that_nobody_needs", lambda x: np.zeros(WORDS, "u4"), copy(0, "%r5"))
correct(
    "the_source_is_written_after_the_wait",
    lambda x: x,
    copy(0, "%r5").replace("%rd10]", "%rd4]") + "cp.async.wait_all;\nbar.sync 0;\nst.global.u32 [%rd4], %r1;",
)

# -- mbarriers -----------------------------------------------------------------------------------------

BAR = ".shared .align 8 .b64 bar[4];\nsetp.ne.u32 %p1, %r1, 0;\n"


def made(count: int, published: str = "bar.sync 0;") -> str:
    return BAR + f"@!%p1 mbarrier.init.shared.b64 [bar], {count};\n{published}\n"


def wait(parity: object, label: str = "WAIT", bar: str = "bar") -> str:
    return f"{label}:\nmbarrier.try_wait.parity.shared::cta.b64 %p2, [{bar}], {parity};\n@!%p2 bra {label};\n"


READ_TILE = "ld.shared.u32 %r10, [%r5];\nst.global.u32 [%rd4], %r10;\n"
READ_NEIGHBOUR = "xor.b32 %r11, %r5, 4;\nld.shared.u32 %r10, [%r11];\nst.global.u32 [%rd4], %r10;\n"

correct(
    "an_mbarrier_as_a_barrier_of_the_block",
    lambda x: _ALL ^ 1,
    made(64)
    + "st.shared.u32 [%r5], %r1;\nmbarrier.arrive.shared.b64 %rd10, [bar];\n"
    + "WAIT: mbarrier.test_wait.shared.b64 %p2, [bar], %rd10;\n@!%p2 bra WAIT;\n"
    + READ_NEIGHBOUR,
)
correct(
    "one_warp_tells_another_through_two_phases",
    lambda x: np.where(HALF, _ALL + 1, _ALL - 32),
    made(64)
    + "st.shared.u32 [%r5], %r1;\nmbarrier.arrive.shared.b64 _, [bar];\n"
    + wait(0)
    + "xor.b32 %r11, %r5, 128;\nld.shared.u32 %r12, [%r11];\nmbarrier.arrive.release.cta.shared.b64 _, [bar];\n"
    + wait(1, "AGAIN")
    + "setp.lt.u32 %p3, %r1, 32;\n@%p3 add.u32 %r12, %r1, 1;\nst.shared.u32 [%r5], %r12;\nbar.sync 0;\n"
    + READ_TILE,
)
correct(
    "a_warp_drops_out",
    lambda x: np.where(HALF, _ALL ^ 1, 0),
    made(64)
    + """
    setp.lt.u32 %p3, %r1, 32;
    @!%p3 mbarrier.arrive_drop.shared.b64 _, [bar];
    @!%p3 bra DONE;
    mbarrier.arrive.shared.b64 _, [bar];
"""
    + wait(0)
    + "st.shared.u32 [%r5], %r1;\nmbarrier.arrive.shared.b64 _, [bar];\n"
    + wait(1, "AGAIN")
    + READ_NEIGHBOUR
    + "DONE:",
)
correct(
    "how_many_were_still_to_come",
    lambda x: np.r_[64, np.zeros(63, "u4")],
    made(64)
    + """
    @%p1 bra DONE;
    mbarrier.arrive.noComplete.shared.b64 %rd10, [bar], 60;
    mbarrier.pending_count.b64 %r10, %rd10;
    st.global.u32 [%rd4], %r10;
DONE:
""",
)
correct(
    "an_mbarrier_ends_and_its_place_is_plain_memory",
    lambda x: np.r_[7, np.zeros(63, "u4")],
    made(1)
    + """
    @%p1 bra DONE;
    mbarrier.inval.shared.b64 [bar];
    mov.u32 %r10, 7;
    st.shared.u32 [bar], %r10;
    ld.shared.u32 %r11, [bar];
    st.global.u32 [%rd4], %r11;
    mbarrier.init.shared.b64 [bar], 3;
DONE:
""",
)
for name, counted, more in (
    ("noinc", ".noinc", ""),
    ("an_arrival_of_its_own", "", "mbarrier.arrive.shared.b64 _, [bar];\n"),
):
    correct(
        f"copies_that_arrive_with_{name}",
        lambda x: x ^ 1,
        made(64)
        + f"cp.async.ca.shared.global [%r5], [%rd3], 4;\ncp.async.mbarrier.arrive{counted}.shared.b64 [bar];\n{more}"
        + wait(0)
        + READ_NEIGHBOUR,
    )
correct(
    "bytes_are_told_by_hand",
    lambda x: _ALL ^ 1,
    made(1)
    + "st.shared.u32 [%r5], %r1;\nbar.sync 0;\n@!%p1 mbarrier.arrive.expect_tx.shared.b64 _, [bar], 64;\nbar.sync 0;\n"
    + "@!%p1 mbarrier.complete_tx.shared.b64 [bar], 64;\n"
    + wait(0)
    + READ_NEIGHBOUR,
)

# -- bulk copies ---------------------------------------------------------------------------------------

LOAD = "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes"
EXPECT = "mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], {};\n"


def bulk_load(
    expected: int = 256, size: int = 256, parity: int = 0, source: str = "%rd1", target: str = "tile"
) -> str:
    begin = f"@%p1 bra GO;\n{EXPECT.format(expected)}{LOAD} [{target}], [{source}], {size}, [bar];\nGO:\n"
    return made(1) + begin + wait(parity) + READ_TILE


correct("a_bulk_copy", lambda x: x, bulk_load())
correct(
    "a_bulk_copy_whose_bytes_are_announced_after_it",
    lambda x: x,
    made(1)
    + f"@%p1 bra GO;\n{LOAD} [tile], [%rd1], 256, [bar];\n{EXPECT.format(256)}GO:\n"
    + wait(0)
    + READ_TILE,
)
correct(
    "a_loop_of_bulk_copies_by_parity",
    lambda x: 6 * x,
    made(1)
    + """
    mov.u32 %r20, 0;
    mov.u32 %r30, 0;
TURN:
    and.b32 %r21, %r20, 1;
    @%p1 bra GO;
    mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], 256;
    cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [tile], [%rd1], 128, [bar];
    add.u64 %rd10, %rd1, 128;
    cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [tile+128], [%rd10], 128, [bar];
GO:
"""
    + wait("%r21")
    + """
    ld.shared.u32 %r10, [%r5];
    add.u32 %r30, %r30, %r10;
    bar.sync 0;
    add.u32 %r20, %r20, 1;
    setp.lt.u32 %p4, %r20, 6;
    @%p4 bra TURN;
    st.global.u32 [%rd4], %r30;
""",
)

#: Warp 1 fills two slots of 128 bytes again and again, warp 0 adds them up. {..}: what a mistake leaves out.
_RING = (
    BAR
    + """
    @%p1 bra MADE;
    mbarrier.init.shared.b64 [bar], 1;
    mbarrier.init.shared.b64 [bar+8], 1;
    mbarrier.init.shared.b64 [bar+16], {readers};
    mbarrier.init.shared.b64 [bar+24], {readers};
    fence.mbarrier_init.release.cluster;
MADE:
    bar.sync 0;
    mov.u32 %r20, 0;
    mov.u32 %r30, 0;
    mov.u32 %r24, bar;
    setp.ge.u32 %p3, %r1, 32;
    @%p3 bra PRODUCER;
CONSUMER:
    and.b32 %r21, %r20, 1;
    shr.u32 %r22, %r20, 1;
    and.b32 %r22, %r22, 1;
    mad.lo.u32 %r23, %r21, 8, %r24;
    {wait_full}
    mad.lo.u32 %r25, %r21, 128, %r5;
    ld.shared.u32 %r10, [%r25];  // <--
    add.u32 %r30, %r30, %r10;
    mbarrier.arrive.shared.b64 _, [%r23+16];
    add.u32 %r20, %r20, 1;
    setp.lt.u32 %p4, %r20, 6;
    @%p4 bra CONSUMER;
    st.global.u32 [%rd4], %r30;
    bra DONE;
PRODUCER:
    setp.ne.u32 %p5, %r1, 32;
    @%p5 bra DONE;
FILL:
    and.b32 %r21, %r20, 1;
    shr.u32 %r22, %r20, 1;
    and.b32 %r22, %r22, 1;
    xor.b32 %r22, %r22, 1;
    mad.lo.u32 %r23, %r21, 8, %r24;
    {wait_empty}
    mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r23], 128;
    mov.u32 %r26, tile;
    mad.lo.u32 %r26, %r21, 128, %r26;
    mul.wide.u32 %rd10, %r21, 128;
    add.u64 %rd10, %rd1, %rd10;
    cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r26], [%rd10], 128, [%r23];  // <--
    add.u32 %r20, %r20, 1;
    setp.lt.u32 %p4, %r20, 6;
    @%p4 bra FILL;
DONE:
"""
)


def ring(readers: int = 32, wait_full: str | None = None, wait_empty: str | None = None) -> str:
    full = wait("%r22", "FULL", "%r23") if wait_full is None else wait_full
    empty = wait("%r22", "EMPTY", "%r23+16") if wait_empty is None else wait_empty
    return _RING.format(readers=readers, wait_full=full, wait_empty=empty)


correct("a_ring_of_full_and_empty_slots", lambda x: np.where(HALF, 3 * x + 3 * (x + 32), 0), ring())

STORE = "cp.async.bulk.global.shared::cta.bulk_group [{}], [tile], 256;\ncp.async.bulk.commit_group;\n"


def bulk_store(
    fence: str = "fence.proxy.async.shared::cta;\n",
    done: str = "cp.async.bulk.wait_group.read 0;\n",
    after: str = "",
) -> str:
    return (
        "setp.ne.u32 %p1, %r1, 0;\nst.shared.u32 [%r5], %r1;\n"
        + fence
        + "bar.sync 0;\n@%p1 bra GO;\n"
        + STORE.format("%rd2")
        + done
        + "GO:\n"
        + after
    )


correct("a_bulk_store", lambda x: _ALL, bulk_store())
correct(
    "a_bulk_store_fenced_by_the_thread_that_begins_it",
    lambda x: _ALL,
    bulk_store(fence="").replace("@%p1 bra GO;", "@%p1 bra GO;\nfence.proxy.async;"),
)
correct(
    "a_buffer_is_used_again_once_it_was_read",
    lambda x: _ALL + 1,
    bulk_store(
        done="cp.async.bulk.wait_group 0;\n",
        after="""bar.sync 0;
    add.u32 %r10, %r1, 1;
    st.shared.u32 [%r5], %r10;
    fence.proxy.async.shared::cta;
    bar.sync 0;
    @%p1 bra END;
    """
        + STORE.format("%rd2")
        + "cp.async.bulk.wait_group.read 0;\nEND:\n",
    ),
)
correct(
    "what_a_bulk_store_wrote_is_read",
    lambda x: _ALL ^ 1,
    bulk_store(
        done="cp.async.bulk.wait_group 0;\n",
        after="bar.sync 0;\nxor.b32 %r10, %r1, 1;\nmul.wide.u32 %rd10, %r10, 4;\nadd.u64 %rd10, %rd2, %rd10;\n"
        "ld.global.u32 %r11, [%rd10];\nbar.sync 0;\nst.global.u32 [%rd4], %r11;\n",
    ),
)
