"""Hand-written kernels with one planted mistake each, about asynchronous copies and mbarriers. ``// <--`` marks a line
that the error must name. See ``small_ptx`` for the registers that every body finds set.
"""

from planted_ptx import planted
from right_ptx_async import READ_NEIGHBOUR, READ_TILE, copy, made, pipeline, wait
from right_ptx_bulk import EXPECT, LOAD, bulk_load, bulk_store, ring

from smsim import errors

MARK = "  // <--\n"


def marked(text: str, *pieces: str) -> str:
    """``text`` with a mark behind every statement that has one of ``pieces``."""
    lines = text.splitlines()
    return "\n".join(line + "  // <--" if any(p in line for p in pieces) else line for line in lines)


# -- cp.async --------------------------------------------------------------------------------------------

planted(
    "read_before_the_wait",
    errors.CopyInFlight,
    0,
    marked(copy(0, "%r5") + READ_TILE + "cp.async.wait_all;", "ld.shared"),
)
planted(
    "never_waited_for",
    errors.CopyInFlight,
    0,
    marked(copy(0, "%r5") + "bar.sync 0;\n" + READ_NEIGHBOUR, "ld.shared"),
)
planted(
    "waited_for_after_the_barrier",
    errors.CopyInFlight,
    0,
    marked(copy(0, "%r5") + "bar.sync 0;\n" + READ_NEIGHBOUR + "cp.async.wait_all;", "ld.shared"),
)
planted(
    "a_wait_without_a_commit",
    errors.CopyInFlight,
    0,
    marked(
        copy(0, "%r5").replace("cp.async.commit_group;", "") + "cp.async.wait_group 0;\n" + READ_TILE,
        "ld.shared",
    ),
)
planted(
    "a_wait_for_too_few_groups",
    errors.CopyInFlight,
    0,
    marked(copy(0, "%r5") + "cp.async.wait_group 1;\nbar.sync 0;\n" + READ_TILE, "ld.shared"),
)
planted(
    "a_pipeline_that_waits_for_too_few_groups",
    errors.CopyInFlight,
    0,
    marked(pipeline(4, left=2), "ld.shared"),
)
planted(
    "no_barrier_after_the_wait",
    errors.DataRace,
    0,
    marked(copy(0, "%r5") + "cp.async.wait_group 0;\n" + READ_NEIGHBOUR, "ld.shared", "cp.async.ca"),
)
planted(
    "refilled_before_all_have_read",
    errors.DataRace,
    0,
    marked(pipeline(4, before_refill=""), "ld.shared", "cp.async.ca"),
)
planted(
    "two_copies_into_one_place",
    errors.CopyInFlight,
    0,
    copy(0, "%r5") + marked(copy(1, "%r5"), "cp.async.ca") + "cp.async.wait_all;",
)
planted(
    "written_over_while_a_copy_comes",
    errors.CopyInFlight,
    0,
    copy(0, "%r5") + "st.shared.u32 [%r5], %r1;" + MARK + "cp.async.wait_all;",
)
planted(
    "the_source_is_written_meanwhile",
    errors.CopyInFlight,
    0,
    "cp.async.ca.shared.global [%r5], [%rd4], 4;\nst.global.u32 [%rd4], %r1;" + MARK + "cp.async.wait_all;",
)
planted(
    "another_thread_writes_the_source",
    errors.DataRace,
    32,
    """
    setp.lt.u32 %p1, %r1, 32;
    @%p1 cp.async.ca.shared.global [%r5], [%rd4], 4;  // <--
    cp.async.wait_all;
    @%p1 bra DONE;
    st.global.u32 [%rd4+-128], %r1;  // <--
DONE:
""",
)
planted(
    "what_nobody_wrote_is_copied_and_used",
    errors.UninitializedRead,
    0,
    marked(copy(0, "%r5") + "cp.async.wait_all;\n" + READ_TILE, "ld.shared"),
    written=False,
)
planted(
    "a_copy_beyond_the_array",
    errors.MemoryFault,
    1,
    "add.u64 %rd10, %rd3, 252;\ncp.async.ca.shared.global [%r5], [%rd10], 4;" + MARK + "cp.async.wait_all;",
)
planted(
    "a_copy_beyond_the_tile",
    errors.MemoryFault,
    63,
    "cp.async.ca.shared.global [%r5+4], [%rd3], 4;" + MARK + "cp.async.wait_all;",
)
planted(
    "a_copy_that_is_not_aligned",
    errors.MemoryFault,
    1,
    "cp.async.ca.shared.global [%r5], [%rd3], 8;" + MARK + "cp.async.wait_all;",
)

