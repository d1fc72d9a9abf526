"""Hand-written kernels with one planted mistake each: bounds and races. ``// <--`` marks a line that the
error must name. See ``small_ptx`` for the registers that every body finds set.
"""

from planted_ptx import planted

from smsim import errors

# -- memory that is not one's own ----------------------------------------------------------------------

planted(
    "misaligned_load",
    errors.MemoryFault,
    0,
    "ld.global.u32 %r10, [%rd3+2];  // <--\nst.global.u32 [%rd4], %r10;",
    block=32,
)
planted(
    "misaligned_vector",
    errors.MemoryFault,
    1,
    "ld.global.v4.u32 {%r10, %r11, %r12, %r13}, [%rd3];  // <--\nst.global.u32 [%rd4], %r10;",
    block=32,
)
planted(
    "misaligned_atomic", errors.MemoryFault, 0, "atom.global.add.u32 %r10, [%rd4+1], 1;  // <--", block=32
)
planted("misaligned_shared_store", errors.MemoryFault, 0, "st.shared.u32 [%r5+1], %r1;  // <--", block=32)
planted("misaligned_local_store", errors.MemoryFault, 0, "st.local.u64 [depot+4], %rd1;  // <--")
planted("null_pointer", errors.MemoryFault, 0, "mov.u64 %rd6, 0;\nst.global.u32 [%rd6], %r1;  // <--")
planted(
    "reads_what_was_given_back",
    errors.MemoryFault,
    0,
    "ld.global.u32 %r10, [%rd3];  // <--\nst.global.u32 [%rd4], %r10;",
    free="x",
)
planted("writes_what_was_given_back", errors.MemoryFault, 0, "st.global.u32 [%rd4], %r1;  // <--", free="out")
planted("generic_store_past_the_end", errors.MemoryFault, 63, "st.u32 [%rd4+4], %r1;  // <--")
planted(
    "vector_half_past_the_end",
    errors.MemoryFault,
    63,
    """
    and.b32 %r10, %r1, 62;
    setp.ne.u32 %p1, %r10, 62;
    shl.b32 %r10, %r1, 2;
    @%p1 ret;
    setp.ne.u32 %p1, %r1, 63;
    @%p1 ret;
    ld.global.v2.u32 {%r11, %r12}, [%rd1+248];
    st.global.v2.u32 [%rd2+256], {%r11, %r12};  // <--
""",
)
planted(
    "from_one_shared_array_into_the_next",
    errors.MemoryFault,
    63,
    """
    st.shared.u32 [%r5], %r1;
    bar.sync 0;
    ld.shared.u32 %r10, [%r5+4];  // <--
    st.global.u32 [%rd4], %r10;
""",
)
planted("shared_store_below_the_array", errors.MemoryFault, 0, "st.shared.u32 [%r5+-4], %r1;  // <--")
planted(
    "generic_address_of_a_shared_array_overrun",
    errors.MemoryFault,
    32,
    """
    cvt.u64.u32 %rd6, %r5;
    cvta.shared.u64 %rd6, %rd6;
    st.u32 [%rd6+128], %r1;  // <--
""",
)
planted(
    "local_array_overrun",
    errors.MemoryFault,
    8,
    """
    shl.b32 %r10, %r1, 2;
    mov.u32 %r11, depot;
    add.u32 %r11, %r11, %r10;
    st.local.u32 [%r11], %r1;  // <--
""",
)
planted(
    "local_array_read_past_its_end",
    errors.MemoryFault,
    0,
    """
    st.local.u64 [depot], %rd1;
    ld.local.u32 %r10, [depot+32];  // <--
    st.global.u32 [%rd4], %r10;
""",
)
planted(
    "table_read_past_its_end",
    errors.MemoryFault,
    8,
    """
    mov.u64 %rd6, table;
    mul.wide.u32 %rd7, %r1, 4;
    add.u64 %rd6, %rd6, %rd7;
    ld.global.u32 %r10, [%rd6];  // <--
    st.global.u32 [%rd4], %r10;
""",
)
planted(
    "constants_read_past_their_end",
    errors.MemoryFault,
    4,
    """
    mov.u64 %rd6, primes;
    mul.wide.u32 %rd7, %r1, 4;
    add.u64 %rd6, %rd6, %rd7;
    ld.const.u32 %r10, [%rd6];  // <--
    st.global.u32 [%rd4], %r10;
""",
)

