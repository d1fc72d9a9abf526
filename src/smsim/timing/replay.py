"""Replays a trace on one SM, or on several: the cycles that it takes, and where they go.

What the parameters are. From the GPU's file, with its marks: all latencies, intervals, bandwidths and the stages of
the load and store unit. Published for an RTX A6000 and used for all GPUs: greedy, then youngest scheduling, and the
form of that unit (Huerta et al., arXiv 2503.20481). Guessed: the ways of the caches
and how they hash addresses. Fitted: how long the place of a block that ended stays empty.

L2 and DRAM are shared with peers that do the same: an SM has its equal share of both. Caches are empty at first,
as Nsight Compute leaves them; but of an estimate of more than L2 holds, L2 is full of what earlier blocks left. What
is still dirty in L2 at the end costs nothing.
"""

from __future__ import annotations

import numpy as np

from smsim.devices.spec import DeviceSpec
from smsim.timing.microops import (
    ATOMIC,
    BULK_COMMIT,
    COPY,
    COPY_COMMIT,
    FENCE,
    LOAD,
    PIPES,
    SHARED_ATOMIC,
    SHARED_LOAD,
    STALLS,
    TRY_WAIT,
    MicroOps,
)
from smsim.timing.outcome import Replay
from smsim.timing.replay_caches import empty_cache, l2_as_found
from smsim.timing.replay_links import links_table
from smsim.timing.replay_state import (
    A_DRAM_BUSY,
    A_DRAM_READ,
    A_DRAM_WRITE,
    A_ISSUE,
    A_L1,
    A_L1_HIT,
    A_L2,
    A_L2_HIT,
    A_L2_READ,
    A_L2_WRITE,
    A_LSU,
    A_SHARED,
    A_SIZE,
    A_SPAN,
    B_END,
    B_LIVE,
    B_SIZE,
    B_START,
    BLOCK_START,
    C_LAST,
    C_NEXT,
    C_SIZE,
    EMPTIES_L1,
    FILLS_L1,
    FINE,
    L1_WAYS,
    LEAVES_L1,
    N_RECEIVED,
    N_SENT,
    NAMED_BARRIERS,
    NEVER,
    P_SIZE,
    PASSES_L1,
    RING,
    S_LAST_BLOCK,
    S_NEXT_BLOCK,
    S_SIZE,
    SPANS,
    SUBCORES,
    V_SIZE,
    W_BARRIER,
    W_BLOCK,
    W_EVENT,
    W_EVENT_END,
    W_NEXT,
    W_SIZE,
    W_WAIT,
)
from smsim.timing.trace import Trace

_SECTOR = 32
#: Loads with one of these ask L2 at once.
_PAST_L1 = {"volatile", "relaxed", "acquire", "mmio", "cg", "cv"}
#: Loads with this one look into L1, and leave nothing there.
_LEAVES_L1 = "L1::no_allocate"


class ReplayError(RuntimeError):
    """A trace that cannot come to its end: an error of this package, not of the reader's kernel."""