# -- mbarriers -------------------------------------------------------------------------------------------

_ARRIVE = "mbarrier.arrive.shared.b64 _, [bar];"
_WAIT_MARKED = wait(0).replace("[bar], 0;", "[bar], 0;  // <--")

planted("one_arrival_too_few", errors.Deadlock, 0, made(65) + _ARRIVE + "\n" + _WAIT_MARKED)
planted(
    "one_arrival_too_many",
    errors.MbarrierError,
    63,
    made(127)
    + "mbarrier.expect_tx.shared.b64 [bar], 16;\n"
    + _ARRIVE
    + "\n"
    + "bar.sync 0;\n"
    + _ARRIVE
    + MARK,
)
planted(
    "a_ring_whose_readers_are_miscounted", errors.Deadlock, 32, marked(ring(readers=33), "[%r23+16], %r22")
)
planted(
    "an_mbarrier_that_nobody_made",
    errors.MbarrierError,
    0,
    ".shared .align 8 .b64 bar;\n" + _ARRIVE + MARK,
)
planted(
    "an_mbarrier_made_twice",
    errors.MbarrierError,
    0,
    made(64) + "@!%p1 mbarrier.init.shared.b64 [bar], 64;" + MARK,
)
planted(
    "made_by_all_threads",
    errors.MbarrierError,
    1,
    ".shared .align 8 .b64 bar;\nmbarrier.init.shared.b64 [bar], 64;" + MARK,
)
planted("made_for_nobody", errors.MbarrierError, 0, marked(made(0), "mbarrier.init"))
planted("made_for_too_many", errors.MbarrierError, 0, marked(made(1 << 20), "mbarrier.init"))
planted(
    "an_mbarrier_read_as_memory",
    errors.MbarrierError,
    0,
    made(64) + "@!%p1 ld.shared.u32 %r10, [bar+4];" + MARK,
)
planted(
    "plain_memory_again_without_inval",
    errors.MbarrierError,
    0,
    made(64) + "@!%p1 st.shared.u32 [bar], %r1;" + MARK,
)
planted(
    "used_after_inval",
    errors.MbarrierError,
    0,
    made(64) + "@!%p1 mbarrier.inval.shared.b64 [bar];\n@!%p1 " + _ARRIVE + MARK,
)
planted(
    "a_state_of_long_ago",
    errors.MbarrierError,
    0,
    made(1)
    + "@%p1 bra DONE;\nmbarrier.arrive.shared.b64 %rd10, [bar];\n"
    + (_ARRIVE + "\n")
    + "mbarrier.test_wait.shared.b64 %p2, [bar], %rd10;"
    + MARK
    + "DONE:",
)
planted(
    "a_parity_of_two",
    errors.MbarrierError,
    0,
    made(64) + "mov.u32 %r10, 2;\nmbarrier.test_wait.parity.shared.b64 %p2, [bar], %r10;" + MARK,
)
planted(
    "nocomplete_that_would_complete",
    errors.MbarrierError,
    0,
    made(3) + "@!%p1 mbarrier.arrive.noComplete.shared.b64 %rd10, [bar], 3;" + MARK,
)
planted(
    "ended_while_others_use_it",
    errors.DataRace,
    0,
    made(64) + _ARRIVE + MARK + "@!%p1 mbarrier.inval.shared.b64 [bar];" + MARK,
)
planted(
    "what_was_done_after_the_arrival_is_read",
    errors.DataRace,
    0,
    made(64) + _ARRIVE + "\nst.shared.u32 [%r5], %r1;" + MARK + wait(0) + marked(READ_NEIGHBOUR, "ld.shared"),
)
planted(
    "copies_that_arrive_twice",
    errors.CopyInFlight,
    0,
    made(64)
    + "cp.async.ca.shared.global [%r5], [%rd3], 4;\ncp.async.mbarrier.arrive.shared.b64 [bar];\n"
    + _ARRIVE
    + "\n"
    + marked(READ_TILE, "ld.shared"),
)

# -- bulk copies -----------------------------------------------------------------------------------------

