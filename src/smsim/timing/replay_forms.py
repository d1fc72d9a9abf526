"""What the replay's inner loop works on: named tuples of numbers and of one-dimensional int64 arrays.

Numba compiles functions of these, and Python runs the same functions on lists.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smsim.timing.caches import Cache

#: Bandwidths are kept in ticks, so that a share of one is a whole number: 2 ** 16 ticks are a cycle.
SHIFT = 16
NEVER = 1 << 60
#: Rows that a timeline has at most.
SPANS = 200
#: Barriers that a block can name.
BARRIERS = 16

# Counters, in ``State.counts``.
(
    CYCLES,
    ACTIVE,
    ELIGIBLE,
    ISSUE_ACTIVE,
    LSU_CYCLES,
    SHARED_CYCLES,
    L1_SECTORS,
    L1_HITS,
    L2_SECTORS,
    L2_HITS,
    L2_READS,
    L2_WRITES,
    DRAM_READ_TICKS,
    DRAM_WRITE_TICKS,
    SPAN,
    USES,
    LIVE,
    GRID_ARRIVED,
    NEXT_WAITING,
) = range(19)


class Numbers(NamedTuple):
    """Figures, in cycles where nothing else is said; ``*_cost`` are ticks for a sector."""

    sms: int
    schedulers: int
    per_sm: int
    warps_per_block: int
    places: int
    block_start: int
    crossing: int
    branch: int
    barrier: int
    queue: int
    address: int
    request: int
    l1_sectors_per_cycle: int
    shared: int
    shared_wide: int
    shared_atomic: int
    l1: int
    l2: int
    dram: int
    atomic: int
    l2_cost: int
    dram_write_cost: int
    clock_hz: int


class Ops(NamedTuple):
    """Micro-operations as in :class:`smsim.timing.microops.MicroOps`, and what memory ones of them cost.

    ``through_l1`` is 1 for loads that L1 may answer; ``dram_cost`` and ``turn`` are ticks that a sector takes
    of DRAM, and an atomic of its sector, each for this SM and its share of the peers that want the same.
    """

    start: np.ndarray
    kind: np.ndarray
    pipe: np.ndarray
    interval: np.ndarray
    latency: np.ndarray
    gap: np.ndarray
    width: np.ndarray
    record: np.ndarray
    pc: np.ndarray
    dst_start: np.ndarray
    dst: np.ndarray
    src_start: np.ndarray
    src: np.ndarray
    through_l1: np.ndarray
    dram_cost: np.ndarray
    turn: np.ndarray


class Events(NamedTuple):
    """The trace, as in :class:`smsim.timing.trace.Trace`.

    ``release_of`` is a record's release or -1, empty where there are no waits; releases of one record are one.
    ``sm_start`` says which of ``sm_blocks`` are each SM's.
    """

    sm_start: np.ndarray
    sm_blocks: np.ndarray
    event_start: np.ndarray
    code: np.ndarray
    record: np.ndarray
    wait: np.ndarray
    lanes: np.ndarray
    space: np.ndarray
    passes: np.ndarray
    sector_start: np.ndarray
    sectors: np.ndarray
    wait_start: np.ndarray
    wait_release: np.ndarray
    wait_code: np.ndarray
    release_of: np.ndarray


class State(NamedTuple):
    """What changes. The first group is by warp slot: ``sm * slots + slot``.

    Attributes:
        block, order: the block in the slot, -1 for none, and its age: greater is younger.
        event, op, last: where the warp stands: event, micro-operation, and the end of its basic block.
        since: the first cycle that is not accounted for yet.
        hold, hold_reason, hold_pc: until when what it issued before holds it, why, and where that was.
        ready, ready_reason: when its next may issue as far as data goes; NEVER while it waits for others.
        polls: cycles before ``ready`` in which it issued polls that failed.
        missed: cycles in which it could have issued and another did.
        stored: when its stores are done.
        place_ready, place_pipe, place_reason: the scoreboard, by slot and place.
        unit: by scheduler and pipe, when the pipe takes the next.
        next_at, greedy: by scheduler, when to look again, and the slot that issued last.
        address, queue, queue_at: by scheduler: address stage, its queue as a ring, and where the ring is.
        request, banks, tags: by SM, in cycles; link, dram: by SM, in ticks.
        next_block: by SM, the next of its blocks to start.
        live: by slot of block, warps that have not ended.
        arrived: by slot of block and barrier.
        at_barrier: by warp slot, the barrier at which it stands, -1 for none, BARRIERS for the grid's.
        needed: by slot of block and barrier, warps that have to come, 0 for all.
        released: by release, the tick at which it has been performed, -1 before.
        waiting: warp slots that wait for a release.
    """

    block: np.ndarray
    order: np.ndarray
    event: np.ndarray
    op: np.ndarray
    last: np.ndarray
    since: np.ndarray
    hold: np.ndarray
    hold_reason: np.ndarray
    hold_pc: np.ndarray
    ready: np.ndarray
    ready_reason: np.ndarray
    polls: np.ndarray
    missed: np.ndarray
    stored: np.ndarray
    place_ready: np.ndarray
    place_pipe: np.ndarray
    place_reason: np.ndarray
    unit: np.ndarray
    next_at: np.ndarray
    greedy: np.ndarray
    address: np.ndarray
    queue: np.ndarray
    queue_at: np.ndarray
    request: np.ndarray
    banks: np.ndarray
    tags: np.ndarray
    link: np.ndarray
    dram: np.ndarray
    next_block: np.ndarray
    live: np.ndarray
    arrived: np.ndarray
    needed: np.ndarray
    at_barrier: np.ndarray
    released: np.ndarray
    released_shared: np.ndarray
    waiting: np.ndarray
    counts: np.ndarray
    block_start: np.ndarray
    block_end: np.ndarray
    issued: np.ndarray
    stalls: np.ndarray
    pipe_cycles: np.ndarray
    pipe_issued: np.ndarray
    timeline: np.ndarray


class Caches(NamedTuple):
    """Each SM's L1, and the L2 of all."""

    l1: Cache
    l2: Cache