# -- races ---------------------------------------------------------------------------------------------

planted(
    "shared_exchange_without_a_barrier",
    errors.DataRace,
    0,
    """
    st.shared.u32 [%r5], %r1;  // <--
    mov.u32 %r10, tile;
    xor.b32 %r11, %r1, 32;
    shl.b32 %r11, %r11, 2;
    add.u32 %r10, %r10, %r11;
    ld.shared.u32 %r12, [%r10];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "lanes_exchange_without_syncwarp",
    errors.DataRace,
    0,
    """
    st.shared.u32 [%r5], %r1;  // <--
    mov.u32 %r10, tile;
    xor.b32 %r11, %r1, 1;
    shl.b32 %r11, %r11, 2;
    add.u32 %r10, %r10, %r11;
    ld.shared.u32 %r12, [%r10];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "a_shuffle_orders_no_memory",
    errors.DataRace,
    0,
    """
    st.shared.u32 [%r5], %r1;  // <--
    shfl.sync.bfly.b32 %r9, %r1, 1, 31, 0xffffffff;
    mov.u32 %r10, tile;
    xor.b32 %r11, %r1, 1;
    shl.b32 %r11, %r11, 2;
    add.u32 %r10, %r10, %r11;
    ld.shared.u32 %r12, [%r10];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "a_fence_alone_orders_nothing",
    errors.DataRace,
    0,
    """
    st.shared.u32 [%r5], %r1;  // <--
    membar.cta;
    mov.u32 %r10, tile;
    xor.b32 %r11, %r1, 32;
    shl.b32 %r11, %r11, 2;
    add.u32 %r10, %r10, %r11;
    ld.shared.u32 %r12, [%r10];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "one_byte_of_a_word_that_others_read",
    errors.DataRace,
    1,
    """
    mov.u32 %r10, tile;
    add.u32 %r11, %r10, %r1;
    st.shared.u8 [%r11], %r1;  // <--
    and.b32 %r12, %r1, 60;
    add.u32 %r12, %r10, %r12;
    ld.shared.u32 %r13, [%r12];  // <--
    st.global.u32 [%rd4], %r13;
""",
)
planted(
    "vectors_that_overlap",
    errors.DataRace,
    0,
    """
    setp.ge.u32 %p1, %r1, 63;
    @%p1 ret;
    and.b32 %r10, %r1, 62;
    shl.b32 %r10, %r10, 2;
    mov.u32 %r11, tile;
    add.u32 %r11, %r11, %r10;
    st.shared.v2.u32 [%r11], {%r1, %r1};  // <--
""",
)
planted("blocks_write_one_word", errors.DataRace, 0, "st.global.u32 [%rd2], %r4;  // <--", grid=2, block=1)
planted(
    "read_only_load_of_what_a_neighbour_writes",
    errors.NonCoherentRead,
    0,
    """
    xor.b32 %r10, %r4, 1;
    mul.wide.u32 %rd6, %r10, 4;
    add.u64 %rd6, %rd2, %rd6;
    st.global.u32 [%rd4], %r4;  // <--
    ld.global.nc.u32 %r11, [%rd6];  // <--
    st.global.u32 [%rd3], %r11;
""",
)
planted(
    "plain_read_of_a_counter",
    errors.DataRace,
    0,
    """
    red.global.add.u32 [%rd2], 1;  // <--
    ld.global.u32 %r10, [%rd2];  // <--
    st.global.u32 [%rd3], %r10;
""",
)
planted(
    "atomic_in_shared_memory_and_a_plain_read",
    errors.DataRace,
    0,
    """
    mov.u32 %r10, 0;
    setp.eq.u32 %p1, %r1, 0;
    @%p1 st.shared.u32 [tile], %r10;
    bar.sync 0;
    atom.shared.add.u32 %r11, [tile], 1;  // <--
    ld.shared.u32 %r12, [tile];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "two_barriers_of_different_names",
    errors.DataRace,
    0,
    """
    st.shared.u32 [%r5], %r1;  // <--
    shr.u32 %r20, %r1, 5;
    add.u32 %r20, %r20, 1;
    bar.sync %r20, 32;
    mov.u32 %r10, tile;
    xor.b32 %r11, %r1, 32;
    shl.b32 %r11, %r11, 2;
    add.u32 %r10, %r10, %r11;
    ld.shared.u32 %r12, [%r10];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "syncwarp_of_half_a_warp",
    errors.DataRace,
    0,
    """
    st.shared.u32 [%r5], %r1;  // <--
    and.b32 %r20, %r1, 16;
    mov.u32 %r21, 0xffff;
    shl.b32 %r21, %r21, %r20;
    bar.warp.sync %r21;
    mov.u32 %r10, tile;
    xor.b32 %r11, %r1, 16;
    shl.b32 %r11, %r11, 2;
    add.u32 %r10, %r10, %r11;
    ld.shared.u32 %r12, [%r10];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "over_the_end_into_another_shared_array",
    errors.MemoryFault,
    0,
    """
    st.shared.u32 [%r5], %r1;
    mov.u32 %r10, other;
    shl.b32 %r11, %r1, 2;
    add.u32 %r11, %r11, %r10;
    st.shared.u32 [%r11], %r1;
    bar.sync 0;
    ld.shared.u32 %r12, [%r5+384];  // <--
    st.global.u32 [%rd4], %r12;
""",
)
planted(
    "before_the_start_into_another_shared_array_by_a_generic_address",
    errors.MemoryFault,
    0,
    """
    cvta.shared.u64 %rd10, other;
    mul.wide.u32 %rd11, %r1, 4;
    add.u64 %rd10, %rd10, %rd11;
    st.u32 [%rd10+-384], %r1;  // <--
""",
)
planted(
    "a_vector_that_ends_outside_and_is_used",
    errors.MemoryFault,
    0,
    """
    .shared .align 16 .b8 seven[28];
    mov.u32 %r10, seven;
    setp.ge.u32 %p1, %r1, 7;
    @%p1 ret;
    shl.b32 %r11, %r1, 2;
    add.u32 %r11, %r11, %r10;
    st.shared.u32 [%r11], %r1;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 ret;
    ld.shared.v4.u32 {%r12, %r13, %r14, %r15}, [%r10+16];  // <--
    st.global.u32 [%rd4], %r15;
""",
)
planted(
    "a_vector_that_lies_outside",
    errors.MemoryFault,
    0,
    """
    ld.shared.v4.u32 {%r12, %r13, %r14, %r15}, [tile+256];  // <--
""",
)
planted(
    "local_memory_filled_by_some_threads",
    errors.UninitializedRead,
    7,
    """
    setp.eq.u32 %p1, %r1, 7;
    @!%p1 st.local.u32 [depot+4], %r1;
    ld.local.u32 %r10, [depot+4];  // <--
    st.global.u32 [%rd4], %r10;
""",
)
planted(
    "a_parameter_with_its_neighbour",
    errors.MemoryFault,
    0,
    "ld.param.v2.u64 {%rd10, %rd11}, [x];  // <--\nst.global.u64 [%rd10], %rd11;",
)
planted("behind_the_last_parameter", errors.MemoryFault, 0, "ld.param.u32 %r10, [out+8];  // <--")
planted(
    "a_guarded_load_beyond_a_parameter",
    errors.MemoryFault,
    7,
    "setp.ge.u32 %p1, %r1, 7;\n@%p1 ld.param.u64 %rd10, [out+4];  // <--",
)
