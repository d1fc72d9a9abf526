"""The SM, cycle by cycle: four schedulers, a scoreboard, pipes, the load and store unit, barriers.

One loop over arrays of integers. Numba compiles it where there is Numba; the same text runs without.

Every latency is known when an instruction issues, because all queues are kept as the time at which they
are free again. So each warp's next issue is known as well, and the loop goes from issue to issue.

How a scheduler chooses (greedy, then the youngest warp), the address stage of each sub-core and the stage
that the four share follow Huerta et al., "Analyzing Modern NVIDIA GPU cores" (arXiv 2503.20481).
"""

from __future__ import annotations

import numpy as np

from smsim.timing.compiled import compiled
from smsim.timing.microops import (
    ALU,
    ARRIVE,
    ATOMIC,
    BARRIER,
    BRANCH,
    FENCE,
    LOAD,
    LSU,
    SHARED_ATOMIC,
    SHARED_LOAD,
    SLEEP,
    STORE,
    VARIABLE,
)
from smsim.timing.replay_memory import global_access, shared_access
from smsim.timing.replay_state import (
    A_ISSUE,
    A_SPAN,
    FINE,
    NEVER,
    P_ADDRESS,
    P_ATOMIC,
    P_BARRIER,
    P_BRANCH,
    P_CROSSING,
    P_L2,
    P_QUEUE,
    P_REQUEST,
    P_SHARED,
    P_SHARED_ATOMIC,
    P_SHARED_WIDE,
    P_SLEEP_FINE,
    P_START,
    SPANS,
    SUBCORES,
)

# microops.STALLS, by number
_SELECTED, _NOT_SELECTED, _WAIT, _SHORT, _LONG, _MATH, _LG, _MIO = range(8)
_BARRIER, _MEMBAR, _BRANCH, _SLEEPING, _NO_INSTRUCTION = range(8, 13)
_SHARED, _GRID = 2, 5  # trace.SHARED, trace.GRID_BARRIER