def replay(trace: Trace, ops: MicroOps, spec: DeviceSpec, per_sm: int, shared_bytes: int = 0) -> Replay:
    """Replay ``trace``, in which at most ``per_sm`` blocks share an SM, on the GPU ``spec``.

    Args:
        trace: what the warps executed.
        ops: the micro-operations of its basic blocks, from :func:`smsim.timing.lowering.lower`.
        spec: whose figures.
        per_sm: thread blocks that an SM holds at a time.
        shared_bytes: shared memory of a block. L1 has what it leaves of their common memory.

    Raises:
        ValueError: ``per_sm`` is less than one.
        ReplayError: warps wait for what never comes.
    """
    if per_sm < 1:
        raise ValueError(f"per_sm must be at least 1, not {per_sm}")
    from smsim.timing.replay_loop import run  # compiles: only where something is replayed

    shares = _Shares(trace, spec)
    sms = int(trace.block_sm.max()) + 1 if len(trace.block_sm) else 1
    cores, per_core = sms * SUBCORES, -(-per_sm * trace.warps_per_block // SUBCORES)
    amounts = np.zeros(A_SIZE, np.int64)
    blocks, warps = _blocks(trace), _warps(trace)
    scoreboard = np.zeros((sms * per_sm * trace.warps_per_block, max(1, ops.places), V_SIZE), np.int64)
    on_sm, of_sm = _blocks_of_sms(trace, sms)
    issued = np.zeros(len(ops.instructions), np.int64)
    stalls = np.zeros((len(ops.instructions), len(STALLS)), np.int64)
    timeline = np.zeros((SPANS, len(STALLS)), np.int64)
    pipe_cycles, pipe_issued = np.zeros(len(PIPES), np.int64), np.zeros(len(PIPES), np.int64)
    links = links_table(trace, spec, sms)
    cycles = run(
        _figures(trace, spec, per_sm, shares), amounts, of_sm, _cores(cores), blocks, warps,
        _groups(ops, len(warps)), _events(trace, ops), _operations(ops, shares), scoreboard,
        empty_cache(sms, shares.l1_bytes(spec, per_sm, shared_bytes), L1_WAYS),
        l2_as_found(trace, ops, sms, shares.l2_bytes(spec)), links, np.concatenate([ops.src, ops.dst]).astype(np.int64),
        *(np.array(trace_part, np.uint8) for trace_part in (trace.lanes, trace.space)),
        *_int64(trace.passes, trace.sector_start, trace.sectors), _sector_link(trace),
        *_int64(trace.wait_start, trace.wait_release),
        _polls(trace, ops, spec), _releases(trace), np.full(max(1, len(trace.release_record)), NEVER, np.int64), on_sm,
        np.zeros_like(on_sm), np.full((cores, per_core), -1, np.int64), np.zeros((cores, len(PIPES)), np.int64),
        np.zeros((cores, spec.timing.lsu_queue), np.int64), *np.zeros((2, len(blocks), NAMED_BARRIERS), np.int64),
        issued, stalls, timeline, pipe_cycles, pipe_issued,
    )  # fmt: skip
    if cycles < 0:
        raise ReplayError("the trace waits for a release or a barrier that never comes")
    by_reason = stalls.sum(axis=0)
    span = 1 << int(amounts[A_SPAN])
    spans = -(-int(cycles) // span) or 1
    return Replay(
        cycles=int(cycles),
        block_start=blocks[:, B_START].copy(),
        block_end=blocks[:, B_END].copy(),
        issued=issued,
        stalls=stalls,
        active_warp_cycles=int(by_reason.sum()),
        eligible_warp_cycles=int(by_reason[:2].sum()),
        issue_active_cycles=int(amounts[A_ISSUE]),
        pipe_cycles=pipe_cycles,
        pipe_issued=pipe_issued,
        lsu_cycles=int(amounts[A_LSU]),
        shared_cycles=int(amounts[A_SHARED]),
        l1_sectors=int(amounts[A_L1]),
        l1_hits=int(amounts[A_L1_HIT]),
        l2_sectors=int(amounts[A_L2]),
        l2_hits=int(amounts[A_L2_HIT]),
        l2_read_bytes=int(amounts[A_L2_READ]),
        l2_write_bytes=int(amounts[A_L2_WRITE]),
        dram_read_bytes=shares.bytes_of(amounts[A_DRAM_READ]),
        dram_write_bytes=shares.bytes_of(amounts[A_DRAM_WRITE]),
        dram_cycles=int(amounts[A_DRAM_BUSY]) // FINE,
        link_sent_bytes=_SECTOR * links[:, :, N_SENT],
        link_received_bytes=_SECTOR * links[:, :, N_RECEIVED],
        timeline=timeline[:spans],
        span=span,
    )


class _Shares:
    """What one SM has of L2 and DRAM when all active SMs use them alike."""

    def __init__(self, trace: Trace, spec: DeviceSpec) -> None:
        self.trace, timing = trace, spec.timing
        clock = spec.clock_hz
        self.active = active = max(1, trace.active_sms)
        dram = timing.dram_bandwidth * timing.dram_efficiency / clock / active
        self.dram_bytes_per_cycle = dram
        l2 = min(timing.l2_bytes_per_cycle, timing.l2_bandwidth / clock / active)
        self.l2_fine = max(1, round(FINE * _SECTOR / l2))
        self.dram_fine = max(1, round(FINE * _SECTOR / dram))
        sharing = list(trace.sharing.values())
        self.mean_sharing = float(np.mean(sharing)) if sharing else 1.0

    def l1_bytes(self, spec: DeviceSpec, per_sm: int, shared_bytes: int) -> int:
        """What shared memory leaves of the memory that both have in common."""
        return max(0, spec.timing.l1_bytes - _carveout(spec, per_sm, shared_bytes))

    def l2_bytes(self, spec: DeviceSpec) -> float:
        """L2 in which an SM's sectors have room: what several SMs use is there once."""
        return spec.l2_bytes * min(self.active, self.mean_sharing) / self.active

    def dram_cost(self, ops: MicroOps) -> np.ndarray:
        """What a sector takes of DRAM's share, by micro-operation, in FINE parts of a cycle."""
        code = np.searchsorted(ops.start, np.arange(len(ops.kind)), side="right") - 1
        shared_by = [
            self.trace.sharing.get((int(c), int(r)), 1.0) for c, r in zip(code, ops.record, strict=True)
        ]
        return np.maximum(1, np.rint(self.dram_fine / np.maximum(1.0, shared_by))).astype(np.int64)

    def bytes_of(self, fine: int) -> float:
        """Bytes that the share of DRAM moved in so many FINE parts of a cycle."""
        return float(fine) / self.dram_fine * _SECTOR


def _figures(trace: Trace, spec: DeviceSpec, per_sm: int, shares: _Shares) -> np.ndarray:
    timing = spec.timing
    figures = np.array(
        [
            timing.crossing_latency, timing.shared_latency, timing.shared_wide_latency,
            timing.shared_atomic_latency, timing.atomic_latency, timing.l1_latency, timing.l2_latency,
            timing.dram_latency, timing.lsu_queue, timing.lsu_address_cycles, timing.lsu_request_cycles,
            timing.l1_bytes_per_cycle, shares.l2_fine, shares.dram_fine, timing.barrier_latency,
            timing.branch_latency, BLOCK_START, round(FINE * spec.clock_hz / 1e9), per_sm, trace.warps_per_block,
            max(0, timing.copy_latency - timing.l1_latency), timing.bulk_latency,
        ],
        np.int64,
    )  # fmt: skip
    assert len(figures) == P_SIZE
    return figures


def _carveout(spec: DeviceSpec, per_sm: int, shared_bytes: int) -> int:
    """The smallest legal size of shared memory in which the resident blocks have room, in bytes."""
    needed = per_sm * (shared_bytes + spec.shared_reserved_per_block) if shared_bytes else 0
    return next((size for size in sorted(spec.shared_carveouts) if size >= needed), spec.shared_per_sm)


def _cores(cores: int) -> np.ndarray:
    table = np.zeros((cores, C_SIZE), np.int64)
    table[:, C_NEXT], table[:, C_LAST] = NEVER, -1
    return table


def _blocks(trace: Trace) -> np.ndarray:
    table = np.zeros((len(trace.block_sm), B_SIZE), np.int64)
    table[:, B_LIVE] = trace.warps_per_block
    return table


def _blocks_of_sms(trace: Trace, sms: int) -> tuple[np.ndarray, np.ndarray]:
    """The blocks, SM by SM, and the table of the SMs, which says where each one's begin and end."""
    order = np.argsort(trace.block_sm, kind="stable").astype(np.int64)
    table = np.zeros((sms, S_SIZE), np.int64)
    bounds = np.searchsorted(trace.block_sm[order], np.arange(sms + 1))
    table[:, S_NEXT_BLOCK], table[:, S_LAST_BLOCK] = bounds[:-1], bounds[1:]
    return order, table


def _warps(trace: Trace) -> np.ndarray:
    table = np.zeros((trace.warps, W_SIZE), np.int64)
    table[:, W_NEXT] = NEVER
    table[:, W_BLOCK] = np.arange(trace.warps) // trace.warps_per_block
    table[:, W_EVENT], table[:, W_EVENT_END] = trace.event_start[:-1], trace.event_start[1:]
    table[:, W_WAIT] = table[:, W_BARRIER] = -1
    return table


def _groups(ops: MicroOps, warps: int) -> np.ndarray:
    """Room for each warp's groups of copies; for one warp alone where no group is ever closed."""
    any_ = bool(np.isin(ops.kind, (COPY_COMMIT, BULK_COMMIT)).any())
    return np.zeros((warps if any_ else 1, 3, RING), np.int64)


def _polls(trace: Trace, ops: MicroOps, spec: DeviceSpec) -> np.ndarray:
    """Of each wait its poll's first and last micro-operation, the cycles of a turn, the stall, and the cycles that a
    poll is under way to another GPU; int64 ``(N, 5)``."""
    timing = spec.timing
    table = np.zeros((len(trace.wait_code), 5), np.int64)
    table[:, 4] = _hops_of_polls(trace, ops, spec)
    for row, code in zip(table, trace.wait_code, strict=True):
        first, last = int(ops.start[code]), int(ops.start[code + 1])
        kinds = set(ops.kind[first:last].tolist())
        near = kinds & {TRY_WAIT, SHARED_LOAD, SHARED_ATOMIC} and not kinds & {LOAD, ATOMIC}
        turn = (timing.shared_latency if near else timing.l2_latency) + last - first
        why = STALLS.index("short_scoreboard" if near else "long_scoreboard")
        row[:4] = first, last, 0 if TRY_WAIT in kinds else turn + 2 * row[4], why
    return table


def _hops_of_polls(trace: Trace, ops: MicroOps, spec: DeviceSpec) -> np.ndarray:
    """How long each wait's poll is under way to the GPU where the word lies, in cycles; 0 within the GPU."""
    hops = np.zeros(len(trace.wait_code), np.int64)
    if not len(trace.sector_link):
        return hops
    for event in np.flatnonzero(trace.event_wait >= 0).tolist():
        code = trace.event_code[event]
        for o in range(ops.start[code], ops.start[code + 1]):
            if ops.kind[o] not in (LOAD, ATOMIC) or ops.record[o] < 0:
                continue
            record = trace.event_record[event] + ops.record[o]
            for link in trace.sector_link[
                trace.sector_start[record] : trace.sector_start[record + 1]
            ].tolist():
                if link:
                    cycles = round(trace.links[link - 1].hop * spec.clock_hz)
                    hops[trace.event_wait[event]] = max(hops[trace.event_wait[event]], cycles)
    return hops


def _sector_link(trace: Trace) -> np.ndarray:
    """How each sector is reached, uint8; one number alone where all memory is the GPU's own."""
    if not len(trace.sector_link):
        return np.zeros(1, np.uint8)
    return np.concatenate([trace.sector_link, [0, 0]]).astype(np.uint8)


def _events(trace: Trace, ops: MicroOps) -> np.ndarray:
    code = trace.event_code
    columns = ops.start[code], ops.start[code + 1], trace.event_record, trace.event_wait
    return np.stack(columns, axis=1).astype(np.int64)


def _operations(ops: MicroOps, shares: _Shares) -> np.ndarray:
    dst = ops.dst_start + len(ops.src)  # behind all that is read
    columns = (
        ops.kind, ops.pipe, ops.interval, ops.latency, ops.gap, ops.width, ops.record, ops.pc, dst[:-1], dst[1:],
        ops.src_start[:-1], ops.src_start[1:], _use_of_l1(ops), shares.dram_cost(ops),
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int64)


def _releases(trace: Trace) -> np.ndarray:
    """The release that each record is, int32; one number alone where there is none, as in most traces."""
    if not len(trace.release_record):
        return np.full(1, -1, np.int32)
    releases = np.full(max(2, len(trace.lanes)), -1, np.int32)
    releases[trace.release_record] = np.arange(len(trace.release_record))
    return releases


def _use_of_l1(ops: MicroOps) -> np.ndarray:
    """What each micro-operation does with L1, as :mod:`smsim.timing.replay_state` numbers it."""
    flags = [*(step.form.flags for step in ops.instructions), frozenset()]
    return np.array(
        [_use(kind, flags[pc]) for kind, pc in zip(ops.kind.tolist(), ops.pc.tolist(), strict=True)]
    )


def _use(kind: int, flags: frozenset[str]) -> int:
    """In SASS an acquire, or a fence that acquires, is followed by CCTL.IVALL, unless its scope is the block."""
    beyond_block = "cta" not in flags
    if kind == FENCE and not beyond_block:
        return LEAVES_L1
    if kind == FENCE and beyond_block and "release" not in flags:
        return EMPTIES_L1
    if kind in (LOAD, ATOMIC) and beyond_block and {"acquire", "acq_rel"} & flags:
        return EMPTIES_L1
    if kind in (LOAD, COPY) and _PAST_L1 & flags:
        return PASSES_L1
    return LEAVES_L1 if kind == LOAD and _LEAVES_L1 in flags else FILLS_L1


def _int64(*arrays: np.ndarray) -> list[np.ndarray]:
    """Copies that all have one type, so that the loop is compiled once."""
    return [np.array(a, np.int64) for a in arrays]
