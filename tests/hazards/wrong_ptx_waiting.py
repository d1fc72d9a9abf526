"""Hand-written kernels with one planted mistake each: values, lanes, barriers, ends. ``// <--`` marks a line that the
error must name. See ``small_ptx`` for the registers that every body finds set.
"""

from planted_ptx import planted

from smsim import errors

# -- values nobody wrote -------------------------------------------------------------------------------

planted("unset_register_stored", errors.UninitializedRead, 0, "st.global.u32 [%rd4], %r30;  // <--")
planted("unset_register_as_an_address", errors.UninitializedRead, 0, "st.global.u32 [%rd15], %r1;  // <--")
planted(
    "unset_predicate",
    errors.UninitializedRead,
    0,
    """
    @%p7 bra DONE;  // <--
    st.global.u32 [%rd4], %r1;
DONE:
""",
)
planted(
    "register_set_on_one_way_only",
    errors.UninitializedRead,
    40,
    """
    setp.ge.u32 %p1, %r1, 40;
    @%p1 bra DONE;
    mov.u32 %r30, 7;
DONE:
    st.global.u32 [%rd4], %r30;  // <--
""",
)
planted(
    "unset_register_through_arithmetic",
    errors.UninitializedRead,
    0,
    """
    add.u32 %r10, %r30, %r1;  // <--
    xor.b32 %r11, %r10, 5;
    atom.global.add.u32 %r12, [%rd2], %r11;
""",
)
planted(
    "guarded_move_leaves_lanes_unset",
    errors.UninitializedRead,
    1,
    """
    and.b32 %r10, %r1, 1;
    setp.eq.u32 %p1, %r10, 0;
    @%p1 mov.u32 %r30, %r1;
    st.global.u32 [%rd4], %r30;  // <--
""",
)
planted(
    "shared_memory_nobody_wrote",
    errors.UninitializedRead,
    0,
    """
    ld.shared.u32 %r10, [%r5];  // <--
    st.global.u32 [%rd4], %r10;  // <--
""",
)
planted(
    "half_of_a_vector_nobody_wrote",
    errors.UninitializedRead,
    0,
    """
    mov.u32 %r10, tile;
    and.b32 %r11, %r1, 31;
    shl.b32 %r11, %r11, 3;
    add.u32 %r10, %r10, %r11;
    setp.ge.u32 %p1, %r1, 32;
    @%p1 ret;
    st.shared.u32 [%r10], %r1;
    ld.shared.v2.u32 {%r12, %r13}, [%r10];  // <--
    st.global.u32 [%rd4], %r13;  // <--
""",
)
planted(
    "local_memory_nobody_wrote",
    errors.UninitializedRead,
    0,
    """
    ld.local.u32 %r10, [depot+8];  // <--
    st.global.u32 [%rd4], %r10;  // <--
""",
)
planted(
    "global_memory_nobody_wrote",
    errors.UninitializedRead,
    0,
    """
    ld.global.u32 %r10, [%rd3];  // <--
    st.global.u32 [%rd4], %r10;  // <--
""",
    written=False,
)
planted(
    "atomic_on_what_nobody_wrote",
    errors.UninitializedRead,
    0,
    """
    atom.global.add.u32 %r10, [%rd3], 1;  // <--
""",
    written=False,
)
planted(
    "shuffle_from_a_lane_that_takes_no_part",
    errors.UninitializedRead,
    0,
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 bra DONE;
    shfl.sync.idx.b32 %r10, %r1, 20, 31, 0xffff;  // <--
    st.global.u32 [%rd4], %r10;  // <--
DONE:
""",
)
planted(
    "shuffle_from_a_lane_whose_register_is_unset",
    errors.UninitializedRead,
    1,
    """
    setp.eq.u32 %p1, %r6, 0;
    @%p1 mov.u32 %r30, 7;
    shfl.sync.idx.b32 %r10, %r30, 1, 31, 0xffffffff;  // <--
    st.global.u32 [%rd4], %r10;
""",
    block=32,
)
planted(
    "shuffle_from_a_lane_given_in_a_register_whose_own_is_unset",
    errors.UninitializedRead,
    1,
    """
    setp.eq.u32 %p1, %r6, 0;
    @%p1 mov.u32 %r30, 7;
    xor.b32 %r11, %r6, 1;
    shfl.sync.idx.b32 %r10, %r30, %r11, 31, 0xffffffff;  // <--
    st.global.u32 [%rd4], %r10;
""",
    block=32,
)
planted(
    "shuffle_down_out_of_the_mask",
    errors.UninitializedRead,
    12,
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 bra DONE;
    shfl.sync.down.b32 %r10, %r1, 4, 31, 0xffff;  // <--
    st.global.u32 [%rd4], %r10;  // <--
DONE:
""",
)
planted(
    "shuffle_from_a_lane_that_has_left",
    errors.UninitializedRead,
    0,
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 ret;
    shfl.sync.bfly.b32 %r10, %r1, 16, 31, 0xffffffff;  // <--
    st.global.u32 [%rd4], %r10;  // <--
""",
)

# -- lanes of a warp that should meet ------------------------------------------------------------------

planted("own_lane_not_in_the_mask", errors.WarpSyncError, 0, "bar.warp.sync 0xfffffffe;  // <--")
planted(
    "vote_of_lanes_that_are_not_named",
    errors.WarpSyncError,
    16,
    """
    setp.eq.u32 %p1, %r1, 3;
    vote.sync.ballot.b32 %r10, %p1, 0xffff;  // <--
    st.global.u32 [%rd4], %r10;
""",
)
planted(
    "shuffle_with_a_mask_of_the_other_half",
    errors.WarpSyncError,
    0,
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 bra DONE;
    shfl.sync.idx.b32 %r10, %r1, 0, 31, 0xffff0000;  // <--
    st.global.u32 [%rd4], %r10;
DONE:
""",
)
planted(
    "match_with_a_mask_without_its_lane",
    errors.WarpSyncError,
    31,
    """
    match.any.sync.b32 %r10, %r1, 0x7fffffff;  // <--
    st.global.u32 [%rd4], %r10;
""",
)
planted(
    "redux_with_a_mask_without_its_lane",
    errors.WarpSyncError,
    0,
    """
    redux.sync.add.u32 %r10, %r1, 0xfffffff0;  // <--
    st.global.u32 [%rd4], %r10;
""",
)
planted(
    "half_a_warp_shuffles_and_half_votes",
    errors.WarpSyncError,
    0,
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 bra UPPER;
    shfl.sync.idx.b32 %r10, %r1, 0, 31, 0xffffffff;  // <--
    bra DONE;
UPPER:
    vote.sync.any.pred %p2, %p1, 0xffffffff;  // <--
DONE:
""",
    block=32,
)
planted(
    "some_lanes_wait_at_a_block_barrier",
    errors.WarpSyncError,
    0,
    """
    setp.ge.u32 %p1, %r6, 16;
    @%p1 bra UPPER;
    bar.warp.sync 0xffffffff;  // <--
    bra DONE;
UPPER:
    bar.sync 0;  // <--
DONE:
""",
    block=32,
)

# -- barriers of a block -------------------------------------------------------------------------------

planted(
    "half_the_block_leaves_before_the_barrier",
    errors.BarrierError,
    0,
    """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 ret;
    bar.sync 0;  // <--
""",
)
planted(
    "two_warps_at_barriers_of_two_names",
    errors.BarrierError,
    0,
    """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 bra SECOND;
    bar.sync 1;  // <--
    bra DONE;
SECOND:
    bar.sync 2;  // <--
DONE:
""",
)
planted(
    "a_named_barrier_waits_for_too_many",
    errors.BarrierError,
    0,
    """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 ret;
    bar.sync 1, 64;  // <--
""",
)
planted(
    "a_named_barrier_lets_go_as_many_as_it_is_for",
    errors.BarrierError,
    64,
    "bar.sync 1, 64;  // <--",
    block=96,
)
planted(
    "one_warp_at_two_barriers",
    errors.BarrierError,
    0,
    """
    and.b32 %r10, %r1, 1;
    setp.eq.u32 %p1, %r10, 1;
    @%p1 bra ODD;
    bar.sync 0;  // <--
    bra DONE;
ODD:
    bar.sync 0;  // <--
DONE:
""",
)
planted(
    "a_barrier_for_part_of_a_warp", errors.BarrierError, 0, "mov.u32 %r10, 33;\nbar.sync 1, %r10;  // <--"
)
planted(
    "a_barrier_beyond_the_sixteenth",
    errors.BarrierError,
    0,
    """
    mov.u32 %r10, 16;
    bar.sync %r10;  // <--
""",
)
planted(
    "the_other_warp_leaves_before_a_vote_at_a_barrier",
    errors.BarrierError,
    32,
    """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 bra WAITS;
    ret;
WAITS:
    bar.red.popc.u32 %r10, 0, %p1;  // <--
""",
)

# -- runs that do not end ------------------------------------------------------------------------------

planted(
    "a_loop_without_an_end",
    errors.InstructionBudgetExceeded,
    0,
    """
AGAIN:
    add.u32 %r10, %r1, 1;  // <--
    bra AGAIN;  // <--
""",
)
planted(
    "waits_for_a_flag_that_nobody_sets",
    errors.InstructionBudgetExceeded,
    0,
    """
AGAIN:
    ld.acquire.gpu.global.u32 %r10, [%rd2];  // <--
    setp.eq.u32 %p1, %r10, 0;  // <--
    @%p1 bra AGAIN;  // <--
""",
    block=1,
)
planted(
    "takes_a_lock_twice",
    errors.InstructionBudgetExceeded,
    0,
    """
    atom.acquire.gpu.global.cas.b32 %r10, [%rd2], 0, 1;
AGAIN:
    atom.acquire.gpu.global.cas.b32 %r10, [%rd2], 0, 1;  // <--
    setp.ne.u32 %p1, %r10, 0;  // <--
    @%p1 bra AGAIN;  // <--
""",
    block=1,
)

# -- what the program itself says ----------------------------------------------------------------------

planted(
    "a_trap",
    errors.SimulationError,
    5,
    """
    setp.eq.u32 %p1, %r1, 5;
    @%p1 trap;  // <--
    st.global.u32 [%rd4], %r1;
""",
)
planted(
    "an_assertion",
    errors.DeviceAssertion,
    9,
    """
    setp.ne.u32 %p1, %r1, 9;
    @%p1 bra DONE;
    mov.u64 %rd6, 0;
    mov.u32 %r10, 12;
    {
    .param .b64 p0;
    .param .b64 p1;
    .param .b32 p2;
    .param .b64 p3;
    .param .b64 p4;
    st.param.b64 [p0], %rd6;
    st.param.b64 [p1], %rd6;
    st.param.b32 [p2], %r10;
    st.param.b64 [p3], %rd6;
    st.param.b64 [p4], %rd6;
    call __assertfail, (p0, p1, p2, p3, p4);  // <--
    }
DONE:
    st.global.u32 [%rd4], %r1;
""",
)
