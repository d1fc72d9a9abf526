"""Traces of asynchronous copies and mbarriers: what a copy moves, and what a wait at an mbarrier is for."""

import numpy as np
import pytest
from recorded_kernels import recorded, same

import smsim
from smsim.devices import load
from smsim.machine import launch as launching
from smsim.timing import microops as m
from smsim.timing.lowering import lower
from smsim.timing.replay import replay
from tests.timing import copy_kernels

H800 = load("H800")
TILE, SECTORS = copy_kernels.TILE, copy_kernels.TILE // 32
SMALL = """
.version 8.0
.target sm_90a
.address_size 64
.visible .entry k(.param .u64 x, .param .u64 out)
{
.reg .pred %p<8>; .reg .b32 %r<40>; .reg .b64 %rd<20>;
.shared .align 128 .b8 tile[2048];
.shared .align 8 .b64 full;
ld.param.u64 %rd1, [x]; ld.param.u64 %rd2, [out];
cvta.to.global.u64 %rd1, %rd1; cvta.to.global.u64 %rd2, %rd2;
mov.u32 %r3, %tid.x; mul.wide.u32 %rd3, %r3, 16; add.u64 %rd4, %rd1, %rd3; add.u64 %rd5, %rd2, %rd3;
shl.b32 %r6, %r3, 4; mov.u32 %r7, tile; add.u32 %r8, %r7, %r6;
BODY
ret;
}
"""


def recording(body, block=32):
    launch = smsim.load_ptx(SMALL.replace("BODY", body))["k"][1, block]
    return recorded(launch, (np.arange(2048, dtype=np.float32), np.zeros(2048, np.float32))).trace


def tiles(text, number, blocks=1):
    launch, arguments = copy_kernels.launched(text, number, 1, blocks)
    return recorded(launch, arguments).trace


def kinds(trace):
    """The kind of the micro-operation that each record belongs to."""
    ops = lower(trace.codes, H800)
    found = np.full(len(trace.lanes), -1)
    for event, code in enumerate(trace.event_code):
        for op in range(ops.start[code], ops.start[code + 1]):
            if ops.record[op] >= 0:
                found[trace.event_record[event] + ops.record[op]] = ops.kind[op]
    return found


def count(trace, records):
    return np.diff(trace.sector_start)[records].tolist()


def test_a_copy_has_the_sectors_it_reads_and_the_wavefronts_it_writes():
    trace = recording("cp.async.cg.shared.global [%r8], [%rd4], 16; cp.async.wait_all;")
    at = np.flatnonzero(kinds(trace) == m.COPY)
    assert count(trace, at) == [16] and trace.passes[at].tolist() == [4] and trace.lanes[at].tolist() == [32]


def test_a_copy_that_reads_nothing_has_no_sectors():
    body = "and.b32 %r9, %r3, 16; cp.async.ca.shared.global [%r8], [%rd4], 16, %r9; cp.async.wait_all;"
    trace = recording(body)
    assert count(trace, np.flatnonzero(kinds(trace) == m.COPY)) == [8]


def test_a_guard_keeps_lanes_from_copying():
    body = "setp.lt.u32 %p1, %r3, 4; @%p1 cp.async.ca.shared.global [%r8], [%rd4], 4; cp.async.wait_all;"
    trace = recording(body)
    at = np.flatnonzero(kinds(trace) == m.COPY)
    assert count(trace, at) == [2]  # four times 4 bytes, 16 apart
    assert trace.lanes[at].tolist() == [4]


def test_a_bulk_copy_has_all_its_sectors_in_one_record():
    trace = tiles(copy_kernels.ring(2), 5)
    at = np.flatnonzero(kinds(trace) == m.BULK_LOAD)
    assert count(trace, at) == [SECTORS] * 5 and trace.lanes[at].tolist() == [1] * 5
    assert len(np.unique(trace.sectors)) >= 5 * SECTORS