@compiled
def _add(pc, reason, begin, end, stalls, timeline, A):
    """Book the warp-cycles from ``begin`` to ``end`` under ``reason``."""
    if end <= begin:
        return
    stalls[pc, reason] += end - begin
    while end > A[A_SPAN] * SPANS:
        for i in range(SPANS // 2):
            for r in range(timeline.shape[1]):
                timeline[i, r] = timeline[2 * i, r] + timeline[2 * i + 1, r]
        timeline[SPANS // 2 :, :] = 0
        A[A_SPAN] *= 2
    span = A[A_SPAN]
    at = begin
    while at < end:
        i = at // span
        upto = min(end, (i + 1) * span)
        timeline[i, reason] += upto - at
        at = upto


@compiled
def _begin_event(w, t, ev, op, op_end, event_end, event_code, start):
    """Go to the first micro-operation of the warp's next event that has any; false at the warp's end."""
    while ev[w] < event_end[w]:
        code = event_code[ev[w]]
        if start[code + 1] > start[code]:
            op[w], op_end[w] = start[code], start[code + 1]
            return True
        ev[w] += 1
    return False


@compiled
def _depends(o, slot, earliest, why, ready, made, cause, src_start, src, dst_start, dst, pipe, crossing):
    """When micro-operation ``o`` has its operands, and what it waited for last: ``(time, reason)``."""
    own = pipe[o]
    for i in range(src_start[o], src_start[o + 1]):
        place = src[i]
        at = ready[slot, place]
        by = made[slot, place]
        if by != own and by <= ALU and own <= ALU:
            at += crossing
        if at > earliest:
            earliest, why = at, cause[slot, place]
    for i in range(dst_start[o], dst_start[o + 1]):  # written again only when the load has come back
        place = dst[i]
        if cause[slot, place] != _WAIT and ready[slot, place] > earliest:
            earliest, why = ready[slot, place], cause[slot, place]
    return earliest, why


@compiled
def run(
    P, A, start, kind, pipe, interval, latency, gap, width, record, pc, dst_start, dst, src_start, src,
    bypass, dram_cost, warp_block, event_start, event_code, event_record, event_wait, rec_lanes, rec_space,
    rec_passes, sector_start, sectors, wait_start, wait_release, wait_code, release_of, release_time,
    sm_blocks_start, sm_blocks, wpb, per_sm, places, block_start, block_end, issued, stalls, pipe_cycles,
    pipe_issued, timeline, S, l1_tag, l1_valid, l1_used, l1_time, l2_tag, l2_valid, l2_dirty, l2_used,
):  # fmt: skip
    """Replay everything; the last arguments are where it writes. Returns the cycles, or -1 for a deadlock."""
    sms = sm_blocks_start.shape[0] - 1
    warps = warp_block.shape[0]
    per_core = (per_sm * wpb + SUBCORES - 1) // SUBCORES
    cores = sms * SUBCORES
    core_warp = np.full((cores, per_core), -1, np.int64)
    core_next = np.full(cores, NEVER, np.int64)
    core_last = np.full(cores, -1, np.int64)
    pipe_free = np.zeros((cores, pipe_cycles.shape[0]), np.int64)
    queue = P[P_QUEUE]
    ring = np.zeros((cores, queue), np.int64)
    ring_at = np.zeros(cores, np.int64)
    address_free = np.zeros(cores, np.int64)
    slots = sms * per_sm * wpb
    ready = np.zeros((slots, places), np.int64)
    made = np.full((slots, places), 99, np.int8)
    cause = np.full((slots, places), _WAIT, np.int8)
    slot_of = np.full(warps, -1, np.int64)
    ev = event_start[:-1].copy()
    event_end = event_start[1:]
    op = np.zeros(warps, np.int64)
    op_end = np.zeros(warps, np.int64)
    next_at = np.full(warps, NEVER, np.int64)
    why = np.zeros(warps, np.int8)
    seen = np.zeros(warps, np.int64)
    store_done = np.zeros(warps, np.int64)
    age = np.zeros(warps, np.int64)
    waiting_for = np.full(warps, -1, np.int64)  # a wait
    at_barrier = np.full(warps, -1, np.int64)
    ended = np.zeros(warps, np.uint8)
    blocks = block_start.shape[0]
    live = np.full(blocks, wpb, np.int64)
    arrived = np.zeros((blocks, 17), np.int64)  # 16 named barriers
    expected = np.zeros((blocks, 17), np.int64)
    block_slot = np.full((sms, per_sm), -1, np.int64)
    block_place = np.full(blocks, -1, np.int64)
    next_block = sm_blocks_start[:-1].copy()
    left = blocks
    grid_arrived = 0
    grid_live = warps
    waiters = 0
    births = 0
    crossing = P[P_CROSSING]
    t = 0
    end_of_all = 0
    # blocks that can start at once
    starting = np.zeros(blocks, np.int64)
    starters = 0
    for s in range(sms):
        for k in range(per_sm):
            if next_block[s] < sm_blocks_start[s + 1]:
                b = sm_blocks[next_block[s]]
                next_block[s] += 1
                block_slot[s, k] = b
                block_place[b] = s * per_sm + k
                starting[starters] = b
                starters += 1
    began = 0
    while True:
        # -- blocks that start now --------------------------------------------------------------------
        while began < starters:
            b = starting[began]
            began += 1
            place = block_place[b]
            sm = place // per_sm
            first = 0 if t == 0 else t + 1 + P[P_START]
            block_start[b] = first  # until then its place is empty
            for i in range(wpb):
                w = b * wpb + i
                local = (place % per_sm) * wpb + i
                slot_of[w] = place * wpb + i
                ready[slot_of[w], :] = 0
                cause[slot_of[w], :] = _WAIT
                made[slot_of[w], :] = 99
                core = sm * SUBCORES + local % SUBCORES
                core_warp[core, local // SUBCORES] = w
                age[w] = births
                births += 1
                seen[w] = block_start[b]
                if not _begin_event(w, t, ev, op, op_end, event_end, event_code, start):
                    ended[w] = 1
                    live[b] -= 1
                    grid_live -= 1
                    core_warp[core, local // SUBCORES] = -1
                    continue
                next_at[w] = first
                why[w] = _NO_INSTRUCTION
                if event_wait[ev[w]] >= 0:
                    waiting_for[w] = event_wait[ev[w]]
                    waiters += 1
                    next_at[w] = NEVER
                elif first < core_next[core]:
                    core_next[core] = first
            if live[b] == 0:
                block_end[b] = first
                left -= 1
        # -- waits that releases have met -------------------------------------------------------------
        if waiters > 0:
            for w in range(warps):
                n = waiting_for[w]
                if n < 0:
                    continue
                met = 0
                for i in range(wait_start[n], wait_start[n + 1]):
                    r = wait_release[i]
                    if r >= 0:
                        met = max(met, release_time[r])
                if met >= NEVER:
                    continue
                code = wait_code[n]
                turn = P[P_L2] + start[code + 1] - start[code]
                polls = 0
                if met > seen[w]:
                    polls = (met - seen[w] + turn - 1) // turn
                for o in range(start[code], start[code + 1]):
                    issued[pc[o]] += polls
                waiting_for[w] = -1
                waiters -= 1
                at = max(seen[w] + polls * turn, t)
                at, reason = _depends(
                    op[w], slot_of[w], at, _LONG, ready, made, cause, src_start, src, dst_start, dst, pipe,
                    crossing,
                )  # fmt: skip
                next_at[w], why[w] = at, reason
                core = (slot_of[w] // (per_sm * wpb)) * SUBCORES + slot_of[w] % (per_sm * wpb) % SUBCORES
                if at < core_next[core]:
                    core_next[core] = at
        # -- the next cycle in which anything issues --------------------------------------------------
        t = NEVER
        for core in range(cores):
            if core_next[core] < t:
                t = core_next[core]
        if t == NEVER:
            if left == 0:
                return end_of_all
            return -1
        for core in range(cores):
            if core_next[core] > t:
                continue
            best = -1
            best_age = -1
            earliest = NEVER
            sm = core // SUBCORES
            for k in range(per_core):
                w = core_warp[core, k]
                if w < 0:
                    continue
                at = next_at[w]
                if at > t:
                    if at < earliest:
                        earliest = at
                    continue
                o = op[w]
                p = pipe[o]
                free = pipe_free[core, p]
                reason = _MATH
                if p == LSU:
                    free = max(free, ring[core, ring_at[core]])
                    reason = _LG if kind[o] == LOAD or kind[o] == STORE or kind[o] == ATOMIC else _MIO
                if free > t:
                    here = pc[o]
                    _add(here, why[w], seen[w], at, stalls, timeline, A)
                    _add(here, _NOT_SELECTED, max(at, seen[w]), t, stalls, timeline, A)
                    seen[w] = t
                    next_at[w], why[w] = free, reason
                    if free < earliest:
                        earliest = free
                    continue
                if w == core_last[core]:
                    if best >= 0 and t + 1 < earliest:
                        earliest = t + 1
                    best, best_age = w, NEVER
                elif age[w] > best_age:
                    if best >= 0:
                        earliest = min(earliest, t + 1)
                    best, best_age = w, age[w]
                else:
                    earliest = min(earliest, t + 1)
            if best < 0:
                core_next[core] = earliest
                continue
            # -- issue --------------------------------------------------------------------------------
            w = best
            o = op[w]
            here = pc[o]
            slot = slot_of[w]
            block = warp_block[w]
            core_last[core] = w
            _add(here, why[w], seen[w], next_at[w], stalls, timeline, A)
            _add(here, _NOT_SELECTED, max(next_at[w], seen[w]), t, stalls, timeline, A)
            _add(here, _SELECTED, t, t + 1, stalls, timeline, A)
            seen[w] = t + 1
            issued[here] += 1
            A[A_ISSUE] += 1
            p = pipe[o]
            pipe_free[core, p] = t + interval[o]
            pipe_cycles[p] += interval[o]
            pipe_issued[p] += 1
            what = kind[o]
            done = t + latency[o]
            reason = _WAIT
            wake = t + gap[o]
            wake_why = _WAIT
            parked = False
            rec = event_record[ev[w]] + record[o]
            if p == LSU and (record[o] < 0 or LOAD <= what <= SHARED_ATOMIC) and what != FENCE:
                begin = max(t, address_free[core])
                address_free[core] = begin + P[P_ADDRESS]
                ring[core, ring_at[core]] = begin
                ring_at[core] = (ring_at[core] + 1) % queue
                late = begin - t
                reason = _SHORT
                if record[o] < 0:  # a shuffle: one a cycle of the SM, as the assembler's distance of 4 has it
                    done = shared_access(P, A, S, sm, begin, 1, 1) + latency[o] - P[P_ADDRESS]
                elif rec_lanes[rec] == 0:
                    done = t + latency[o] + late
                elif what == LOAD or what == STORE or what == ATOMIC:
                    reason = _LONG
                    if rec_space[rec] == _SHARED:  # a generic address that lies in shared memory
                        done = shared_access(P, A, S, sm, begin, rec_passes[rec], P[P_REQUEST]) - P[P_ADDRESS]
                        done += P[P_SHARED] + rec_passes[rec] - 1 if what == LOAD else 1
                    else:
                        done = global_access(
                            P, A, S, sm, begin, what, bypass[o], dram_cost[o], rec_passes[rec], rec_space[rec],
                            sectors[sector_start[rec] : sector_start[rec + 1]], l1_tag[sm], l1_valid[sm],
                            l1_used[sm], l1_time[sm], l2_tag[sm], l2_valid[sm], l2_dirty[sm], l2_used[sm],
                        )  # fmt: skip
                    if what != LOAD:
                        store_done[w] = max(store_done[w], done)
                else:
                    done = shared_access(P, A, S, sm, begin, rec_passes[rec], P[P_REQUEST]) - P[P_ADDRESS]
                    # What a wide access takes without conflicts is part of its latency.
                    more = max(0, rec_passes[rec] - max(1, width[o] // 4))
                    if what == SHARED_LOAD:
                        done += more + (P[P_SHARED_WIDE] if width[o] > 8 else P[P_SHARED])
                    elif what == SHARED_ATOMIC:
                        done += more + P[P_SHARED_ATOMIC]
                    else:
                        done += 1
                if record[o] >= 0 and release_of.shape[0] > 1 and release_of[rec] >= 0:
                    # A poll that sets out after the store has set out finds it: both have the same way to L2.
                    way = P[P_ATOMIC] if what == ATOMIC else P[P_L2] if what == STORE else 0
                    release_time[release_of[rec]] = max(t, done - way)
            elif what == VARIABLE:
                reason = _SHORT
            elif what == BRANCH:
                wake = max(wake, t + P[P_BRANCH])
                wake_why = _BRANCH
            elif what == FENCE:
                if store_done[w] > wake:
                    wake, wake_why = store_done[w], _MEMBAR
            elif what == SLEEP:
                if rec_lanes[rec] > 0:
                    wake = max(wake, t + rec_passes[rec] * P[P_SLEEP_FINE] // FINE)
                wake_why = _SLEEPING
            elif what == BARRIER or what == ARRIVE:
                if rec_space[rec] == _GRID:
                    grid_arrived += 1
                    at_barrier[w] = 99
                    parked = True
                elif rec_lanes[rec] > 0:
                    number = sectors[sector_start[rec]] if sector_start[rec + 1] > sector_start[rec] else 0
                    arrived[block, number] += 1
                    expected[block, number] = rec_passes[rec]
                    if what == BARRIER:
                        at_barrier[w] = number
                        parked = True
            for i in range(dst_start[o], dst_start[o + 1]):
                ready[slot, dst[i]] = done
                made[slot, dst[i]] = p
                cause[slot, dst[i]] = reason
            # -- what this warp does next -------------------------------------------------------------
            op[w] += 1
            exits = False
            if op[w] == op_end[w]:
                ev[w] += 1
                exits = not _begin_event(w, t, ev, op, op_end, event_end, event_code, start)
                if not exits and event_wait[ev[w]] >= 0 and op[w] == start[event_code[ev[w]]]:
                    waiting_for[w] = event_wait[ev[w]]
                    waiters += 1
            if exits:
                ended[w] = 1
                core_warp[core, (slot % (per_sm * wpb)) // SUBCORES] = -1
                live[block] -= 1
                grid_live -= 1
                end_of_all = max(end_of_all, t + 1)
                next_at[w] = NEVER
                if live[block] == 0:
                    block_end[block] = t + 1
                    left -= 1
                    if next_block[sm] < sm_blocks_start[sm + 1]:
                        b = sm_blocks[next_block[sm]]
                        next_block[sm] += 1
                        block_place[b] = block_place[block]
                        starting[starters] = b
                        starters += 1
            elif waiting_for[w] >= 0 or parked:
                next_at[w] = NEVER
                why[w] = _BARRIER if parked else _LONG
            else:
                at, reason = _depends(
                    op[w], slot, wake, wake_why, ready, made, cause, src_start, src, dst_start, dst, pipe,
                    crossing,
                )  # fmt: skip
                next_at[w], why[w] = at, reason
                if at < earliest:
                    earliest = at
            core_next[core] = max(earliest, t + 1)
            # -- barriers that are complete -----------------------------------------------------------
            if what == BARRIER or what == ARRIVE or exits:
                for number in range(16):
                    came = arrived[block, number]
                    if came == 0:
                        continue
                    wanted = expected[block, number]
                    if came < (wanted if wanted > 0 else live[block]):
                        continue
                    arrived[block, number] = 0
                    for i in range(wpb):
                        v = block * wpb + i
                        if at_barrier[v] == number:
                            at_barrier[v] = -1
                            if ended[v]:
                                continue
                            at, reason = _depends(
                                op[v], slot_of[v], t + P[P_BARRIER], _BARRIER, ready, made, cause, src_start,
                                src, dst_start, dst, pipe, crossing,
                            )  # fmt: skip
                            if waiting_for[v] >= 0:
                                continue
                            next_at[v], why[v] = at, reason
                            other = sm * SUBCORES + slot_of[v] % (per_sm * wpb) % SUBCORES
                            if at < core_next[other]:
                                core_next[other] = at
                if grid_arrived > 0 and grid_arrived == grid_live:
                    grid_arrived = 0
                    for v in range(warps):
                        if at_barrier[v] == 99:
                            at_barrier[v] = -1
                            at = t + 2 * P[P_L2]
                            next_at[v], why[v] = at, _BARRIER
                            s = slot_of[v] // (per_sm * wpb)
                            other = s * SUBCORES + slot_of[v] % (per_sm * wpb) % SUBCORES
                            if at < core_next[other]:
                                core_next[other] = at
