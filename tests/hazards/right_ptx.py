"""Correct hand-written kernels of unusual style. None of them may be accused of anything.

See ``small_ptx`` for the registers that every body finds set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from small_ptx import WORDS, text_of


@dataclass(frozen=True)
class Right:
    """One correct program: what ``out`` must hold, given x."""

    name: str
    expected: Callable[[np.ndarray], np.ndarray]
    body: str
    launch: dict[str, Any] = field(default_factory=dict)
    missing: str = ""  #: why it is still accused

    @property
    def text(self) -> str:
        return text_of(self.body)


CASES: list[Right] = []


def correct(
    name: str, expected: Callable[[np.ndarray], np.ndarray], body: str, *, missing: str = "", **launch: Any
) -> None:
    """Register a body: what ``out`` must hold, given x = 0, 1, ... 63; and how to launch it."""
    CASES.append(Right(name, expected, body, launch, missing))


HALF = np.arange(WORDS) < 32

correct(
    "a_register_that_only_some_lanes_set_and_use",
    lambda x: np.where(x < 40, 7, 0),
    """
    setp.lt.u32 %p1, %r1, 40;
    @%p1 mov.u32 %r30, 7;
    @%p1 st.global.u32 [%rd4], %r30;
""",
)
correct(
    "each_way_sets_it",
    lambda x: np.where(x < 40, 7, 9),
    """
    setp.ge.u32 %p1, %r1, 40;
    @%p1 bra UPPER;
    mov.u32 %r30, 7;
    bra DONE;
UPPER:
    mov.u32 %r30, 9;
DONE:
    st.global.u32 [%rd4], %r30;
""",
)
correct(
    "an_unset_register_is_selected_away",
    lambda x: x,
    """
    setp.ge.u32 %p1, %r1, 64;
    selp.u32 %r10, %r30, %r1, %p1;
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "an_unset_register_computed_with_and_forgotten",
    lambda x: x,
    """
    add.u32 %r10, %r30, %r1;
    mov.u32 %r10, %r1;
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "an_unset_register_xored_with_itself_is_not_used_after",
    lambda x: x,
    """
    xor.b32 %r30, %r30, %r30;
    st.global.u32 [%rd4], %r1;
