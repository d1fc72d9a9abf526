"""The inner loop of the replay: who issues in which cycle.

Everything that an instruction needs to know about time is known when it issues: units keep the cycle in
which they are free again, and the scoreboard the cycle in which a result is there. So a cycle in which no
scheduler can issue is never looked at.
"""

from __future__ import annotations

from smsim.timing.compiled import compiled
from smsim.timing.microops import (
    ARRIVE,
    ATOMIC,
    BARRIER,
    BRANCH,
    FENCE,
    LOAD,
    LSU,
    PIPES,
    SHARED_ATOMIC,
    SLEEP,
    STALLS,
    VARIABLE,
)
from smsim.timing.replay_account import spend
from smsim.timing.replay_forms import (
    BARRIERS,
    ELIGIBLE,
    GRID_ARRIVED,
    ISSUE_ACTIVE,
    LIVE,
    NEVER,
    SHIFT,
    Caches,
    Events,
    Numbers,
    Ops,
    State,
)
from smsim.timing.replay_memory import access
from smsim.timing.replay_warps import (
    arrive,
    ends,
    enter,
    open_barrier,
    open_grid,
    release,
    start_blocks,
)
from smsim.timing.trace import GRID_BARRIER, NOWHERE, SHARED

_SELECTED, _NOT_SELECTED, _WAIT, _SHORT, _LONG, _MATH, _LG, _MIO = range(8)
_BARRIER, _MEMBAR, _BRANCH, _SLEEPING = range(8, 12)
assert STALLS[_MIO] == "mio_throttle" and STALLS[_SLEEPING] == "sleeping"
_PIPES = len(PIPES)


@compiled
def run(n: Numbers, o: Ops, e: Events, s: State, caches: Caches) -> bool:
    """Replay everything into ``s``; false if warps are left that wait for what never comes."""
    for sm in range(n.sms):
        for slot in range(sm * n.per_sm, (sm + 1) * n.per_sm):
            start_blocks(n, o, e, s, sm, slot, 0, 0)
    while s.counts[LIVE] > 0:
        t = NEVER
        for scheduler in range(n.sms * n.schedulers):
            t = min(t, s.next_at[scheduler])
        if t >= NEVER:
            return False
        for scheduler in range(n.sms * n.schedulers):
            if s.next_at[scheduler] <= t:
                w = choose(n, o, s, scheduler, t)
                if w >= 0:
                    issue(n, o, e, s, caches, scheduler, w, t)
    return True


@compiled
def choose(n: Numbers, o: Ops, s: State, scheduler: int, t: int) -> int:
    """The warp slot that a scheduler lets issue in cycle ``t``, or -1: the last one again, else the youngest."""
    slots = n.per_sm * n.warps_per_block
    base = scheduler // n.schedulers * slots
    best, soonest, eligible = -1, NEVER, 0
    for w in range(base + scheduler % n.schedulers, base + slots, n.schedulers):
        if s.block[w] < 0 or s.ready[w] >= NEVER:
            continue
        time = max(s.ready[w], s.unit[scheduler * _PIPES + o.pipe[s.op[w]]])
        if time > t:
            soonest = min(soonest, time)
            continue
        eligible += 1
        s.missed[w] += 1
        if w == s.greedy[scheduler] or best < 0:
            best = w
        elif best != s.greedy[scheduler] and s.order[w] > s.order[best]:
            best = w
    s.next_at[scheduler] = soonest if eligible < 2 else t + 1
    s.counts[ELIGIBLE] += eligible
    if best >= 0:
        s.missed[best] -= 1
        s.greedy[scheduler] = best
        s.counts[ISSUE_ACTIVE] += 1
    return best


@compiled
def account(o: Ops, s: State, w: int, op: int, t: int) -> None:
    """Where the cycles went since the last issue of slot ``w``, which issues ``op`` in cycle ``t``."""
    pc, kind, ready = o.pc[op], o.kind[op], s.ready[w]
    at = s.hold[w]
    spend(s, s.since[w], at, s.hold_reason[w], s.hold_pc[w])
    spend(s, at, at + s.polls[w], _SELECTED, pc)
    at += s.polls[w]
    spend(s, at, ready, s.ready_reason[w], pc)
    if o.pipe[op] != LSU:
        throttle = _MATH
    else:
        throttle = _LG if LOAD <= kind <= ATOMIC else _MIO
    spend(s, ready, t - s.missed[w], throttle, pc)
    spend(s, t - s.missed[w], t, _NOT_SELECTED, pc)
    spend(s, t, t + 1, _SELECTED, pc)
    s.since[w] = t + 1
    s.polls[w] = s.missed[w] = 0
    s.issued[pc] += 1
    s.pipe_issued[o.pipe[op]] += 1


