"""Correct hand-written kernels that order single threads: flags, locks, some lanes of a warp, named barriers.

See ``small_ptx`` for the registers that every body finds set.
"""

from __future__ import annotations

import numpy as np
from correct_ptx import HALF, WORDS, correct

#: Thread 0 clears the word ``other``, which serves as a flag or a lock, and word 0 of ``tile``.
_CLEARED = """
    mov.u32 %r20, 0;
    setp.eq.u32 %p9, %r1, 0;
    @%p9 st.shared.u32 [other], %r20;
    @%p9 st.shared.u32 [tile], %r20;
    bar.sync 0;
"""

#: Thread 32 writes, thread 0 waits for the flag and reads: what stands at each of the four places is filled in.
_MESSAGE = (
    _CLEARED
    + """
    setp.eq.u32 %p1, %r1, 32;
    @%p1 bra WRITES;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra DONE;
WAIT:
    {load} %r10, {flag};
    setp.ne.u32 %p2, %r10, 1;
    @%p2 bra WAIT;
    {after}
    ld.shared.u32 %r11, [tile];
    st.global.u32 [%rd2], %r11;
    bra DONE;
WRITES:
    mov.u32 %r11, 42;
    st.shared.u32 [tile], %r11;
    {before}
    mov.u32 %r12, 1;
    {store} {flag}, %r12;
DONE:
"""
)


def message(flag: str = "[other]", **words: str) -> str:
    return _MESSAGE.format(flag=flag, **words)


def _only(value: int) -> np.ndarray:
    return np.r_[value, np.zeros(WORDS - 1, "u4")]


correct(
    "a_flag_in_shared_memory",
    lambda x: _only(42),
    message(load="ld.acquire.cta.shared.u32", after="", before="", store="st.release.cta.shared.u32"),
)
correct(
    "a_volatile_flag_in_shared_memory_between_fences",
    lambda x: _only(42),
    message(
        load="ld.volatile.shared.u32",
        after="membar.cta;",
        before="membar.cta;",
        store="st.volatile.shared.u32",
    ),
)
correct(
    "a_relaxed_flag_in_shared_memory_between_fences",
    lambda x: _only(42),
    message(
        load="ld.relaxed.cta.shared.u32",
        after="fence.acq_rel.cta;",
        before="fence.acq_rel.cta;",
        store="st.relaxed.cta.shared.u32",
    ),
)
correct(
    "a_flag_in_global_memory_for_shared_data",
    lambda x: _only(42),
    message(
        flag="[%rd1]",
        load="ld.volatile.global.u32",
        after="fence.acq_rel.gpu;",
        before="membar.gl;",
        store="atom.global.exch.b32 %r13,",
    ),
)
correct(
    "an_atomic_acquires_and_another_releases",
    lambda x: _only(42),
    message(
        load="atom.acquire.cta.shared.or.b32",
        after="",
        before="",
        store="red.release.cta.shared.add.u32",
    ).replace("%r10, [other];", "%r10, [other], 0;"),
)
correct(
    "a_narrower_fence_takes_nothing_from_a_wider_one",
    lambda x: _only(42),
    message(
        flag="[%rd1]",
        load="ld.acquire.gpu.global.u32",
        after="",
        before="fence.acq_rel.gpu;\n fence.acq_rel.cta;",
        store="st.relaxed.gpu.global.u32",
    ),
)
correct(
    "a_second_store_to_a_released_word_still_releases",
    lambda x: _only(42),
    message(
        load="ld.acquire.cta.shared.u32",
        after="",
        before="mov.u32 %r14, 7;\n st.release.cta.shared.u32 [other], %r14;",
        store="st.relaxed.cta.shared.u32",
    ),
)

