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
correct(
    "what_a_copy_does_not_read_may_be_written",
    lambda x: np.r_[0, 9, np.zeros(62, "u4")],
    """
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra DONE;
    cp.async.ca.shared.global [tile], [%rd2], 8, 4;
    mov.u32 %r10, 9;
    st.global.u32 [%rd2+4], %r10;
    cp.async.wait_all;
    ld.shared.u32 %r11, [tile+4];
    st.global.u32 [%rd2], %r11;
DONE:
""",
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
