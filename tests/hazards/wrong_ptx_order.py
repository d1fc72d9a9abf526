"""Hand-written kernels with one planted mistake each in how single threads are ordered. ``// <--`` marks a line
that the error must name. See ``small_ptx`` for the registers that every body finds set.
"""

from planted_ptx import planted
from right_ptx_order import EIGHTS, HANDOVER, LOCK, WARP_TO_WARP, message

from smsim import errors


def _marked(body: str, *lines: str) -> str:
    """``body`` with a mark behind each of ``lines``."""
    for line in lines:
        assert line in body
        body = body.replace(line, f"{line}  // <--")
    return body


def _race(name: str, thread: int, body: str, *lines: str, **launch: object) -> None:
    planted(name, errors.DataRace, thread, _marked(body, *lines), **launch)


_MESSAGE_LINES = ("ld.shared.u32 %r11, [tile];", "st.shared.u32 [tile], %r11;")
_WORDS = {
    "load": "ld.acquire.cta.shared.u32", "after": "", "before": "", "store": "st.release.cta.shared.u32",
}  # fmt: skip
_FENCED = {
    "load": "ld.volatile.shared.u32", "after": "membar.cta;", "before": "membar.cta;",
    "store": "st.volatile.shared.u32",
}  # fmt: skip

for _name, _words in {
    "a_flag_in_shared_memory_that_does_not_release": _WORDS | {"store": "st.relaxed.cta.shared.u32"},
    "a_flag_in_shared_memory_that_nobody_acquires": _WORDS | {"load": "ld.relaxed.cta.shared.u32"},
    "a_volatile_flag_in_shared_memory_without_its_second_fence": _FENCED | {"after": ""},
    "a_volatile_flag_in_shared_memory_without_its_first_fence": _FENCED | {"before": ""},
}.items():
    _race(_name, 0, message(**_words), *_MESSAGE_LINES)

_race(
    "what_is_written_after_the_release_is_not_released",
    0,
    message(**_WORDS).replace("DONE:", "st.shared.u32 [tile], %r12;\nDONE:"),
    "ld.shared.u32 %r11, [tile];",
    "st.shared.u32 [tile], %r12;",
)