LOCK = (
    _CLEARED
    + """
    mov.u32 %r13, 0;
LOCK:
    {cas} %r10, [other], 0, 1;
    setp.ne.u32 %p1, %r10, 0;
    @%p1 bra LOCK;
    {after}
    ld.shared.u32 %r11, [tile];
    add.u32 %r11, %r11, 1;
    st.shared.u32 [tile], %r11;
    {before}
    {unlock} [other], {zero};
    bar.sync 0;
    ld.shared.u32 %r12, [tile];
    st.global.u32 [%rd4], %r12;
"""
)
correct(
    "a_lock_in_shared_memory_with_fences",
    lambda x: np.full(WORDS, 64),
    LOCK.format(
        cas="atom.shared.cas.b32",
        after="membar.cta;",
        before="membar.cta;",
        unlock="atom.shared.exch.b32 %r14,",
        zero="0",
    ),
)
correct(
    "a_lock_in_shared_memory_that_acquires_and_releases",
    lambda x: np.full(WORDS, 32),
    LOCK.format(
        cas="atom.acquire.cta.shared.cas.b32",
        after="",
        before="",
        unlock="st.release.cta.shared.u32",
        zero="%r13",
    ),
    grid=2,
    block=32,
)

#: Sums of eight lanes by halving; each eight have a barrier of their own.
EIGHTS = """
    st.shared.u32 [%r5], %r1;
    and.b32 %r20, %r6, 24;
    mov.u32 %r21, 0xff;
    shl.b32 %r21, %r21, %r20;
    and.b32 %r22, %r6, 7;
    mov.u32 %r23, 4;
    bar.warp.sync {mask};
HALVE:
    setp.lt.u32 %p1, %r22, %r23;
    shl.b32 %r24, %r23, 2;
    add.u32 %r24, %r5, %r24;
    @%p1 ld.shared.u32 %r25, [%r24];
    @%p1 ld.shared.u32 %r26, [%r5];
    @%p1 add.u32 %r26, %r26, %r25;
    @%p1 st.shared.u32 [%r5], %r26;
    bar.warp.sync {mask};
    shr.u32 %r23, %r23, 1;
    setp.ne.u32 %p2, %r23, 0;
    @%p2 bra HALVE;
    shl.b32 %r27, {first}, 2;
    sub.u32 %r27, %r5, %r27;
    ld.shared.u32 %r28, [%r27];
    st.global.u32 [%rd4], %r28;
"""
correct(
    "sums_of_eight_lanes_with_a_barrier_for_each_eight",
    lambda x: np.repeat(x.reshape(-1, 8).sum(1), 8),
    EIGHTS.format(mask="%r21", first="%r22"),
)
correct(
    "sums_of_eight_lanes_in_many_blocks",
    lambda x: np.tile(np.repeat(np.arange(32).reshape(-1, 8).sum(1), 8), 2),
    EIGHTS.format(mask="%r21", first="%r22"),
    grid=2,
    block=32,
)
correct(
    "eight_lanes_hand_over_to_eight_others",
    lambda x: np.where((x % 32 >= 16) & (x % 32 < 24), x - 16, 0),
    """
    and.b32 %r20, %r6, 8;
    setp.ne.u32 %p1, %r20, 0;
    @%p1 bra DONE;
    setp.ge.u32 %p2, %r6, 16;
    @%p2 bra TAKES;
    st.shared.u32 [%r5], %r1;
    bar.warp.sync 0x00ff00ff;
    bra DONE;
TAKES:
    bar.warp.sync 0x00ff00ff;
    ld.shared.u32 %r10, [%r5+-64];
    st.global.u32 [%rd4], %r10;
DONE:
""",
)
correct(
    "lane_by_lane_down_the_warp",
    lambda x: x % 32 + 1,
    """
    mov.u32 %r20, 1;
    mov.u32 %r21, 3;
    setp.eq.u32 %p1, %r6, 0;
    @%p1 bra WRITE;
    sub.u32 %r22, %r6, 1;
    shl.b32 %r23, %r21, %r22;
    bar.warp.sync %r23;
    ld.shared.u32 %r24, [%r5+-4];
    add.u32 %r20, %r24, 1;
WRITE:
    st.shared.u32 [%r5], %r20;
    st.global.u32 [%rd4], %r20;
    setp.eq.u32 %p2, %r6, 31;
    @%p2 bra DONE;
    shl.b32 %r25, %r21, %r6;
    bar.warp.sync %r25;
DONE:
""",
)

