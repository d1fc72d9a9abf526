"""A warp between two issues: what it has to wait for, and who wakes it."""

from __future__ import annotations

from smsim.timing.compiled import compiled
from smsim.timing.microops import ALU, FMA, STALLS
from smsim.timing.replay_forms import (
    BARRIERS,
    CYCLES,
    GRID_ARRIVED,
    ISSUE_ACTIVE,
    LIVE,
    NEVER,
    NEXT_WAITING,
    SHIFT,
    Events,
    Numbers,
    Ops,
    State,
)

_WAIT, _SHORT, _LONG = (STALLS.index(name) for name in ("wait", "short_scoreboard", "long_scoreboard"))
_BARRIER, _NO_INSTRUCTION = STALLS.index("barrier"), STALLS.index("no_instruction")


@compiled
def stand(n: Numbers, o: Ops, s: State, w: int, start: int, reason: int) -> None:
    """Warp ``w`` may issue its next from ``start`` on, if its operands are there: when is that, and why?"""
    op = s.op[w]
    pipe = o.pipe[op]
    ready, why = start, reason
    for number in range(o.src_start[op], o.src_start[op + 1]):
        at = w * n.places + o.src[number]
        made = s.place_pipe[at]
        time = s.place_ready[at]
        if (made == FMA and pipe == ALU) or (made == ALU and pipe == FMA):
            time += n.crossing
        if time > ready:
            ready, why = time, s.place_reason[at]
    for number in range(o.dst_start[op], o.dst_start[op + 1]):
        at = w * n.places + o.dst[number]
        if s.place_ready[at] > ready:
            ready, why = s.place_ready[at], s.place_reason[at]
    s.ready[w], s.ready_reason[w] = ready, why
    scheduler = scheduler_of(n, w)
    s.next_at[scheduler] = min(s.next_at[scheduler], ready)


@compiled
def scheduler_of(n: Numbers, w: int) -> int:
    """The scheduler of a warp slot."""
    slots = n.per_sm * n.warps_per_block
    return w // slots * n.schedulers + w % slots % n.schedulers


@compiled
def enter(n: Numbers, o: Ops, e: Events, s: State, w: int, event: int, warp: int) -> bool:
    """Let slot ``w`` begin the first event from ``event`` on that has micro-operations; is there one?"""
    while event < e.event_start[warp + 1]:
        block = e.code[event]
        s.event[w], s.op[w], s.last[w] = event, o.start[block], o.start[block + 1]
        if s.op[w] < s.last[w]:
            return True
        event += 1
    return False


@compiled
def arrive(n: Numbers, o: Ops, e: Events, s: State, w: int) -> None:
    """Slot ``w``, held until ``hold``, stands at its next micro-operation; a wait may come before."""
    wait = -1
    if s.op[w] == o.start[e.code[s.event[w]]]:
        wait = e.wait[s.event[w]]
    if wait < 0:
        stand(n, o, s, w, s.hold[w], s.hold_reason[w])
    elif not met(n, o, e, s, w, wait):
        s.ready[w] = NEVER
        s.waiting[s.counts[NEXT_WAITING]] = w
        s.counts[NEXT_WAITING] += 1


@compiled
def met(n: Numbers, o: Ops, e: Events, s: State, w: int, wait: int) -> bool:
    """Whether the releases of a wait have all been issued; then the warp's polls are counted and it stands.

    A poll is issued at ``hold`` and then once every round trip. The first that reaches L2 (or the banks) when all
    releases have been performed is the one that the trace has; those before it failed.
    """
    seen = 0
    trip, way, reason = n.shared, n.address, _SHORT
    for number in range(e.wait_start[wait], e.wait_start[wait + 1]):
        release = e.wait_release[number]
        if release < 0:
            continue
        if s.released[release] < 0:
            return False
        if s.released_shared[release] == 0:
            trip, way, reason = n.l2, n.address, _LONG
        seen = max(seen, (s.released[release] + (1 << SHIFT) - 1) >> SHIFT)
    code = e.wait_code[wait]
    first, last = o.start[code], o.start[code + 1]
    trip += last - first
    late = seen - way - s.hold[w]
    failed = (late + trip - 1) // trip if late > 0 else 0
    for op in range(first, last):
        s.issued[o.pc[op]] += failed
        s.pipe_issued[o.pipe[op]] += failed
    s.counts[ISSUE_ACTIVE] += failed * (last - first)
    s.polls[w] = failed * (last - first)
    stand(n, o, s, w, s.hold[w] + failed * trip, reason if failed else s.hold_reason[w])
    return True


