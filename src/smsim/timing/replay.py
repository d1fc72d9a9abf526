"""Replaying a trace on one SM, or on several: the cycles that it takes, and where they go.

What the parameters are. From the GPU's file: all latencies, intervals, bandwidths and the LSU's stages. Published
for an RTX A6000, and taken over for all GPUs: greedy, then youngest scheduling, and the form of the LSU
(Huerta et al.). Guessed: ``BLOCK_START``, ``ATOMIC_TURN``, ``L1_WAYS``, ``L2_WAYS``. None is fitted.

L2 and DRAM are shared with peers that do the same: an SM has its equal share of both. Caches are empty at first,
as Nsight Compute leaves them. The result does not depend on anything but the arguments.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from smsim.devices.spec import DeviceSpec
from smsim.errors import SimulationError
from smsim.timing import caches
from smsim.timing import replay_forms as forms
from smsim.timing.compiled import COMPILED
from smsim.timing.microops import LOAD, PIPES, STALLS, MicroOps
from smsim.timing.outcome import Replay
from smsim.timing.trace import Trace

#: Cycles from the end of a block to the first issue of the next in its place.
BLOCK_START = 20
#: Cycles that L2 takes for each further lane of an atomic at the same address.
ATOMIC_TURN = 2
L1_WAYS, L2_WAYS = 8, 16
#: Loads with one of these do not look into L1.
_PAST_L1 = frozenset({"cg", "cv", "volatile", "relaxed", "acquire", "mmio"})
_TICKS = 1 << forms.SHIFT
_SECTOR = 32


class ReplayError(SimulationError):
    """A trace that cannot come to its end: an error of this package, not of the reader's kernel."""


def replay(trace: Trace, ops: MicroOps, spec: DeviceSpec, per_sm: int, shared_bytes: int = 0) -> Replay:
    """The SMs of ``trace``, with at most ``per_sm`` blocks resident on each.

    ``shared_bytes`` is the shared memory of a block; what L1 has left of their common memory follows from it.

    Raises:
        ValueError: ``per_sm`` is less than one.
        ReplayError: warps wait for what never happens.
    """
    if per_sm < 1:
        raise ValueError(f"per_sm must be at least 1, not {per_sm}")
    from smsim.timing.replay_loop import run  # may compile: only where something is replayed

    sms = int(trace.block_sm.max()) + 1 if len(trace.block_sm) else 0
    numbers = _numbers(trace, ops, spec, per_sm, sms)
    program = _ops(trace, ops, spec)
    events = _events(trace, sms)
    state = _state(numbers, trace, ops)
    state.next_block[:] = events.sm_start[:-1]
    both = _caches(trace, spec, per_sm, shared_bytes, sms)
    if not COMPILED:
        program, events, state, both = (_lists(form) for form in (program, events, state, both))
    if sms and not run(numbers, program, events, state, both):
        raise ReplayError(
            f"{state.counts[forms.LIVE]} warps of the trace wait for a release or a barrier that never comes"
        )
    return _outcome(state, numbers)


def _share(bandwidth: float, spec: DeviceSpec, active: int) -> float:
    """Cycles that a sector takes of one SM's share of a bandwidth of the device."""
    return _SECTOR * max(1, active) * spec.clock_hz / bandwidth


def _dram_cost(trace: Trace, spec: DeviceSpec) -> float:
    timing = spec.timing
    return _share(timing.dram_bandwidth * timing.dram_efficiency, spec, trace.active_sms)


