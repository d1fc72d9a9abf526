"""Asynchronous copies through the public doors: counts, steps, checks; and what they leave in memory."""

from __future__ import annotations

import numpy as np
import pytest

import smsim
from smsim import errors

_HEAD = """.version 8.6
.target sm_90
.address_size 64
.visible .entry k(.param .u64 x, .param .u64 out)
{
    .reg .pred %p<6>;
    .reg .b32 %r<20>;
    .reg .b64 %rd<20>;
    .shared .align 128 .b8 tile[1024];
    .shared .align 8 .b64 bar;
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mad.lo.u32 %r4, %r2, %r3, %r1;
    mul.wide.u32 %rd5, %r4, 4;
    add.u64 %rd3, %rd1, %rd5;
    add.u64 %rd4, %rd2, %rd5;
    mov.u32 %r5, tile;
    mad.lo.u32 %r5, %r1, 4, %r5;
    setp.ne.u32 %p1, %r1, 0;
"""

EACH_LANE = """
    cp.async.ca.shared.global [%r5], [%rd3], 4;
    cp.async.commit_group;
    cp.async.wait_group 0;
    ld.shared.u32 %r10, [%r5];
    st.global.u32 [%rd4], %r10;
"""

BULK = """
    @%p1 bra GO;
    mbarrier.init.shared.b64 [bar], 1;
    mul.lo.u32 %r6, %r3, 4;
    mul.wide.u32 %rd6, %r2, %r6;
    add.u64 %rd7, %rd1, %rd6;
    mbarrier.arrive.expect_tx.shared.b64 _, [bar], %r6;
    cp.async.bulk.shared::cta.global.mbarrier::complete_tx::bytes [tile], [%rd7], %r6, [bar];
GO: bar.sync 0;
WAIT:
    mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0;
    @!%p2 bra WAIT;
    ld.shared.u32 %r10, [%r5];
    add.u32 %r10, %r10, 1;
    st.shared.u32 [%r5], %r10;
    fence.proxy.async.shared::cta;
    bar.sync 0;
    @%p1 bra DONE;
    add.u64 %rd8, %rd2, %rd6;
    cp.async.bulk.global.shared::cta.bulk_group [%rd8], [tile], %r6;
    cp.async.bulk.commit_group;
    cp.async.bulk.wait_group.read 0;
DONE:
"""


def kernel(body: str):
    return smsim.load_ptx(_HEAD + body + "    ret;\n}\n")["k"]


@pytest.mark.parametrize(("body", "more"), [(EACH_LANE, 0), (BULK, 1)])
@pytest.mark.parametrize(("blocks", "threads"), [(1, 32), (5, 64), (300, 128)])
def test_many_blocks_get_their_own_bytes(body, more, blocks, threads):
    x = np.random.default_rng(7).integers(0, 1 << 30, blocks * threads, np.uint32)
    out = np.zeros_like(x)
    kernel(body)[blocks, threads](x, out)
    assert np.array_equal(out, x + more)


def test_copies_of_lanes_are_counted_as_their_own_kind():
    x, out = np.arange(128, dtype=np.uint32), np.zeros(128, np.uint32)
    metrics = smsim.count(kernel(EACH_LANE)[2, 64], x, out)
    end = "pipe_lsu_mem_global_op_ldgsts.sum"
    assert metrics[f"l1tex__t_requests_{end}"] == 4  # one a warp
    assert metrics[f"l1tex__t_sectors_{end}"] == 16  # 128 bytes a warp
    assert metrics["l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum"] == 0
    assert "copies to shared" in str(metrics)


def test_a_bulk_copy_is_counted_once_and_not_by_lanes():
    x, out = np.arange(128, dtype=np.uint32), np.zeros(128, np.uint32)
    metrics = smsim.count(kernel(BULK)[2, 64], x, out)
    assert metrics["l1tex__m_xbar2l1tex_read_bytes_mem_global_op_tma_ld.sum"] == 512
    assert metrics["l1tex__m_l1tex2xbar_write_bytes_mem_global_op_tma_st.sum"] == 512
    assert metrics["l1tex__t_requests_pipe_lsu_mem_global_op_ldgsts.sum"] == 0
    assert "bulk loads" in str(metrics) and "bulk stores" in str(metrics)