#: Warp 0 fills a buffer three times, warp 1 empties it: barrier 1 says full, barrier 2 says empty.
HANDOVER = """
    mov.u32 %r20, 0;
    mov.u32 %r21, 0;
    setp.ge.u32 %p1, %r1, 32;
    @%p1 bra CONSUMER;
PRODUCER:
    {wait_empty}
    mad.lo.u32 %r22, %r20, 100, %r1;
    st.shared.u32 [%r5], %r22;
    bar.arrive 1, 64;
    add.u32 %r20, %r20, 1;
    setp.lt.u32 %p2, %r20, 3;
    @%p2 bra PRODUCER;
    bra DONE;
CONSUMER:
    {say_empty}
    bar.sync 1, 64;
    ld.shared.u32 %r23, [%r5+-128];
    add.u32 %r21, %r21, %r23;
    add.u32 %r20, %r20, 1;
    setp.lt.u32 %p2, %r20, 3;
    @%p2 bra CONSUMER;
    st.global.u32 [%rd4], %r21;
DONE:
"""
correct(
    "warps_hand_a_buffer_back_and_forth",
    lambda x: np.where(HALF, 0, 300 + 3 * (x - 32)),
    HANDOVER.format(wait_empty="bar.sync 2, 64;", say_empty="bar.arrive 2, 64;"),
)