""",
)
correct(
    "a_guarded_load_out_of_bounds_does_not_happen",
    lambda x: np.where(x < 63, x + 1, 0),
    """
    setp.lt.u32 %p1, %r1, 63;
    mov.u32 %r10, 0;
    @%p1 ld.global.u32 %r10, [%rd3+4];
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "half_words_of_one_word_by_two_threads",
    lambda x: np.where(HALF, (2 * x + 1) << 16 | (2 * x), 0),
    """
    mov.u32 %r10, tile;
    shl.b32 %r11, %r1, 1;
    add.u32 %r10, %r10, %r11;
    cvt.u16.u32 %h1, %r1;
    st.shared.u16 [%r10], %h1;
    bar.sync 0;
    setp.ge.u32 %p1, %r1, 32;
    @%p1 ret;
    ld.shared.u32 %r12, [%r5];
    st.global.u32 [%rd4], %r12;
""",
)
correct(
    "a_vector_written_and_its_words_read_by_others",
    lambda x: x,
    """
    setp.ge.u32 %p1, %r1, 16;
    @%p1 bra READ;
    shl.b32 %r10, %r1, 2;
    add.u32 %r11, %r10, 1;
    add.u32 %r12, %r10, 2;
    add.u32 %r13, %r10, 3;
    shl.b32 %r14, %r1, 4;
    mov.u32 %r15, tile;
    add.u32 %r15, %r15, %r14;
    st.shared.v4.u32 [%r15], {%r10, %r11, %r12, %r13};
READ:
    bar.sync 0;
    ld.shared.u32 %r16, [%r5];
    st.global.u32 [%rd4], %r16;
""",
)
correct(
    "a_generic_address_of_each_space",
    lambda x: x,
    """
    cvt.u64.u32 %rd6, %r5;
    cvta.shared.u64 %rd6, %rd6;
    st.u32 [%rd6], %r1;
    ld.shared.u32 %r10, [%r5];
    st.local.u32 [depot+12], %r10;
    mov.u64 %rd7, depot;
    cvta.local.u64 %rd7, %rd7;
    ld.u32 %r11, [%rd7+12];
    st.u32 [%rd4], %r11;
""",
)
correct(
    "each_thread_has_a_local_array_of_its_own",
    lambda x: x * 3,
    """
    and.b32 %r10, %r1, 7;
    shl.b32 %r10, %r10, 2;
    mov.u32 %r11, depot;
    add.u32 %r11, %r11, %r10;
    mul.lo.u32 %r12, %r1, 3;
    st.local.u32 [%r11], %r12;
    ld.local.u32 %r13, [%r11];
    st.global.u32 [%rd4], %r13;
""",
)
correct(
    "four_bytes_make_a_word",
    lambda x: np.full(WORDS, 0x04030201),
    """
    mov.u32 %r10, 1;
    st.local.u8 [depot], %r10;
    mov.u32 %r10, 2;
    st.local.u8 [depot+1], %r10;
    mov.u32 %r10, 3;
    st.local.u8 [depot+2], %r10;
    mov.u32 %r10, 4;
    st.local.u8 [depot+3], %r10;
    ld.local.u32 %r11, [depot];
    st.global.u32 [%rd4], %r11;
""",
)
correct(
    "constants_and_a_table",
    lambda x: np.array([2, 3, 5, 7])[x % 4] + x % 8 + 1,
    """
    and.b32 %r10, %r1, 3;
    mul.wide.u32 %rd6, %r10, 4;
    mov.u64 %rd7, primes;
    add.u64 %rd7, %rd7, %rd6;
    ld.const.u32 %r11, [%rd7];
    and.b32 %r10, %r1, 7;
    mul.wide.u32 %rd6, %r10, 4;
    mov.u64 %rd7, table;
    add.u64 %rd7, %rd7, %rd6;
    ld.global.nc.u32 %r12, [%rd7];
    add.u32 %r11, %r11, %r12;
    st.global.u32 [%rd4], %r11;
""",
)
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
    "a_function_is_called_by_some_lanes",
    lambda x: np.where(x % 2 == 1, 2 * x, x),
    """
    mov.u32 %r11, %r1;
    and.b32 %r10, %r1, 1;
    setp.eq.u32 %p1, %r10, 0;
    @%p1 bra DONE;
    {
    .param .b32 p0;
    .param .b32 p1;
    st.param.b32 [p0], %r1;
    call (p1), twice, (p0);
    ld.param.b32 %r11, [p1];
    }
DONE:
    st.global.u32 [%rd4], %r11;
""",
)
correct(
    "loops_of_different_length",
    lambda x: x * (x + 1) // 2,
    """
    mov.u32 %r10, 0;
    mov.u32 %r11, 0;
AGAIN:
    add.u32 %r10, %r10, %r11;
    add.u32 %r11, %r11, 1;
    setp.le.u32 %p1, %r11, %r1;
    @%p1 bra AGAIN;
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "exit_in_the_middle_of_a_loop",
    lambda x: x,
    """
    mov.u32 %r10, 0;
AGAIN:
    setp.eq.u32 %p1, %r10, %r1;
    @%p1 st.global.u32 [%rd4], %r10;
    @%p1 exit;
    add.u32 %r10, %r10, 1;
    bra AGAIN;
""",
)
correct(
    "the_same_word_again_and_again_by_one_thread",
    lambda x: np.r_[10, np.zeros(63)],
    """
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra DONE;
    mov.u32 %r10, 0;
AGAIN:
    ld.global.u32 %r11, [%rd2];
    add.u32 %r11, %r11, 1;
    st.global.u32 [%rd2], %r11;
    add.u32 %r10, %r10, 1;
    setp.lt.u32 %p1, %r10, 10;
    @%p1 bra AGAIN;
DONE:
""",
)
correct(
    "a_block_of_part_of_a_warp",
    lambda x: np.where(x < 40, (x // 20) * 20 + 19 - x % 20, 0),
    """
    st.shared.u32 [%r5], %r4;
    bar.sync 0;
    sub.u32 %r10, 19, %r1;
    shl.b32 %r10, %r10, 2;
    mov.u32 %r11, tile;
    add.u32 %r11, %r11, %r10;
    ld.shared.u32 %r12, [%r11];
    st.global.u32 [%rd4], %r12;
""",
    grid=2,
    block=20,
)
correct(
    "a_vector_that_ends_outside_and_is_forgotten",
    lambda x: np.where(x == 0, 4 + 5 + 6, 0),
    """
    .shared .align 16 .b8 seven[28];
    mov.u32 %r10, seven;
    setp.ge.u32 %p1, %r1, 7;
    @%p1 bra MET;
    shl.b32 %r11, %r1, 2;
    add.u32 %r11, %r11, %r10;
    st.shared.u32 [%r11], %r1;
MET:
    bar.sync 0;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 ret;
    ld.shared.v4.u32 {%r12, %r13, %r14, %r15}, [%r10+16];
    add.u32 %r12, %r12, %r13;
    add.u32 %r12, %r12, %r14;
    st.global.u32 [%rd4], %r12;
""",
)
correct(
    "one_of_two_shared_arrays_is_chosen",
    lambda x: x,
    """
    mov.u32 %r10, other;
    shl.b32 %r11, %r1, 2;
    add.u32 %r11, %r11, %r10;
    and.b32 %r12, %r1, 1;
    setp.eq.u32 %p1, %r12, 0;
    selp.u32 %r13, %r5, %r11, %p1;
    st.shared.u32 [%r13], %r1;
    ld.shared.u32 %r14, [%r13];
    st.global.u32 [%rd4], %r14;
""",
)
correct(
    "one_shared_array_is_reached_by_its_distance_from_another",
    lambda x: x,
    """
    mov.u32 %r10, other;
    mov.u32 %r11, tile;
    sub.u32 %r12, %r10, %r11;
    add.u32 %r13, %r5, %r12;
    st.shared.u32 [%r13], %r1;
    ld.shared.u32 %r14, [%r13];
    st.global.u32 [%rd4], %r14;
""",
)
correct(
    "the_distance_of_two_shared_arrays_comes_from_memory",
    lambda x: x,
    """
    mov.u32 %r10, other;
    mov.u32 %r11, tile;
    sub.u32 %r12, %r10, %r11;
    st.local.u32 [depot], %r12;
    ld.local.u32 %r12, [depot];
    add.u32 %r13, %r5, %r12;
    st.shared.u32 [%r13], %r1;
    ld.shared.u32 %r14, [%r13];
    st.global.u32 [%rd4], %r14;
""",
)
correct(
    "local_memory_that_some_threads_fill_and_only_those_use",
    lambda x: np.where(x < 32, x, 0),
    """
    setp.lt.u32 %p1, %r1, 32;
    @%p1 st.local.u32 [depot+8], %r1;
    ld.local.v2.u32 {%r10, %r11}, [depot+8];
    selp.u32 %r10, %r10, 0, %p1;
    st.global.u32 [%rd4], %r10;
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