@compiled
def release(n: Numbers, o: Ops, e: Events, s: State, number: int, tick: int, shared: int) -> None:
    """Release ``number`` is performed at ``tick``; those that waited for it only go on."""
    if s.released[number] >= 0:
        return
    s.released[number], s.released_shared[number] = tick, shared
    kept = 0
    for at in range(s.counts[NEXT_WAITING]):
        w = s.waiting[at]
        if not met(n, o, e, s, w, e.wait[s.event[w]]):
            s.waiting[kept] = w
            kept += 1
    s.counts[NEXT_WAITING] = kept


@compiled
def open_barrier(n: Numbers, o: Ops, e: Events, s: State, slot: int, name: int, t: int) -> None:
    """Let the warps of a block slot go on if barrier ``name`` has all that it needs."""
    at = slot * BARRIERS + name
    needed = s.needed[at] if s.needed[at] > 0 else s.live[slot]
    if s.arrived[at] == 0 or s.arrived[at] < needed:
        return
    s.arrived[at] = 0
    for w in range(slot * n.warps_per_block, (slot + 1) * n.warps_per_block):
        if s.at_barrier[w] == name:
            _go_on(n, o, e, s, w, t + n.barrier)


@compiled
def open_grid(n: Numbers, o: Ops, e: Events, s: State, t: int) -> None:
    """Let all warps go on if all that have not ended stand at the grid's barrier."""
    if s.counts[GRID_ARRIVED] == 0 or s.counts[GRID_ARRIVED] < s.counts[LIVE]:
        return
    s.counts[GRID_ARRIVED] = 0
    for w in range(len(s.at_barrier)):
        if s.at_barrier[w] == BARRIERS:
            _go_on(n, o, e, s, w, t + 2 * n.l2)


@compiled
def _go_on(n: Numbers, o: Ops, e: Events, s: State, w: int, t: int) -> None:
    s.at_barrier[w] = -1
    s.hold[w], s.hold_reason[w] = t, _BARRIER
    arrive(n, o, e, s, w)


@compiled
def start_blocks(n: Numbers, o: Ops, e: Events, s: State, sm: int, slot: int, t: int, hold: int) -> None:
    """Give a slot the SM's next block that has anything to do, if there is one."""
    while s.next_block[sm] < e.sm_start[sm + 1]:
        block = e.sm_blocks[s.next_block[sm]]
        age = s.next_block[sm] - e.sm_start[sm]
        s.next_block[sm] += 1
        s.block_start[block] = s.block_end[block] = t
        for name in range(BARRIERS):
            s.arrived[slot * BARRIERS + name] = 0
        s.live[slot] = 0
        for number in range(n.warps_per_block):
            warp = block * n.warps_per_block + number
            w = slot * n.warps_per_block + number
            s.at_barrier[w] = -1
            if not enter(n, o, e, s, w, e.event_start[warp], warp):
                s.block[w] = -1
                s.counts[LIVE] -= 1
                continue
            s.block[w], s.order[w] = block, age * n.warps_per_block + number
            s.live[slot] += 1
            for place in range(w * n.places, (w + 1) * n.places):
                s.place_ready[place], s.place_pipe[place] = 0, -1
            s.since[w], s.hold[w], s.hold_reason[w] = t, t + hold, _NO_INSTRUCTION
            s.hold_pc[w] = o.pc[s.op[w]]
            s.stored[w] = s.polls[w] = s.missed[w] = 0
            arrive(n, o, e, s, w)
        if s.live[slot]:
            return
        s.counts[CYCLES] = max(s.counts[CYCLES], t)


@compiled
def ends(n: Numbers, o: Ops, e: Events, s: State, w: int, t: int) -> None:
    """Slot ``w`` issued its last in cycle ``t``: barriers need one fewer, and a block may end."""
    slot = w // n.warps_per_block
    block = s.block[w]
    s.block[w] = -1
    s.ready[w] = NEVER
    s.counts[LIVE] -= 1
    s.live[slot] -= 1
    if s.live[slot] == 0:
        s.block_end[block] = t + 1
        s.counts[CYCLES] = max(s.counts[CYCLES], t + 1)
        start_blocks(n, o, e, s, slot // n.per_sm, slot, t + 1, n.block_start)
    else:
        for name in range(BARRIERS):
            open_barrier(n, o, e, s, slot, name, t + 1)
    open_grid(n, o, e, s, t + 1)
