"""A wait is a dependency: no failed poll is in the trace, and the one that succeeds names its release."""

import numpy as np
import pytest
from numba import cuda
from recorded_kernels import recorded, same

import smsim
import smsim.machine.launch
from smsim.errors import LaunchError
from smsim.timing.records import recorded as record_steps
from smsim.timing.trace import GRID_BARRIER, OUTSIDE


@cuda.jit
def flag_by_atomics(data, flag, out):
    i, t = cuda.grid(1), cuda.threadIdx.x
    if cuda.blockIdx.x == 3:
        data[t] = t + 1
        cuda.syncthreads()
        if t == 0:
            cuda.threadfence()
            cuda.atomic.exch(flag, 0, 1)
    else:
        if t == 0:
            while cuda.atomic.add(flag, 0, 0) == 0:
                pass
            cuda.threadfence()
        cuda.syncthreads()
    out[i] = data[t]


FLAG = """
.version 8.0
.target sm_90
.address_size 64
.visible .entry {name}(.param .u64 data, .param .u64 flag, .param .u64 out)
{{
    .reg .pred %p<4>;
    .reg .b32 %r<12>;
    .reg .b64 %rd<12>;
    ld.param.u64 %rd1, [data];
    ld.param.u64 %rd2, [flag];
    ld.param.u64 %rd3, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mad.lo.u32 %r4, %r2, %r3, %r1;
    mul.wide.u32 %rd4, %r1, 4;
    add.u64 %rd5, %rd1, %rd4;
    mul.wide.u32 %rd6, %r4, 4;
    add.u64 %rd7, %rd3, %rd6;
    setp.ne.u32 %p1, %r2, 3;
    @%p1 bra WAIT;
    add.u32 %r5, %r1, 1;
    st.global.u32 [%rd5], %r5;
    bar.sync 0;
    setp.ne.u32 %p2, %r1, 0;
    @%p2 bra USE;
    {store}
    bra USE;
WAIT:
    {load}
    setp.eq.u32 %p3, %r6, 0;
    @%p3 bra WAIT;
    {after}
USE:
    ld.global.u32 %r7, [%rd5];
    st.global.u32 [%rd7], %r7;
    ret;
}}
"""


def by_ptx(load, store, after=""):
    return smsim.load_ptx(FLAG.format(name="flagged", load=load, store=store, after=after))["flagged"]


KERNELS = {
    "atomics": flag_by_atomics,
    "acquire": by_ptx(
        "ld.acquire.gpu.global.u32 %r6, [%rd2];", "mov.u32 %r8, 1; st.release.gpu.global.u32 [%rd2], %r8;"
    ),
    "volatile": by_ptx(
        "ld.volatile.global.u32 %r6, [%rd2];",
        "membar.gl; mov.u32 %r8, 1; st.volatile.global.u32 [%rd2], %r8;",
        "membar.gl;",
    ),
}


def record_flag(kernel, blocks=6, sms=2, per_sm=4):
    arguments = np.zeros(64, "i4"), np.zeros(1, "i4"), np.zeros(64 * blocks, "i4")
    return recorded(kernel[blocks, 64], arguments, sms=sms, per_sm=per_sm)


def steps_of(trace, code):
    return record_steps(trace.codes[code])


def release(trace, number):
    """``(block, warp, instruction)`` of a release."""
    record = trace.release_record[number]
    event = np.searchsorted(trace.event_record, record, side="right") - 1
    warp = np.searchsorted(trace.event_start, event, side="right") - 1
    step = steps_of(trace, trace.event_code[event])[record - trace.event_record[event]]
    block, within = divmod(warp, trace.warps_per_block)
    return int(trace.block_number[block]), int(within), step.instruction.opcode


def waits(trace):
    """``(block, warp, place among the warp's events, releases)`` of each wait of a warp."""
    found = []
    for event in np.flatnonzero(trace.event_wait >= 0).tolist():
        warp = np.searchsorted(trace.event_start, event, side="right") - 1
        n = trace.event_wait[event]
        names = trace.wait_release[trace.wait_start[n] : trace.wait_start[n + 1]]
        block, within = divmod(int(warp), trace.warps_per_block)
        found.append((int(trace.block_number[block]), within, [release(trace, r) for r in names]))
    return found