def _numbers(trace: Trace, ops: MicroOps, spec: DeviceSpec, per_sm: int, sms: int) -> forms.Numbers:
    timing = spec.timing
    link = max(_SECTOR / timing.l2_bytes_per_cycle, _share(timing.l2_bandwidth, spec, trace.active_sms))
    return forms.Numbers(
        sms=sms,
        schedulers=spec.subpartitions_per_sm,
        per_sm=per_sm,
        warps_per_block=trace.warps_per_block,
        places=max(1, ops.places),
        block_start=BLOCK_START,
        crossing=timing.crossing_latency,
        branch=timing.branch_latency,
        barrier=timing.barrier_latency,
        queue=timing.lsu_queue,
        address=timing.lsu_address_cycles,
        request=timing.lsu_request_cycles,
        l1_sectors_per_cycle=max(1, timing.l1_bytes_per_cycle // _SECTOR),
        shared=timing.shared_latency,
        shared_wide=timing.shared_wide_latency,
        shared_atomic=timing.shared_atomic_latency,
        l1=timing.l1_latency,
        l2=timing.l2_latency,
        dram=timing.dram_latency,
        atomic=timing.atomic_latency,
        l2_cost=ceil(link * _TICKS),
        dram_write_cost=ceil(_dram_cost(trace, spec) * _TICKS),
        clock_hz=int(spec.clock_hz),
    )


def _ops(trace: Trace, ops: MicroOps, spec: DeviceSpec) -> forms.Ops:
    """The micro-operations for the loop."""
    count = len(ops.kind)
    sharing = np.ones(count)
    for block in range(len(trace.codes)):
        first, last = int(ops.start[block]), int(ops.start[block + 1])
        for op in range(first, last):
            if ops.record[op] >= 0:
                sharing[op] = max(1.0, trace.sharing.get((block, int(ops.record[op])), 1.0))
    through = [
        ops.kind[op] == LOAD and not (_PAST_L1 & set(ops.instructions[ops.pc[op]].form.flags))
        for op in range(count)
    ]
    same = {
        name: np.ascontiguousarray(getattr(ops, name), np.int64)
        for name in forms.Ops._fields
        if hasattr(ops, name)
    }
    dram_cost = np.ceil(_dram_cost(trace, spec) * _TICKS / sharing).astype(np.int64)
    turn = np.round(ATOMIC_TURN * _TICKS * sharing).astype(np.int64)
    return forms.Ops(**same, through_l1=np.array(through, np.int64), dram_cost=dram_cost, turn=turn)


def _events(trace: Trace, sms: int) -> forms.Events:
    order = np.argsort(trace.block_sm, kind="stable").astype(np.int64)
    start = np.searchsorted(trace.block_sm[order], np.arange(sms + 1)).astype(np.int64)
    release_of = np.zeros(0, np.int64)
    release = trace.wait_release.astype(np.int64)
    if len(trace.release_record):
        release_of = np.full(len(trace.lanes), -1, np.int64)
        release_of[trace.release_record] = np.arange(len(trace.release_record))
        own = release >= 0
        release[own] = release_of[trace.release_record[release[own]]]
    names = ("event_start", "lanes", "space", "passes", "sector_start", "sectors", "wait_start", "wait_code")
    arrays = {name: np.ascontiguousarray(getattr(trace, name), np.int64) for name in names}
    return forms.Events(
        sm_start=start,
        sm_blocks=order,
        code=trace.event_code.astype(np.int64),
        record=trace.event_record.astype(np.int64),
        wait=trace.event_wait.astype(np.int64),
        wait_release=release,
        release_of=release_of,
        **arrays,
    )


def _state(n: forms.Numbers, trace: Trace, ops: MicroOps) -> forms.State:
    blocks, warps = n.sms * n.per_sm, n.sms * n.per_sm * n.warps_per_block
    schedulers, pcs = n.sms * n.schedulers, len(ops.instructions)
    sizes = dict.fromkeys(forms.State._fields, warps)
    sizes |= dict.fromkeys(("place_ready", "place_pipe", "place_reason"), warps * n.places)
    sizes |= dict.fromkeys(("next_at", "greedy", "address", "queue_at"), schedulers)
    sizes |= dict.fromkeys(("request", "banks", "tags", "link", "dram", "next_block"), n.sms)
    sizes |= dict.fromkeys(("arrived", "needed"), blocks * forms.BARRIERS)
    sizes |= dict.fromkeys(("released", "released_shared"), len(trace.release_record))
    sizes |= dict.fromkeys(("block_start", "block_end"), len(trace.block_sm))
    sizes |= dict.fromkeys(("pipe_cycles", "pipe_issued"), len(PIPES))
    sizes |= {
        "unit": schedulers * len(PIPES),
        "queue": schedulers * n.queue,
        "live": blocks,
        "counts": forms.NEXT_WAITING + 1,
        "issued": pcs,
        "stalls": pcs * len(STALLS),
        "timeline": forms.SPANS * len(STALLS),
    }
    state = forms.State(**{name: np.zeros(size, np.int64) for name, size in sizes.items()})
    for array in (state.block, state.greedy, state.at_barrier, state.released):
        array[:] = -1
    state.next_at[:] = forms.NEVER
    state.counts[forms.LIVE] = trace.warps
    state.counts[forms.SPAN] = 1
    return state


def _caches(trace: Trace, spec: DeviceSpec, per_sm: int, shared_bytes: int, sms: int) -> forms.Caches:
    """L1 without the carve-out for shared memory, and the part of L2 that the recorded SMs can fill.

    What several SMs use alike is in L2 once: their shares of it add up.
    """
    block = shared_bytes + spec.shared_reserved_per_block if shared_bytes else 0
    carveout = min(
        (size for size in spec.shared_carveouts if size >= block * per_sm), default=max(spec.shared_carveouts)
    )
    shared = float(np.mean(list(trace.sharing.values()))) if trace.sharing else 1.0
    part = min(1.0, max(1, sms) * max(1.0, shared) / max(1, trace.active_sms))
    return forms.Caches(
        caches.cache(spec.timing.l1_bytes - carveout, L1_WAYS, max(1, sms)),
        caches.cache(int(spec.l2_bytes * part), L2_WAYS, 1),
    )


def _lists(form):
    """Lists in place of arrays: Python reads them four times as fast."""
    return type(form)(*(value.tolist() if isinstance(value, np.ndarray) else _lists(value) for value in form))


def _outcome(s: forms.State, n: forms.Numbers) -> Replay:
    c = [int(value) for value in s.counts]
    reasons = len(STALLS)
    timeline = np.asarray(s.timeline, np.int64).reshape(-1, reasons)
    span = c[forms.SPAN]
    cycles = c[forms.CYCLES]
    per_byte = _SECTOR / n.dram_write_cost
    return Replay(
        cycles=cycles,
        block_start=np.asarray(s.block_start, np.int64),
        block_end=np.asarray(s.block_end, np.int64),
        issued=np.asarray(s.issued, np.int64),
        stalls=np.asarray(s.stalls, np.int64).reshape(-1, reasons),
        active_warp_cycles=c[forms.ACTIVE],
        eligible_warp_cycles=c[forms.ELIGIBLE],
        issue_active_cycles=c[forms.ISSUE_ACTIVE],
        pipe_cycles=np.asarray(s.pipe_cycles, np.int64),
        pipe_issued=np.asarray(s.pipe_issued, np.int64),
        lsu_cycles=c[forms.LSU_CYCLES],
        shared_cycles=c[forms.SHARED_CYCLES],
        l1_sectors=c[forms.L1_SECTORS],
        l1_hits=c[forms.L1_HITS],
        l2_sectors=c[forms.L2_SECTORS],
        l2_hits=c[forms.L2_HITS],
        l2_read_bytes=_SECTOR * c[forms.L2_READS],
        l2_write_bytes=_SECTOR * c[forms.L2_WRITES],
        dram_read_bytes=c[forms.DRAM_READ_TICKS] * per_byte,
        dram_write_bytes=c[forms.DRAM_WRITE_TICKS] * per_byte,
        dram_cycles=(c[forms.DRAM_READ_TICKS] + c[forms.DRAM_WRITE_TICKS]) >> forms.SHIFT,
        timeline=timeline[: -(-cycles // span)],
        span=span,
    )
