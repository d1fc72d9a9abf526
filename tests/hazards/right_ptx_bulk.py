"""Correct hand-written kernels with bulk copies.

See ``small_ptx`` for the registers that every body finds set.
"""

from __future__ import annotations

import numpy as np
from correct_ptx import HALF, WORDS, correct
from right_ptx_async import BAR, READ_TILE, made, wait

_ALL = np.arange(WORDS)

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

correct(
    "what_came_in_bulk_goes_in_bulk_without_a_fence",
    lambda x: x,
    made(1)
    + "@%p1 bra END;\nst.shared.u32 [tile], %r1;\n"
    + f"{EXPECT.format(256)}{LOAD} [tile], [%rd1], 256, [bar];\n"
    + wait(0)
    + STORE.format("%rd2")
    + "cp.async.bulk.wait_group 0;\nEND:\n",
)
correct(
    "copies_of_all_threads_go_on_in_bulk",
    lambda x: x,
    "setp.ne.u32 %p1, %r1, 0;\ncp.async.ca.shared.global [%r5], [%rd3], 4;\ncp.async.wait_all;\n"
    + "fence.proxy.async;\nbar.sync 0;\n@%p1 bra END;\n"
    + STORE.format("%rd2")
    + "cp.async.bulk.wait_group.read 0;\nEND:\n",
)