_LOCK_LINES = ("ld.shared.u32 %r11, [tile];", "st.shared.u32 [tile], %r11;")
_race(
    "a_lock_in_shared_memory_given_back_without_a_fence",
    1,
    LOCK.format(
        cas="atom.shared.cas.b32",
        after="membar.cta;",
        before="",
        unlock="atom.shared.exch.b32 %r14,",
        zero="0",
    ),
    *_LOCK_LINES,
)
_race(
    "a_lock_in_shared_memory_taken_without_acquiring",
    1,
    LOCK.format(
        cas="atom.relaxed.cta.shared.cas.b32",
        after="",
        before="",
        unlock="st.release.cta.shared.u32",
        zero="%r13",
    ),
    *_LOCK_LINES,
    grid=2,
    block=32,
)
_race(
    "a_sum_of_eight_lanes_read_by_other_eights",
    8,
    EIGHTS.format(mask="%r21", first="%r6"),
    "ld.shared.u32 %r28, [%r27];",
    "@%p1 st.shared.u32 [%r5], %r26;",
)
_race(
    "a_lane_outside_the_mask_takes_what_the_others_made",
    24,
    """
    setp.ge.u32 %p2, %r6, 16;
    @%p2 bra TAKES;
    st.shared.u32 [%r5], %r1;
    setp.ge.u32 %p3, %r6, 8;
    @%p3 bra DONE;
    bar.warp.sync 0x00ff00ff;
    bra DONE;
TAKES:
    setp.ge.u32 %p3, %r6, 24;
    @%p3 bra HASTE;
    bar.warp.sync 0x00ff00ff;
HASTE:
    ld.shared.u32 %r10, [%r5+-64];
    st.global.u32 [%rd4], %r10;
DONE:
""",
    "st.shared.u32 [%r5], %r1;",
    "ld.shared.u32 %r10, [%r5+-64];",
)
_race(
    "a_buffer_filled_again_before_it_is_empty",
    32,
    HANDOVER.format(
        wait_empty="setp.eq.u32 %p3, %r20, 0;\n    @%p3 bra FILL;\n    bar.sync 2, 64;\nFILL:", say_empty=""
    ).replace("bar.sync 1, 64;", "bar.sync 1, 64;\n    bar.arrive 2, 64;"),
    "st.shared.u32 [%r5], %r22;",
    "ld.shared.u32 %r23, [%r5+-128];",
)
_race(
    "one_lane_listens_and_the_others_do_not_wait_for_it",
    33,
    WARP_TO_WARP.format(written="bar.warp.sync -1;", seen=""),
    "st.shared.u32 [%r5], %r1;",
    "ld.shared.u32 %r11, [%r5+-128];",
)
_race(
    "one_lane_speaks_before_the_others_have_written",
    33,
    WARP_TO_WARP.format(written="", seen="bar.warp.sync -1;"),
    "st.shared.u32 [%r5], %r1;",
    "ld.shared.u32 %r11, [%r5+-128];",
)
_race(
    "blocks_that_release_to_all_and_acquire_from_their_own",
    0,
    """
    setp.ne.u32 %p1, %r2, 0;
    @%p1 bra READS;
    mov.u32 %r11, 42;
    st.global.u32 [%rd2+4], %r11;
    mov.u32 %r12, 99;
    st.release.gpu.global.u32 [%rd1], %r12;
    bra DONE;
READS:
    ld.acquire.cta.global.u32 %r10, [%rd1];
    setp.ne.u32 %p3, %r10, 99;
    @%p3 bra READS;
    ld.global.u32 %r13, [%rd2+4];
    st.global.u32 [%rd2], %r13;
DONE:
""",
    "st.release.gpu.global.u32 [%rd1], %r12;",
    "ld.acquire.cta.global.u32 %r10, [%rd1];",
    grid=2,
    block=1,
)
_race(
    "blocks_count_together_each_for_itself",
    0,
    "atom.cta.global.add.u32 %r10, [%rd2], 1;",
    "atom.cta.global.add.u32 %r10, [%rd2], 1;",
    grid=2,
    block=32,
)
_race(
    "one_block_counts_for_all_and_the_other_for_itself",
    0,
    """
    setp.eq.u32 %p1, %r2, 0;
    @%p1 red.relaxed.cta.global.add.u32 [%rd2], 1;
    @!%p1 red.relaxed.gpu.global.add.u32 [%rd2], 1;
""",
    "@%p1 red.relaxed.cta.global.add.u32 [%rd2], 1;",
    "@!%p1 red.relaxed.gpu.global.add.u32 [%rd2], 1;",
    grid=2,
    block=32,
)

# -- who reads: one of several ---------------------------------------------------------------------------

_THREE = """
    st.shared.u32 [%r5], %r1;
    bar.sync 0;
    setp.gt.u32 %p1, %r1, 3;
    @%p1 bra DONE;
    mov.u32 %r10, 0;
    setp.lt.u32 %p2, %r1, 3;
    @%p2 {load} %r10, {place};
    setp.eq.u32 %p3, %r1, {user};
    selp.u32 %r11, %r10, 0, %p3;
    st.global.u32 [%rd4], %r11;
    {between}
    setp.eq.u32 %p5, %r1, 3;
    @%p5 {store} {place}, %r1;
DONE:
"""
_SHARED = {"load": "ld.shared.u32", "place": "[tile+240]", "store": "st.shared.u32"}
_GLOBAL = {"load": "ld.global.u32", "place": "[%rd1+240]", "store": "st.global.u32"}
for _space, _words in {"shared": _SHARED, "global": _GLOBAL}.items():
    _lines = (
        f"@%p2 {_words['load']} %r10, {_words['place']};",
        f"@%p5 {_words['store']} {_words['place']}, %r1;",
    )
    for _user in range(3):
        _race(
            f"three_read_{_space}_memory_and_thread_{_user}_uses_it",
            _user if _space == "shared" else 3,
            _THREE.format(user=_user, between="", **_words),
            *_lines,
        )
    _race(
        f"three_read_{_space}_memory_and_the_writer_waited_for_two",
        2 if _space == "shared" else 3,
        _THREE.format(
            user=2, between="setp.eq.u32 %p4, %r1, 2;\n @%p4 bra DONE;\n bar.warp.sync 11;", **_words
        ),
        *_lines,
    )