@pytest.mark.parametrize("name", KERNELS)
def test_a_flag_is_waited_for_and_not_polled(name):
    trace = record_flag(KERNELS[name]).trace
    assert trace.block_number.tolist() == [0, 2, 4, 1, 3, 5] and trace.block_sm.tolist() == [0, 0, 0, 1, 1, 1]
    found = waits(trace)
    waiting = [(b, w) for b in trace.block_number.tolist() if b != 3 for w in (0, 1)]
    if name == "atomics":
        waiting = [(b, w) for b, w in waiting if w == 0]
    assert [(b, w) for b, w, _ in found] == waiting
    opcode = "atom" if name == "atomics" else "st"
    assert all(releases == [(3, 0, opcode)] for _, _, releases in found)
    assert trace.release_record.size == 1
    polls = [
        code
        for code in trace.event_code.tolist()
        if any(
            s.form.row.semantics in ("memory.atomic", "memory.load") and s.form.flags
            for s in steps_of(trace, code)
        )
        and (trace.codes[code].polls_to >= 0 or trace.codes[code].peels >= 0)
    ]
    assert len(polls) == len(waiting)


@pytest.mark.parametrize("name", KERNELS)
def test_the_trace_does_not_tell_how_often_they_polled(name, monkeypatch):
    usual = record_flag(KERNELS[name]).trace
    for lanes in (64, 192, 256):
        monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", lanes)
        assert same(usual, record_flag(KERNELS[name]).trace)


def test_a_grid_that_does_not_fit_records_one_sm():
    trace = record_flag(KERNELS["acquire"], blocks=20, per_sm=4).trace
    assert trace.block_number.tolist() == list(range(0, 20, 2))
    assert set(trace.wait_release.tolist()) == {OUTSIDE} and (trace.event_wait >= 0).sum() == 20


@cuda.jit
def locked(lock, total, out):
    i = cuda.grid(1)
    if cuda.threadIdx.x == 0:
        while cuda.atomic.cas(lock, 0, 0, 1) != 0:
            pass
        cuda.threadfence()
        total[0] += 1
        cuda.threadfence()
        cuda.atomic.exch(lock, 0, 0)
    out[i] = 1


def test_a_lock_waits_for_its_previous_owner():
    arguments = np.zeros(1, "i4"), np.zeros(1, "i4"), np.zeros(32 * 6, "i4")
    trace = recorded(locked[6, 32], arguments, per_sm=4).trace
    found = waits(trace)
    assert len(found) == 5, "the first owner waits for nobody"
    owners = [releases for _, _, releases in found]
    assert all(len(r) == 1 and r[0][2] == "atom" for r in owners)
    blocks = {b for b, _, _ in found}
    assert len({r[0][0] for r in owners}) == 5 and blocks | {r[0][0] for r in owners} == set(range(6))
    attempts = sum(any("cas" in s.form.flags for s in steps_of(trace, c)) for c in trace.event_code.tolist())
    assert attempts == 6


@cuda.jit
def all_have_come(count, out):
    i = cuda.grid(1)
    if cuda.threadIdx.x == 0:
        cuda.atomic.add(count, 0, 1)
        while cuda.atomic.add(count, 0, 0) < cuda.gridDim.x:
            pass
    cuda.syncthreads()
    out[i] = 1


def test_a_counter_is_waited_for_with_all_that_was_added():
    trace = recorded(all_have_come[5, 32], (np.zeros(1, "i4"), np.zeros(160, "i4")), per_sm=4).trace
    found = waits(trace)
    assert len(found) == 5
    for _, _, releases in found:
        assert sorted(releases) == [(b, 0, "atom") for b in range(5)]


@cuda.jit
def lanes_of_a_warp(flag, out):
    t = cuda.threadIdx.x
    if t % 2:
        while cuda.atomic.add(flag, 0, 0) == 0:
            pass
    else:
        cuda.atomic.exch(flag, 0, 1)
    out[t] = 1


def test_lanes_of_one_warp_do_not_wait_for_their_own_warp():
    trace = recorded(lanes_of_a_warp[1, 32], (np.zeros(1, "i4"), np.zeros(32, "i4"))).trace
    assert not waits(trace)
    polls = [
        c for c in trace.event_code.tolist() if trace.codes[c].polls_to >= 0 or trace.codes[c].peels >= 0
    ]
    assert len(polls) == 1


@cuda.jit
def queue(tickets, out, n):
    mine = cuda.atomic.add(tickets, 0, 1)
    while mine < n:
        out[mine] = mine
        mine = cuda.atomic.add(tickets, 0, 1)


def test_turns_that_make_progress_stay():
    trace = recorded(queue[2, 32], (np.zeros(1, "i4"), np.zeros(400, "i4"), 400)).trace
    takes = [c for c in trace.event_code.tolist() if any("add" in s.form.flags for s in steps_of(trace, c))]
    assert len(takes) >= 400 // 32
    assert not waits(trace), "a ticket is taken, not waited for"


@cuda.jit
def whole_grid(a, out):
    i = cuda.grid(1)
    a[i] += 1
    cuda.cg.this_grid().sync()
    out[i] = a[(i + 32) % a.size]


