"""Correct hand-written kernels in which lanes meet: shuffles, votes, barriers, atomics, a flag, matrices.

See ``small_ptx`` for the registers that every body finds set.
"""

import numpy as np
from correct_ptx import HALF, WORDS, correct

correct(
    "shuffles_of_each_half_with_a_mask_of_its_own",
    lambda x: x ^ 1,
    """
    and.b32 %r10, %r6, 16;
    mov.u32 %r11, 0xffff;
    shl.b32 %r11, %r11, %r10;
    shfl.sync.bfly.b32 %r12, %r1, 1, 31, %r11;
    st.global.u32 [%rd4], %r12;
""",
)
correct(
    "halves_meet_at_two_places_of_one_operation",
    lambda x: x ^ 16,
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 bra UPPER;
    shfl.sync.bfly.b32 %r10, %r1, 16, 31, 0xffffffff;
    bra DONE;
UPPER:
    shfl.sync.bfly.b32 %r10, %r1, 16, 31, 0xffffffff;
DONE:
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "a_shuffle_out_of_range_that_its_predicate_forgives",
    lambda x: np.where(x % 32 < 28, x + 4, x),
    """
    shfl.sync.down.b32 %r10|%p1, %r1, 4, 31, 0xffffffff;
    selp.u32 %r11, %r10, %r1, %p1;
    st.global.u32 [%rd4], %r11;
""",
)
correct(
    "a_value_from_a_lane_that_takes_no_part_is_dropped",
    lambda x: np.where(x % 32 < 16, x, 0),
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 bra DONE;
    shfl.sync.idx.b32 %r10, %r1, 20, 31, 0xffff;
    setp.lt.u32 %p2, %r6, 16;
    selp.u32 %r10, %r1, %r10, %p2;
    st.global.u32 [%rd4], %r10;
DONE:
""",
)
correct(
    "a_vote_after_some_lanes_have_left",
    lambda x: np.where(x % 32 < 20, (1 << 20) - 1, 0),
    """
    setp.ge.u32 %p1, %r6, 20;
    @%p1 bra DONE;
    activemask.b32 %r11;
    setp.lt.u32 %p2, %r6, 40;
    vote.sync.ballot.b32 %r10, %p2, 0xfffff;
    st.global.u32 [%rd4], %r10;
DONE:
""",
)
correct(
    "pairs_of_lanes_meet_in_shared_memory",
    lambda x: x ^ 1,
    """
    st.shared.u32 [%r5], %r1;
    and.b32 %r10, %r6, 30;
    mov.u32 %r11, 3;
    shl.b32 %r11, %r11, %r10;
    bar.warp.sync %r11;
    xor.b32 %r12, %r1, 1;
    shl.b32 %r12, %r12, 2;
    mov.u32 %r13, tile;
    add.u32 %r13, %r13, %r12;
    ld.shared.u32 %r14, [%r13];
    st.global.u32 [%rd4], %r14;
""",
)
correct(
    "each_warp_has_a_barrier_of_its_own",
    lambda x: x ^ 16,
    """
    st.shared.u32 [%r5], %r1;
    shr.u32 %r20, %r1, 5;
    add.u32 %r20, %r20, 1;
    bar.sync %r20, 32;
    xor.b32 %r12, %r1, 16;
    shl.b32 %r12, %r12, 2;
    mov.u32 %r13, tile;
    add.u32 %r13, %r13, %r12;
    ld.shared.u32 %r14, [%r13];
    st.global.u32 [%rd4], %r14;
""",
)
correct(
    "an_arrival_and_a_wait",
    lambda x: np.where(HALF, 0, x - 32),
    """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 bra WAITS;
    st.shared.u32 [%r5], %r1;
    bar.arrive 3, 64;
    bra DONE;
WAITS:
    bar.sync 3, 64;
    ld.shared.u32 %r10, [%r5+-128];
    st.global.u32 [%rd4], %r10;
DONE:
""",
)
correct(
    "a_barrier_that_counts",
    lambda x: np.full(WORDS, 23),
    """
    setp.lt.u32 %p1, %r1, 23;
    bar.red.popc.u32 %r10, 0, %p1;
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "atomics_of_all_kinds_on_one_word",
    lambda x: np.r_[64, 63, np.zeros(62, "u4")],
    """
    red.global.add.u32 [%rd2], 1;
    atom.global.max.u32 %r10, [%rd2+4], %r1;
""",
)
correct(
    "volatile_reads_of_an_atomic_counter",
    lambda x: np.r_[64, np.zeros(63, "u4")],
    """
    red.global.add.u32 [%rd2], 1;
    ld.volatile.global.u32 %r10, [%rd2];
    setp.gt.u32 %p1, %r10, 64;
    @%p1 trap;
""",
)
correct(
    "a_flag_within_a_block",
    lambda x: np.r_[0, 42, np.zeros(62, "u4")],
    """
    setp.eq.u32 %p1, %r1, 32;
    @%p1 bra WRITES;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra DONE;
WAIT:
    ld.acquire.cta.global.u32 %r10, [%rd1];
    setp.ne.u32 %p2, %r10, 99;
    @%p2 bra WAIT;
    ld.shared.u32 %r11, [tile];
    st.global.u32 [%rd2+4], %r11;
    bra DONE;
WRITES:
    mov.u32 %r11, 42;
    st.shared.u32 [tile], %r11;
    mov.u32 %r12, 99;
    st.release.cta.global.u32 [%rd1], %r12;
DONE:
""",
)
correct(
    "a_matrix_of_which_only_the_written_rows_are_used",
    lambda x: np.where(x < 16, x, 0),
    """
    setp.lt.u32 %p1, %r1, 16;
    @%p1 st.shared.u32 [%r5], %r1;
    bar.warp.sync 0xFFFFFFFF;
    mov.u32 %r7, tile;
    and.b32 %r8, %r1, 7;
    shl.b32 %r8, %r8, 4;
    add.u32 %r7, %r7, %r8;
    ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r10}, [%r7];
    @%p1 st.global.u32 [%rd4], %r10;
""",
    block=32,
)
correct(
    "a_matrix_stored_by_rows_and_read_back",
    lambda x: np.where(x < 32, x + 1, 0),
    """
    mov.u32 %r7, tile;
    and.b32 %r8, %r1, 7;
    shl.b32 %r8, %r8, 4;
    add.u32 %r7, %r7, %r8;
    add.u32 %r9, %r1, 1;
    stmatrix.sync.aligned.m8n8.x1.shared.b16 [%r7], {%r9};
    bar.warp.sync 0xFFFFFFFF;
    ld.shared.u32 %r10, [%r5];
    st.global.u32 [%rd4], %r10;
""",
    block=32,
)
