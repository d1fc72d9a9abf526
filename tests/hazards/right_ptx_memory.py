"""Correct hand-written kernels that use memory in unusual ways: parts of words, vectors, local and shared arrays.

See ``small_ptx`` for the registers that every body finds set.
"""

import numpy as np
from correct_ptx import HALF, WORDS, correct

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
    "a_guarded_load_beyond_a_parameter_does_not_happen",
    lambda x: x,
    """
    setp.gt.u32 %p1, %r1, 10000;
    @%p1 ld.param.u32 %r10, [out+8];
    ld.param.u32 %r11, [out+4];
    st.global.u32 [%rd4], %r1;
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