@compiled
def issue(n: Numbers, o: Ops, e: Events, s: State, caches: Caches, scheduler: int, w: int, t: int) -> None:
    """Slot ``w`` issues its next micro-operation in cycle ``t``."""
    op = s.op[w]
    kind, pipe, event = o.kind[op], o.pipe[op], s.event[w]
    account(o, s, w, op, t)
    unit = scheduler * _PIPES + pipe
    done, reason = t + o.latency[op], _WAIT
    hold, hold_reason = t + max(1, o.gap[op]), _WAIT
    record = -1
    if o.record[op] >= 0:
        record = e.record[event] + o.record[op]
        if e.space[record] == NOWHERE or (kind != SLEEP and e.lanes[record] == 0):
            record = -1
    if pipe == LSU and (record >= 0 or kind == VARIABLE):
        before = s.address[scheduler]
        done, performed = access(n, o, e, s, caches, scheduler, op, record, t)
        s.pipe_cycles[pipe] += s.address[scheduler] - max(before, t)
        s.unit[unit] = max(t + 1, s.queue[scheduler * n.queue + s.queue_at[scheduler]])
        reason = _LONG if LOAD <= kind <= ATOMIC else _SHORT
        if record >= 0:
            shared = 1 if e.space[record] == SHARED else 0
            reason = _SHORT if shared else _LONG
            if kind != LOAD:
                s.stored[w] = max(s.stored[w], (performed >> SHIFT) + (1 if shared else n.l2))
                if len(e.release_of) > 0 and e.release_of[record] >= 0:
                    release(n, o, e, s, e.release_of[record], performed, shared)
    else:
        taken = max(1, o.interval[op])
        s.unit[unit] = max(s.unit[unit], t + taken)
        s.pipe_cycles[pipe] += taken
        if kind == VARIABLE:
            reason = _SHORT
        elif LOAD <= kind <= SHARED_ATOMIC:
            done = t + 1
    for number in range(o.dst_start[op], o.dst_start[op + 1]):
        at = w * n.places + o.dst[number]
        s.place_ready[at], s.place_pipe[at], s.place_reason[at] = done, pipe, reason
    if kind == BRANCH:
        hold, hold_reason = max(hold, t + n.branch), _BRANCH
    elif kind == FENCE:
        hold, hold_reason = max(hold, s.stored[w]), _MEMBAR
    elif kind == SLEEP and record >= 0:
        hold, hold_reason = max(hold, t + e.passes[record] * n.clock_hz // 1_000_000_000), _SLEEPING
    s.hold[w], s.hold_reason[w], s.hold_pc[w] = hold, hold_reason, o.pc[op]
    s.op[w] = op + 1
    if op + 1 == s.last[w]:
        warp = s.block[w] * n.warps_per_block + w % n.warps_per_block
        if not enter(n, o, e, s, w, event + 1, warp):
            if (kind == BARRIER or kind == ARRIVE) and record >= 0:
                meet(n, o, e, s, w, record, ARRIVE, t)
            ends(n, o, e, s, w, t)
            return
    if (kind == BARRIER or kind == ARRIVE) and record >= 0:
        if kind == BARRIER:
            s.ready[w] = NEVER
        else:
            arrive(n, o, e, s, w)
        meet(n, o, e, s, w, record, kind, t)
    else:
        arrive(n, o, e, s, w)


@compiled
def meet(n: Numbers, o: Ops, e: Events, s: State, w: int, record: int, kind: int, t: int) -> None:
    """Slot ``w`` comes to a barrier, and stays there unless it only arrives."""
    if e.space[record] == GRID_BARRIER:
        if kind == BARRIER:
            s.at_barrier[w] = BARRIERS
            s.counts[GRID_ARRIVED] += 1
            open_grid(n, o, e, s, t)
        return
    slot = w // n.warps_per_block
    first = e.sector_start[record]
    name = e.sectors[first] % BARRIERS if e.sector_start[record + 1] > first else 0
    at = slot * BARRIERS + name
    s.arrived[at] += 1
    s.needed[at] = e.passes[record]
    if kind == BARRIER:
        s.at_barrier[w] = name
    open_barrier(n, o, e, s, slot, name, t)