planted("too_few_bytes_expected", errors.Deadlock, 0, marked(bulk_load(expected=128), "try_wait"))
planted("too_many_bytes_expected", errors.Deadlock, 0, marked(bulk_load(expected=272), "try_wait"))
planted(
    "the_wrong_parity",
    errors.CopyInFlight,
    0,
    marked(bulk_load(parity=1).replace("GO:", "GO: bar.sync 0;"), "ld.shared"),
)
planted(
    "no_bytes_expected",
    errors.CopyInFlight,
    0,
    marked(
        bulk_load().replace(EXPECT.format(256), _ARRIVE + "\n").replace(wait(0), "bar.sync 0;\n"), "ld.shared"
    ),
)
planted(
    "a_bulk_copy_that_nobody_waits_for",
    errors.CopyInFlight,
    0,
    marked(bulk_load().replace(wait(0), "bar.sync 0;\n"), "ld.shared"),
)
planted(
    "a_bulk_copy_of_20_bytes",
    errors.MemoryFault,
    0,
    marked(
        bulk_load(expected=20, size="%r20").replace("@%p1 bra GO;", "mov.u32 %r20, 20;\n@%p1 bra GO;"), LOAD
    ),
)
planted(
    "a_bulk_copy_to_a_misaligned_place",
    errors.MemoryFault,
    0,
    marked(bulk_load(size=128, target="tile+8"), LOAD),
)
planted(
    "a_bulk_copy_from_a_misaligned_place",
    errors.MemoryFault,
    0,
    marked(bulk_load(size=128, source="%rd1+4"), LOAD),
)
planted("a_bulk_copy_beyond_the_array", errors.MemoryFault, 0, marked(bulk_load(source="%rd1+16"), LOAD))
planted("a_bulk_copy_beyond_the_tile", errors.MemoryFault, 0, marked(bulk_load(target="tile+16"), LOAD))
planted(
    "a_bulk_copy_without_a_proxy_fence",
    errors.CopyInFlight,
    0,
    marked(bulk_store(fence=""), "cp.async.bulk.global"),
)
planted(
    "a_proxy_fence_before_the_write",
    errors.CopyInFlight,
    0,
    marked("fence.proxy.async;\n" + bulk_store(fence=""), "cp.async.bulk.global"),
)
planted(
    "a_bulk_copy_without_a_barrier",
    errors.DataRace,
    0,
    marked(bulk_store().replace("bar.sync 0;", ""), "cp.async.bulk.global", "st.shared"),
)
planted(
    "a_block_ends_before_its_memory_is_read",
    errors.CopyInFlight,
    0,
    marked(bulk_store(done=""), "cp.async.bulk.global"),
)
planted(
    "a_buffer_is_used_again_too_early",
    errors.CopyInFlight,
    0,
    marked(
        bulk_store(done="", after="bar.sync 0;\nst.shared.u32 [%r5], %r2;\ncp.async.bulk.wait_group.read 0;"),
        "st.shared.u32 [%r5], %r2",
    ),
)
planted(
    "read_only_is_not_arrived",
    errors.CopyInFlight,
    0,
    marked(bulk_store(after="@!%p1 ld.global.u32 %r10, [%rd2];"), "ld.global.u32 %r10"),
)

planted(
    "copies_of_all_threads_go_on_in_bulk_without_a_fence",
    errors.CopyInFlight,
    0,
    marked(
        "setp.ne.u32 %p1, %r1, 0;\ncp.async.ca.shared.global [%r5], [%rd3], 4;\ncp.async.wait_all;\nbar.sync 0;\n"
        + "@%p1 bra END;\n"
        + "cp.async.bulk.global.shared::cta.bulk_group [%rd2], [tile], 256;\ncp.async.bulk.commit_group;\n"
        + "cp.async.bulk.wait_group.read 0;\nEND:\n",
        "cp.async.bulk.global",
    ),
)
planted(
    "the_next_phase_is_not_waited_for",
    errors.DataRace,
    0,
    marked(
        made(64)
        + _ARRIVE
        + "\n"
        + wait(0)
        + """
    setp.lt.u32 %p3, %r1, 32;
    @%p3 bra READ;
    st.shared.u32 [%r5+-128], %r1;
    mbarrier.arrive.shared.b64 _, [bar];
    bra DONE;
READ:
    ld.shared.u32 %r10, [%r5];
    st.global.u32 [%rd4], %r10;
DONE:
""",
        "st.shared",
        "ld.shared",
    ),
)