@pytest.mark.parametrize("depth", [1, 3])
def test_each_wait_is_for_what_arrives_in_its_phase(depth):
    """A consumer waits for the announcement and the copy of its tile, the producer for all three warps of consumers."""
    number = 7
    trace, kind = tiles(copy_kernels.ring(depth), number), kinds(tiles(copy_kernels.ring(depth), number))
    waits = [
        trace.release_record[trace.wait_release[a:b]]
        for a, b in zip(trace.wait_start, trace.wait_start[1:], strict=False)
    ]
    owner = np.repeat(np.arange(trace.warps), np.diff(trace.event_start))
    first = trace.event_record
    of_warp = lambda record: int(owner[np.searchsorted(first, record, side="right") - 1])  # noqa: E731
    full = [w for w in waits if m.BULK_LOAD in kind[w]]
    empty = [w for w in waits if m.BULK_LOAD not in kind[w]]
    assert len(full) == number and len(empty) == number - depth
    assert all(sorted(kind[w].tolist()) == [m.SHARED_ATOMIC, m.BULK_LOAD] for w in full)
    assert all(len(w) == 3 and {of_warp(r) for r in w} == {1, 2, 3} for w in empty)
    for warp in (1, 2, 3):
        own = trace.event_wait[trace.event_start[warp] : trace.event_start[warp + 1]]
        assert (own >= 0).sum() == number


def test_a_warp_waits_for_its_own_bulk_copy():
    body = """
    setp.ne.u32 %p1, %r3, 0; mov.u32 %r5, full;
    @%p1 bra WAIT;
    mbarrier.init.shared::cta.b64 [%r5], 1;
    fence.mbarrier_init.release.cluster;
    mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r5], 1024;
    cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r7], [%rd1], 1024, [%r5];
WAIT:
    bar.warp.sync 0xffffffff;
TRY:
    mbarrier.try_wait.parity.shared::cta.b64 %p2, [%r5], 0;
    @!%p2 bra TRY;
    ld.shared.u32 %r9, [%r8]; st.global.u32 [%rd5], %r9;
    """
    trace = recording(body)
    assert len(trace.wait_code) == 1
    outcome = replay(trace, lower(trace.codes, H800), H800, 1, 2048)
    assert outcome.cycles > H800.timing.dram_latency + H800.timing.bulk_latency


def test_an_arrival_for_copies_is_what_the_wait_is_for():
    body = """
    mov.u32 %r5, full; setp.ne.u32 %p1, %r3, 0;
    @%p1 bra COPY;
    mbarrier.init.shared::cta.b64 [%r5], 32;
COPY:
    bar.warp.sync 0xffffffff;
    cp.async.cg.shared.global [%r8], [%rd4], 16;
    cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%r5];
TRY:
    mbarrier.test_wait.parity.shared::cta.b64 %p2, [%r5], 0;
    @!%p2 bra TRY;
    ld.shared.u32 %r9, [%r8]; st.global.u32 [%rd5], %r9;
    """
    trace = recording(body)
    assert kinds(trace)[trace.release_record].tolist() == [m.COPY_ARRIVE]
    outcome = replay(trace, lower(trace.codes, H800), H800, 1, 2048)
    assert outcome.cycles > H800.timing.dram_latency


@pytest.mark.parametrize(
    "text", [copy_kernels.double_buffered(), copy_kernels.ring(3)], ids=["copies", "ring"]
)
def test_the_trace_does_not_depend_on_how_blocks_are_run(text, monkeypatch):
    whole = tiles(text, 5, 6)
    monkeypatch.setattr(launching, "CHUNK_LANES", copy_kernels.THREADS)
    assert same(whole, tiles(text, 5, 6))


def test_waits_within_a_block_can_be_estimated():
    launch, arguments = copy_kernels.launched(copy_kernels.ring(2), 4, 1, 12)
    some = recorded(launch, arguments, 2, 1, estimate=True)
    whole = recorded(launch, arguments, 2, 1)
    assert whole.complete and not some.complete
    assert len(some.trace.block_sm) == 2 and len(whole.trace.block_sm) == 6
    assert len(some.trace.wait_code) * 3 == len(whole.trace.wait_code)
    assert (whole.trace.block_sm == 0).all()  # who waits within its block needs no other SM