def test_stepping_shows_that_bytes_land_late():
    x, out = np.arange(5, 37, dtype=np.uint32), np.zeros(32, np.uint32)
    steps = smsim.step(kernel(EACH_LANE)[1, 32], x, out)
    found = {}
    while not steps.done:
        found[steps.instruction.text.split()[0]] = steps.memory("tile", "u4")[:32].tolist()
        steps.next()
    assert found["cp.async.wait_group"] != x.tolist()  # it is under way
    assert found["ld.shared.u32"] == x.tolist()


def test_a_check_lists_what_is_wrong():
    x, out = np.arange(64, dtype=np.uint32), np.zeros(64, np.uint32)
    report = smsim.check(kernel(EACH_LANE.replace("cp.async.wait_group 0;", ""))[1, 64], x, out)
    assert [type(error) for error in report.errors] == [errors.CopyInFlight]


def test_one_thread_of_many_loops_over_bulk_copies():
    """Its lanes are gathered from all blocks while the others wait."""
    body = """
    @%p1 bra GO;
    mbarrier.init.shared.b64 [bar], 1;
    mbarrier.arrive.expect_tx.shared.b64 _, [bar], 256;
    mul.wide.u32 %rd6, %r2, 256;
    add.u64 %rd7, %rd1, %rd6;
    mov.u32 %r6, tile;
    mov.u32 %r7, 0;
MORE:
    cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r6], [%rd7], 16, [bar];
    add.u32 %r6, %r6, 16;
    add.u64 %rd7, %rd7, 16;
    add.u32 %r7, %r7, 1;
    setp.lt.u32 %p3, %r7, 16;
    @%p3 bra MORE;
GO: bar.sync 0;
WAIT:
    mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0;
    @!%p2 bra WAIT;
    ld.shared.u32 %r10, [%r5];
    st.global.u32 [%rd4], %r10;
"""
    x, out = np.arange(64 * 16, dtype=np.uint32), np.zeros(64 * 16, np.uint32)
    kernel(body)[16, 64](x, out)
    assert np.array_equal(out, x)


def test_few_lanes_in_a_loop_copy_for_themselves():
    body = """
    setp.ge.u32 %p1, %r1, 4;
    @%p1 bra DONE;
    mov.u32 %r7, 0;
    mov.u32 %r8, 0;
MORE:
    cp.async.ca.shared.global [%r5], [%rd3], 4;
    cp.async.commit_group;
    cp.async.wait_group 0;
    ld.shared.u32 %r10, [%r5];
    add.u32 %r8, %r8, %r10;
    add.u32 %r7, %r7, 1;
    setp.lt.u32 %p3, %r7, 5;
    @%p3 bra MORE;
    st.global.u32 [%rd4], %r8;
DONE:
"""
    x, out = np.arange(64 * 16, dtype=np.uint32), np.zeros(64 * 16, np.uint32)
    kernel(body)[16, 64](x, out)
    assert np.array_equal(out, np.where(np.arange(x.size) % 64 < 4, 5 * x, 0))


def test_a_generic_address_of_an_mbarrier_must_be_one_of_shared_memory():
    body = """
    cvta.shared.u64 %rd10, %rd9;
    @!%p1 mbarrier.init.b64 [%rd10], 64;
    bar.sync 0;
    mbarrier.arrive.b64 %rd11, [%rd10];
WAIT:
    mbarrier.test_wait.b64 %p2, [%rd10], %rd11;
    @!%p2 bra WAIT;
    st.global.u32 [%rd4], %r1;
"""
    x, out = np.zeros(64, np.uint32), np.zeros(64, np.uint32)
    kernel("mov.u64 %rd9, bar;\n" + body)[1, 64](x, out)
    assert out.tolist() == list(range(64))
    with pytest.raises(errors.MemoryFault):
        kernel("mov.u64 %rd9, bar;\n" + body.replace("cvta.shared.u64", "mov.u64"))[1, 64](x, out)