@pytest.mark.parametrize("launch", ["flag", "grid"])
def test_an_estimate_is_refused_with_a_reason(launch):
    if launch == "flag":
        kernel = KERNELS["acquire"][6, 64]
        arguments = np.zeros(64, "i4"), np.zeros(1, "i4"), np.zeros(384, "i4")
    else:
        kernel, arguments = whole_grid[6, 32], (np.zeros(192), np.zeros(192))
    with pytest.raises(
        LaunchError, match="waits for its whole grid" if launch == "grid" else "sees what it wants"
    ):
        recorded(kernel, arguments, estimate=True)


def test_a_grid_barrier_records_all_sms():
    trace = recorded(whole_grid[6, 32], (np.zeros(192), np.zeros(192))).trace
    assert sorted(trace.block_number.tolist()) == list(range(6))
    assert (trace.space == GRID_BARRIER).sum() == 6


def test_the_same_waits_in_any_order(monkeypatch):
    """A seed runs threads in another order; each warp waits for the same release."""
    monkeypatch.setattr("recorded_kernels.SETTINGS", {})
    usual = {(b, w): r for b, w, r in waits(record_flag(KERNELS["acquire"]).trace)}
    for seed in range(8):
        monkeypatch.setattr("recorded_kernels.SETTINGS", {"seed": seed})
        assert {(b, w): r for b, w, r in waits(record_flag(KERNELS["acquire"]).trace)} == usual


@cuda.jit
def phases(count, data, out):
    i, t, n = cuda.grid(1), cuda.threadIdx.x, cuda.gridDim.x
    for phase in range(3):
        data[phase * n * 32 + i] = i
        cuda.syncthreads()
        if t == 0:
            cuda.threadfence()
            cuda.atomic.add(count, 0, 1)
            while cuda.atomic.add(count, 0, 0) < n * (phase + 1):
                pass
            cuda.threadfence()
        cuda.syncthreads()
        out[phase * n * 32 + i] = data[phase * n * 32 + (i + 32) % (n * 32)]


def record_phases():
    arguments = np.zeros(1, "i4"), np.zeros(3 * 10 * 32, "i4"), np.zeros(3 * 10 * 32, "i4")
    return recorded(phases[10, 32], arguments, sms=3, per_sm=4).trace


def test_a_barrier_of_ones_own_making_waits_in_every_phase(monkeypatch):
    usual = record_phases()
    found = waits(usual)
    assert len(found) == 30 and usual.release_record.size == 30
    assert sorted(len(releases) for _, _, releases in found) == [10] * 10 + [20] * 10 + [30] * 10
    for lanes in (32, 96, 128):
        monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", lanes)
        assert same(usual, record_phases())


@cuda.jit
def running_sum(x, state, total, out):
    """Each block waits for the block before it: flag 1 says that its total is there."""
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    if t == 0:
        before = 0
        if b > 0:
            while cuda.atomic.cas(state, b - 1, 2, 2) == 0:
                pass
            cuda.threadfence()
            before = total[b - 1]
        total[b] = before + x[b]
        cuda.threadfence()
        cuda.atomic.exch(state, b, 1)
        out[b] = before


def test_a_chain_of_blocks_waits_block_for_block(monkeypatch):
    def run():
        n = 9
        arguments = np.arange(n, dtype="i4"), np.zeros(n, "i4"), np.zeros(n, "i4"), np.zeros(n, "i4")
        return recorded(running_sum[n, 32], arguments, per_sm=8).trace

    usual = run()
    assert sorted(waits(usual)) == [(b, 0, [(b - 1, 0, "atom")]) for b in range(1, 9)]
    monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", 64)
    assert same(usual, run())


@cuda.jit
def held_back(flag, out):
    """Lane 0 is behind the loop in which the others of its warp poll, and they wait for what it does there."""
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    if t > 0:
        while cuda.atomic.add(flag, b, 0) == 0:
            pass
    out[cuda.grid(1)] = t
    if t == 0:
        cuda.threadfence()
        cuda.atomic.exch(flag, b, 1)


@pytest.mark.parametrize("lanes", [32, 32768])
def test_lanes_that_others_of_their_warp_wait_for_are_let_go(lanes, monkeypatch):
    monkeypatch.setattr(smsim.machine.launch, "CHUNK_LANES", lanes)
    found = recorded(held_back[3, 32], (np.zeros(3, "i4"), np.zeros(96, "i4")), per_sm=4)
    assert not waits(found.trace), "a warp has its own order"
    polls = [c for c in found.trace.event_code.tolist() if found.trace.codes[c].peels >= 0]
    assert len(polls) == 3