#: Warp 0 writes and its lane 0 says so; lane 32 waits, and warp 1 reads.
WARP_TO_WARP = (
    _CLEARED.replace("    @%p9 st.shared.u32 [tile], %r20;\n", "")
    + """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 bra READS;
    st.shared.u32 [%r5], %r1;
    {written}
    mov.u32 %r12, 1;
    setp.eq.u32 %p2, %r6, 0;
    @%p2 st.release.cta.shared.u32 [other], %r12;
    bra DONE;
READS:
    setp.ne.u32 %p2, %r6, 0;
    @%p2 bra SEEN;
WAIT:
    ld.acquire.cta.shared.u32 %r10, [other];
    setp.ne.u32 %p3, %r10, 1;
    @%p3 bra WAIT;
SEEN:
    {seen}
    ld.shared.u32 %r11, [%r5+-128];
    st.global.u32 [%rd4], %r11;
DONE:
"""
)
correct(
    "one_lane_speaks_for_its_warp_and_one_listens",
    lambda x: np.where(HALF, 0, x - 32),
    WARP_TO_WARP.format(written="bar.warp.sync -1;", seen="bar.warp.sync 0xffffffff;"),
)
correct(
    "from_flag_to_flag_to_flag",
    lambda x: np.r_[0, 0, 7, np.zeros(61)],
    """
    mov.u32 %r20, 0;
    st.shared.u32 [%r5], %r20;
    bar.sync 0;
    mov.u32 %r21, 1;
    mov.u32 %r22, 7;
    setp.gt.u32 %p1, %r1, 2;
    @%p1 bra DONE;
    setp.ne.u32 %p2, %r1, 0;
    @%p2 bra WAIT;
    st.shared.u32 [tile+64], %r22;
    bra SAY;
WAIT:
    ld.acquire.cta.shared.u32 %r10, [%r5+-4];
    setp.eq.u32 %p3, %r10, 0;
    @%p3 bra WAIT;
SAY:
    st.release.cta.shared.u32 [%r5], %r21;
    setp.ne.u32 %p4, %r1, 2;
    @%p4 bra DONE;
    ld.shared.u32 %r11, [tile+64];
    st.global.u32 [%rd4], %r11;
DONE:
""",
)
correct(
    "a_warp_of_one_block_writes_for_all_of_another",
    lambda x: np.where(HALF, x, 31 - x % 32),
    """
    setp.ne.u32 %p1, %r2, 0;
    @%p1 bra READS;
    st.global.u32 [%rd4], %r1;
    bar.warp.sync -1;
    mov.u32 %r12, 99;
    setp.eq.u32 %p2, %r6, 5;
    @%p2 st.release.gpu.global.u32 [%rd1], %r12;
    bra DONE;
READS:
    setp.ne.u32 %p2, %r6, 3;
    @%p2 bra SEEN;
WAIT:
    ld.acquire.gpu.global.u32 %r10, [%rd1];
    setp.ne.u32 %p3, %r10, 99;
    @%p3 bra WAIT;
SEEN:
    bar.sync 0;
    sub.u32 %r13, 31, %r1;
    mul.wide.u32 %rd6, %r13, 4;
    add.u64 %rd6, %rd2, %rd6;
    ld.global.u32 %r11, [%rd6];
    st.global.u32 [%rd4], %r11;
DONE:
""",
    grid=2,
    block=32,
)
correct(
    "three_read_early_and_the_one_who_uses_it_is_ordered",
    lambda x: np.r_[0, 0, 60, np.zeros(61)],
    """
    st.shared.u32 [%r5], %r1;
    bar.sync 0;
    setp.gt.u32 %p1, %r1, 3;
    @%p1 bra DONE;
    mov.u32 %r10, 0;
    setp.lt.u32 %p2, %r1, 3;
    @%p2 ld.shared.u32 %r10, [tile+240];
    setp.eq.u32 %p3, %r1, 2;
    selp.u32 %r11, %r10, 0, %p3;
    st.global.u32 [%rd4], %r11;
    setp.lt.u32 %p4, %r1, 2;
    @%p4 bra DONE;
    bar.warp.sync 12;
    setp.eq.u32 %p5, %r1, 3;
    @%p5 st.shared.u32 [tile+240], %r1;
DONE:
""",
)
correct(
    "the_last_block_puts_the_counter_back",
    lambda x: np.r_[0, 6, np.zeros(62)],
    """
    mov.u32 %r20, 0;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra JOIN;
    fence.acq_rel.gpu;
    atom.global.add.u32 %r10, [%rd2], 1;
    st.shared.u32 [tile], %r10;
JOIN:
    bar.sync 0;
    ld.shared.u32 %r11, [tile];
    setp.ne.u32 %p2, %r11, 3;
    @%p2 bra DONE;
    setp.ne.u32 %p3, %r1, 5;
    @%p3 bra DONE;
    st.global.u32 [%rd2], %r20;
    mov.u32 %r12, 6;
    st.global.u32 [%rd2+4], %r12;
DONE:
""",
    grid=4,
    block=16,
)
correct(
    "the_last_thread_puts_a_shared_counter_back",
    lambda x: np.r_[9, np.zeros(63)],
    _CLEARED
    + """
    atom.acq_rel.cta.shared.add.u32 %r10, [other], 1;
    setp.ne.u32 %p1, %r10, 63;
    @%p1 bra DONE;
    mov.u32 %r11, 9;
    st.shared.u32 [other], %r11;
    ld.shared.u32 %r12, [other];
    st.global.u32 [%rd2], %r12;
DONE:
""",
)
correct(
    "each_block_counts_for_itself",
    lambda x: np.r_[32, 32, np.zeros(62)],
    """
    mul.wide.u32 %rd6, %r2, 4;
    add.u64 %rd6, %rd2, %rd6;
    atom.relaxed.cta.global.add.u32 %r10, [%rd6], 1;
    ld.relaxed.cta.global.u32 %r11, [%rd6];
""",
    grid=2,
    block=32,
)