_race(
    "two_blocks_write_the_same_and_one_reads_it",
    0,
    """
    mov.u32 %r10, 7;
    st.global.u32 [%rd2], %r10;
    bar.sync 0;
    setp.ne.u32 %p1, %r2, 1;
    @%p1 bra DONE;
    ld.global.u32 %r11, [%rd2];
    st.global.u32 [%rd4], %r11;
DONE:
""",
    "st.global.u32 [%rd2], %r10;",
    "ld.global.u32 %r11, [%rd2];",
    grid=2,
    block=1,
)
_race(
    "a_counter_put_back_while_others_still_poll_it",
    0,
    """
    fence.acq_rel.gpu;
    atom.global.add.u32 %r10, [%rd2], 1;
    setp.eq.u32 %p1, %r10, 1;
    @%p1 bra LAST;
WAIT:
    ld.volatile.global.u32 %r11, [%rd2];
    setp.eq.u32 %p2, %r11, 1;
    @%p2 bra WAIT;
    bra DONE;
LAST:
    mov.u32 %r12, 0;
    st.global.u32 [%rd2], %r12;
DONE:
""",
    "ld.volatile.global.u32 %r11, [%rd2];",
    "st.global.u32 [%rd2], %r12;",
    grid=2,
    block=1,
)
_race(
    "a_counter_put_back_by_one_who_has_not_seen_all",
    3,
    """
    fence.acq_rel.gpu;
    setp.eq.u32 %p1, %r1, 3;
    @%p1 bra PUTS;
    atom.global.add.u32 %r10, [%rd2], 1;
    bra DONE;
PUTS:
    mov.u32 %r12, 0;
    st.global.u32 [%rd2], %r12;
DONE:
""",
    "atom.global.add.u32 %r10, [%rd2], 1;",
    "st.global.u32 [%rd2], %r12;",
)
_race(
    "a_fence_before_the_barrier_speaks_for_its_own_thread",
    1,
    """
    setp.ne.u32 %p1, %r2, 0;
    @%p1 bra READS;
    st.global.u32 [%rd3], %r1;
    fence.acq_rel.gpu;
    bar.sync 0;
    mov.u32 %r12, 99;
    setp.eq.u32 %p2, %r1, 0;
    @%p2 st.relaxed.gpu.global.u32 [%rd2], %r12;
    bra DONE;
READS:
    ld.acquire.gpu.global.u32 %r10, [%rd2];
    setp.ne.u32 %p3, %r10, 99;
    @%p3 bra READS;
    ld.global.u32 %r13, [%rd3+-128];
    st.global.u32 [%rd4], %r13;
DONE:
""",
    "st.global.u32 [%rd3], %r1;",
    "ld.global.u32 %r13, [%rd3+-128];",
    grid=2,
    block=32,
)
_race(
    "a_barrier_for_fewer_than_those_who_meet_there",
    32,
    """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 bra TAKES;
    st.shared.u32 [%r5], %r1;
    bar.arrive 1, 32;
    bra DONE;
TAKES:
    bar.sync 1, 32;
    ld.shared.u32 %r10, [%r5+-128];
    st.global.u32 [%rd4], %r10;
DONE:
""",
    "st.shared.u32 [%r5], %r1;",
    "ld.shared.u32 %r10, [%r5+-128];",
)
