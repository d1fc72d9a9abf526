"""The way of a memory access: address stage, the SM's shared stage, then banks, or tags and what lies behind."""

from __future__ import annotations

from smsim.timing.caches import find, take
from smsim.timing.compiled import compiled
from smsim.timing.microops import (
    ATOMIC,
    LOAD,
    SHARED_ATOMIC,
    SHARED_LOAD,
    SHARED_STORE,
    STORE,
)
from smsim.timing.replay_forms import (
    DRAM_READ_TICKS,
    DRAM_WRITE_TICKS,
    L1_HITS,
    L1_SECTORS,
    L2_HITS,
    L2_READS,
    L2_SECTORS,
    L2_WRITES,
    LSU_CYCLES,
    SHARED_CYCLES,
    SHIFT,
    USES,
    Caches,
    Events,
    Numbers,
    Ops,
    State,
)
from smsim.timing.trace import LOCAL, SHARED


@compiled
def at_l2(
    n: Numbers, s: State, caches: Caches, sm: int, sector: int, at: int, kind: int, cost: int, turns: int
) -> int:
    """One sector at L2; the tick at which L2 has it, has taken it, or has done the atomic.

    ``at`` is the tick at which the SM asks, ``cost`` what a fetch takes of DRAM, ``turns`` what an atomic takes.
    A sector that is written is not read first: L2 keeps byte masks. What an eviction writes back takes
    DRAM's time; what is still dirty at the end does not.
    """
    c, l2 = s.counts, caches.l2
    served = max(at, s.link[sm])
    s.link[sm] = served + n.l2_cost
    c[L2_SECTORS] += 1
    c[USES] += 1
    line, part = sector >> 2, sector & 3
    place = find(l2, 0, line)
    if place < 0:
        place = -1 - place
        gone = take(l2, place, line)
        if gone:
            s.dram[sm] = max(s.dram[sm], served) + gone * n.dram_write_cost
            c[DRAM_WRITE_TICKS] += gone * n.dram_write_cost
    l2.used[place] = c[USES]
    here = l2.valid[place] >> part & 1
    spot = 4 * place + part
    if here:
        c[L2_HITS] += 1
    else:
        l2.valid[place] |= 1 << part
        l2.ready[spot] = served
        if kind != STORE:
            start = max(served, s.dram[sm])
            s.dram[sm] = start + cost
            c[DRAM_READ_TICKS] += cost
            l2.ready[spot] = start + ((n.dram - n.l2) << SHIFT)
    if kind != LOAD:
        l2.dirty[place] |= 1 << part
        c[L2_WRITES] += 1
    if kind != STORE:
        c[L2_READS] += 1
    if kind == STORE:
        return served
    done = max(served, l2.ready[spot])
    if kind == ATOMIC:
        done += turns
        l2.ready[spot] = done
    return done


@compiled
def through_tags(
    n: Numbers,
    o: Ops,
    e: Events,
    s: State,
    caches: Caches,
    sm: int,
    op: int,
    record: int,
    kind: int,
    start: int,
) -> tuple[int, int]:
    """Global or local memory from the tag stage on, which it enters at cycle ``start``.

    Returns the cycle at which the last result is back, and the tick at which L2 has performed all of it.
    """
    c, l1 = s.counts, caches.l1
    first, last = e.sector_start[record], e.sector_start[record + 1]
    local = e.space[record] == LOCAL
    through = kind == LOAD and o.through_l1[op] != 0
    back, performed = start + n.l1 - n.address, start << SHIFT
    cycle, line_before = start - 1, -1
    turns = o.turn[op] * max(1, int(e.passes[record]))
    fixed = n.atomic if kind == ATOMIC else n.l2
    for number in range(first, last):
        sector = e.sectors[number]
        line, part = sector >> 2, sector & 3
        if line != line_before:
            line_before = line
            cycle += 1
        if number - first >= (cycle - start + 1) * n.l1_sectors_per_cycle:
            cycle += 1
        place = -1
        if through or kind == STORE:
            c[USES] += 1
            place = find(l1, sm, line)
        if through:
            c[L1_SECTORS] += 1
            if place >= 0 and l1.valid[place] >> part & 1:
                c[L1_HITS] += 1
                l1.used[place] = c[USES]
                there = (l1.ready[4 * place + part] + (1 << SHIFT) - 1) >> SHIFT
                back = max(back, cycle + n.l1 - n.address, there)
                continue
        done = at_l2(n, s, caches, sm, sector, cycle << SHIFT, kind, o.dram_cost[op], turns)
        performed = max(performed, done)
        done += (fixed - n.address) << SHIFT
        back = max(back, (done + (1 << SHIFT) - 1) >> SHIFT)
        if through or (local and kind == STORE):
            if place < 0:
                place = -1 - place
                take(l1, place, line)
            l1.used[place] = c[USES]
            l1.valid[place] |= 1 << part
            l1.ready[4 * place + part] = done if through else cycle << SHIFT
    s.tags[sm] = cycle + 1
    return back, performed


@compiled
def access(
    n: Numbers, o: Ops, e: Events, s: State, caches: Caches, scheduler: int, op: int, record: int, t: int
) -> tuple[int, int]:
    """A memory instruction or shuffle of a scheduler's warp, issued in cycle ``t``; record -1 touches nothing.

    Returns the cycle in which a dependent may issue, and the tick at which its writes have been performed.
    """
    sm, kind = scheduler // n.schedulers, o.kind[op]
    memory = record >= 0
    taken = n.address if memory else max(1, o.interval[op])
    begun = max(t, s.address[scheduler])
    s.address[scheduler] = begun + taken
    leaves = begun
    back, performed = begun + o.latency[op], begun << SHIFT
    if memory:
        leaves = max(begun + n.address, s.request[sm])
        s.counts[LSU_CYCLES] += n.request
        if e.space[record] == SHARED:
            fronts = max(1, int(e.passes[record]))
            start = max(leaves, s.banks[sm])
            s.banks[sm] = start + fronts
            s.counts[SHARED_CYCLES] += fronts
            fixed = n.shared_wide if o.width[op] >= 16 else n.shared
            if kind == ATOMIC or kind == SHARED_ATOMIC:
                fixed = n.shared_atomic
            more = fronts - min(fronts, max(1, o.width[op] // 4))
            back = start + more + fixed - n.address + o.latency[op]
            performed = (start + fronts) << SHIFT
        else:
            start = max(leaves, s.tags[sm])
            what = kind
            if kind == SHARED_LOAD:
                what = LOAD
            elif kind == SHARED_STORE:
                what = STORE
            elif kind == SHARED_ATOMIC:
                what = ATOMIC
            back, performed = through_tags(n, o, e, s, caches, sm, op, record, what, start)
            back += o.latency[op]
        s.request[sm] = max(leaves + n.request, start)
    place = scheduler * n.queue + s.queue_at[scheduler]
    s.queue[place] = leaves
    s.queue_at[scheduler] = (s.queue_at[scheduler] + 1) % n.queue
    return back, performed
