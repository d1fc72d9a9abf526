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
    ARRIVE,
    ATOMIC,
    BARRIER,
    BRANCH,
    BULK_COMMIT,
    BULK_LOAD,
    BULK_STORE,
    BULK_WAIT_READ,
    COPY,
    COPY_ARRIVE,
    COPY_COMMIT,
    COPY_WAIT,
    FENCE,
    LOAD,
    LSU,
    REGISTERS,
    SHARED_ATOMIC,
    SHARED_LOAD,
    SLEEP,
    STORE,
    TRY_WAIT,
    VARIABLE,
)
from smsim.timing.replay_copies import (
    bulk_copy,
    group_operation,
    groups_over,
    into_shared,
    joins_group,
    serves,
    takes_registers,
)
from smsim.timing.replay_memory import empty_l1, global_access, shared_access
from smsim.timing.replay_state import (
    A_ACKNOWLEDGED,
    A_ISSUE,
    B_ACKNOWLEDGED,
    B_END,
    B_LIVE,
    B_PLACE,
    B_START,
    BULK,
    BULK_READ,
    C_ADDRESS,
    C_LAST,
    C_NEXT,
    C_OLDEST,
    COPIES,
    E_RECORD,
    E_WAIT,
    EMPTIES_L1,
    FINE,
    GRID,
    LEAVES_L1,
    M_COST,
    M_DST,
    M_DST_END,
    M_GAP,
    M_INTERVAL,
    M_KIND,
    M_LATENCY,
    M_PC,
    M_PIPE,
    M_RECORD,
    M_USE_OF_L1,
    M_WIDTH,
    N_HOP,
    NAMED_BARRIERS,
    NEVER,
    NO_PIPE,
    P_ADDRESS,
    P_ATOMIC,
    P_BARRIER,
    P_BRANCH,
    P_COPY,
    P_CROSSING,
    P_L2,
    P_PER_SM,
    P_QUEUE,
    P_REQUEST,
    P_SHARED,
    P_SHARED_ATOMIC,
    P_SHARED_WIDE,
    P_SLEEP_FINE,
    P_START,
    P_WARPS,
    S_BLOCKED,
    S_LAST_BLOCK,
    S_LINK,
    S_NEXT_BLOCK,
    S_SENT,
    SUBCORES,
    V_PIPE,
    V_READY,
    V_WHY,
    W_AGE,
    W_BARRIER,
    W_BLOCK,
    W_CORE,
    W_EVENT,
    W_LOADED,
    W_NEXT,
    W_OP,
    W_OP_END,
    W_SEEN,
    W_SLOT,
    W_STORED,
    W_WAIT,
    W_WHY,
)
from smsim.timing.replay_waits import end_waits
from smsim.timing.replay_warps import begin_event, book, goes_on, resume
from smsim.timing.trace import GRID_BARRIER, SHARED

# microops.STALLS, by number. NumPy's integers are variables to Numba: with Python's it would compile a helper again
# for each constant that it is called with.
_SELECTED, _NOT_SELECTED, _WAIT, _SHORT, _LONG, _MATH, _LG, _MIO = map(np.int64, range(8))
_BARRIER, _MEMBAR, _BRANCH, _SLEEPING, _NO_INSTRUCTION, _LINK = map(np.int64, range(8, 14))
_ONE, _NOBODY, _LOAD, _YES, _NO = np.int64(1), np.int64(-1), np.int64(LOAD), np.bool_(True), np.bool_(False)
_COPIES, _BULK, _BULK_READ, _ALL = np.int64(COPIES), np.int64(BULK), np.int64(BULK_READ), np.int64(-1)


@compiled
def run(
    P, A, S, C, B, W, G, E, M, V, L1, L2, N, operands, lanes, space, passes, sector_start, sectors, sector_link,
    wait_start, wait_release, wait_ops, release_of, release_time, sm_blocks, starting, resident, pipe_free,
    ring, arrived, expected, issued, stalls, timeline, pipe_cycles, pipe_issued,
):  # fmt: skip
    """Replay everything: the cycles that it takes, or -1 if warps wait for what never comes.

    Args:
        P, A, S, C, B, W, G, E, M, V, L1, L2, N: see :mod:`smsim.timing.replay_state`.
        operands: the scoreboard places that ``M_SRC`` and ``M_DST`` point to.
        lanes, space, passes, sector_start, sectors, wait_start, wait_release: of the trace.
        sector_link: how each sector is reached, of the trace; of length one if all memory is the GPU's own.
        wait_ops: the first and last micro-operation of each wait's poll, the cycles from one poll to the next (0: the
            warp is suspended instead), the stall, and the cycles that a poll is under way to another GPU.
        release_of: the release that each record is, -1 for none; of length one if there is none at all.
        release_time: filled with the cycle from which a poll finds each release; ``NEVER`` at first.
        sm_blocks: the blocks, SM by SM; an SM's begin at ``S_NEXT_BLOCK``.
        starting: room for the queue of blocks that have a place on their SM.
        resident: the warps of each sub-core, -1 where there is none.
        pipe_free, ring: when each sub-core's pipes are free, and when its address stage took in its last instructions.
        arrived, expected: warps at each named barrier of each block, and how many have to come, 0 for all.
        issued, stalls, timeline, pipe_cycles, pipe_issued: filled, as in :class:`~smsim.timing.outcome.Replay`.
    """
    per_sm, wpb, crossing, queue = P[P_PER_SM], P[P_WARPS], P[P_CROSSING], P[P_QUEUE]
    sms, warps = S.shape[0], W.shape[0]
    cores, per_core = resident.shape
    at_grid, grid_live = 0, warps
    starters = began = 0
    for sm in range(sms):
        for k in range(per_sm):
            if S[sm, S_NEXT_BLOCK] < S[sm, S_LAST_BLOCK]:
                b = sm_blocks[S[sm, S_NEXT_BLOCK]]
                S[sm, S_NEXT_BLOCK] += 1
                B[b, B_PLACE] = sm * per_sm + k
                starting[starters] = b
                starters += 1
    waiters, look = 0, False  # warps at waits; whether one may have been met
    births, left = 0, B.shape[0]
    t, end_of_all = -1, 0
    while True:
        # -- blocks that start ------------------------------------------------------------------------
        while began < starters:
            b = starting[began]
            began += 1
            place = B[b, B_PLACE]
            if t >= 0:
                B[b, B_START] += P[P_START]  # until then its place is empty
            first = B[b, B_START]
            for i in range(wpb):
                w = b * wpb + i
                local = (place % per_sm) * wpb + i
                slot = place * wpb + i
                core = place // per_sm * SUBCORES + local % SUBCORES
                W[w, W_SLOT], W[w, W_CORE], W[w, W_AGE] = slot, core, births
                births += 1
                W[w, W_SEEN] = B[b, B_START]
                for p in range(V.shape[1]):
                    V[slot, p, V_READY], V[slot, p, V_PIPE], V[slot, p, V_WHY] = 0, NO_PIPE, _WAIT
                if not begin_event(w, W, E):
                    B[b, B_LIVE] -= 1
                    grid_live -= 1
                    continue
                resident[core, local // SUBCORES] = w
                W[w, W_WHY] = _NO_INSTRUCTION
                if E[W[w, W_EVENT], E_WAIT] >= 0:
                    W[w, W_WAIT] = E[W[w, W_EVENT], E_WAIT]
                    waiters, look = waiters + 1, True
                else:
                    W[w, W_NEXT] = first
                    C[core, C_NEXT] = min(C[core, C_NEXT], first)
            if B[b, B_LIVE] == 0:  # nothing to do
                B[b, B_END] = B[b, B_START]
                left -= 1
                sm = place // per_sm
                if S[sm, S_NEXT_BLOCK] < S[sm, S_LAST_BLOCK]:
                    after = sm_blocks[S[sm, S_NEXT_BLOCK]]
                    S[sm, S_NEXT_BLOCK] += 1
                    B[after, B_PLACE], B[after, B_START] = place, B[b, B_END]
                    starting[starters] = after
                    starters += 1
        # -- waits that releases have met -------------------------------------------------------------
        if waiters > 0 and look:
            look = False
            waiters -= end_waits(
                t, crossing, wait_start, wait_release, wait_ops, release_time, issued, W, C, M, V, operands
            )
        # -- the next cycle in which anything issues --------------------------------------------------
        t = NEVER
        for core in range(cores):
            t = min(t, C[core, C_NEXT])
        if t == NEVER:
            return max(end_of_all, A[A_ACKNOWLEDGED]) if left == 0 else -1
        for core in range(cores):
            if C[core, C_NEXT] > t:
                continue
            best, best_age, earliest = _NOBODY, _NOBODY, NEVER
            for k in range(per_core):
                w = resident[core, k]
                if w < 0:
                    continue
                at = W[w, W_NEXT]
                if at > t:
                    earliest = min(earliest, at)
                    continue
                o = W[w, W_OP]
                p = M[o, M_PIPE]
                free, reason = pipe_free[core, p], _MATH
                if p == LSU:
                    free = max(free, ring[core, C[core, C_OLDEST]])
                    far = M[o, M_KIND] <= ATOMIC and M[o, M_KIND] >= LOAD or M[o, M_KIND] == COPY
                    reason = _LG if far else _MIO
                    if far and S[core // SUBCORES, S_BLOCKED] > free:
                        free, reason = S[core // SUBCORES, S_BLOCKED], _LINK
                if free > t:
                    here = M[o, M_PC]
                    book(here, W[w, W_WHY], W[w, W_SEEN], at, stalls, timeline, A)
                    book(here, _NOT_SELECTED, max(at, W[w, W_SEEN]), t, stalls, timeline, A)
                    W[w, W_SEEN] = t
                    W[w, W_NEXT], W[w, W_WHY] = free, reason
                    earliest = min(earliest, free)
                    continue
                if best >= 0:  # one of the two has to wait
                    earliest = t + 1
                if w == C[core, C_LAST]:
                    best, best_age = w, NEVER
                elif W[w, W_AGE] > best_age:
                    best, best_age = w, W[w, W_AGE]
            C[core, C_NEXT] = earliest
            if best < 0:
                continue
            # -- issue --------------------------------------------------------------------------------
            w = best
            C[core, C_LAST] = w
            sm, slot, block, o = core // SUBCORES, W[w, W_SLOT], W[w, W_BLOCK], W[w, W_OP]
            here, p, what = M[o, M_PC], M[o, M_PIPE], M[o, M_KIND]
            book(here, W[w, W_WHY], W[w, W_SEEN], W[w, W_NEXT], stalls, timeline, A)
            book(here, _NOT_SELECTED, max(W[w, W_NEXT], W[w, W_SEEN]), t, stalls, timeline, A)
            book(here, _SELECTED, t, t + 1, stalls, timeline, A)
            W[w, W_SEEN] = t + 1
            issued[here] += 1
            A[A_ISSUE] += 1
            pipe_free[core, p] = t + M[o, M_INTERVAL]
            pipe_cycles[p] += M[o, M_INTERVAL]
            pipe_issued[p] += 1
            done, reason = t + M[o, M_LATENCY], _WAIT
            wake, wake_why = t + M[o, M_GAP], _WAIT
            parked = False
            no_record = M[o, M_RECORD] < 0
            rec = E[W[w, W_EVENT], E_RECORD] + M[o, M_RECORD]
            link = 0  # over which what it accesses lies, if not here
            if sector_link.shape[0] > 1 and not no_record and sector_start[rec + 1] > sector_start[rec]:
                link = np.int64(sector_link[sector_start[rec]])
            through = LOAD <= what <= SHARED_ATOMIC or what == COPY or what == COPY_ARRIVE or what == TRY_WAIT
            if p == LSU and (no_record or through) and what != FENCE:
                begin = max(t, C[core, C_ADDRESS])
                C[core, C_ADDRESS] = begin + P[P_ADDRESS]
                ring[core, C[core, C_OLDEST]] = begin
                C[core, C_OLDEST] = (C[core, C_OLDEST] + 1) % queue
                reason = _SHORT
                if no_record:  # a shuffle: one a cycle of the SM, as the assembler's distance of 4 has it
                    done = shared_access(sm, begin, _ONE, _ONE, P, A, S) + M[o, M_LATENCY] - P[P_ADDRESS]
                elif lanes[rec] == 0:
                    done = begin + M[o, M_LATENCY]
                elif what == COPY:
                    done = P[P_COPY] + global_access(
                        sm, begin, _LOAD, M[o, M_USE_OF_L1], _YES, M[o, M_COST], _ONE, np.int64(space[rec]),
                        sector_start[rec], sector_start[rec + 1], sectors, sector_link, P, A, S, L1, L2, N,
                    )  # fmt: skip
                    into_shared(sm, sector_start[rec + 1] - sector_start[rec], np.int64(passes[rec]), P, A, S)
                    joins_group(w, _COPIES, done, W)
                    W[w, W_LOADED] = max(W[w, W_LOADED], done)
                elif what == LOAD or what == STORE or what == ATOMIC:
                    reason = _LONG
                    turns = np.int64(passes[rec])
                    if space[rec] == SHARED:  # a generic address that lies in shared memory
                        done = shared_access(sm, begin, turns, P[P_REQUEST], P, A, S) - P[P_ADDRESS]
                        done += P[P_SHARED] + turns - 1 if what == LOAD else 1
                    else:
                        done = global_access(
                            sm, begin, what, M[o, M_USE_OF_L1], M[o, M_DST_END] > M[o, M_DST], M[o, M_COST], turns,
                            np.int64(space[rec]), sector_start[rec], sector_start[rec + 1], sectors, sector_link,
                            P, A, S, L1, L2, N,
                        )  # fmt: skip
                    if what != LOAD and link > 0:
                        B[block, B_ACKNOWLEDGED] = max(B[block, B_ACKNOWLEDGED], done)
                    elif what != LOAD:
                        W[w, W_STORED] = max(W[w, W_STORED], done)
                        # A warp's end waits until its stores have left the SM (Nsight Compute: Stall Drain).
                        W[w, W_LOADED] = max(W[w, W_LOADED], max(S[sm, S_LINK], S[sm, S_SENT]) // FINE)
                else:
                    turns = np.int64(passes[rec])
                    done = shared_access(sm, begin, turns, P[P_REQUEST], P, A, S) - P[P_ADDRESS]
                    # What a wide access takes without conflicts is part of its latency.
                    more = max(0, turns - max(1, M[o, M_WIDTH] // 4))
                    if what == SHARED_LOAD or what == TRY_WAIT:
                        done += more + (P[P_SHARED_WIDE] if M[o, M_WIDTH] > 8 else P[P_SHARED])
                    elif what == SHARED_ATOMIC or what == COPY_ARRIVE:
                        done += more + P[P_SHARED_ATOMIC]
                    else:
                        done += 1
                if not no_record and release_of.shape[0] > 1 and release_of[rec] >= 0:
                    # A poll that sets out after the store has set out finds it: both have the same way to L2.
                    way = P[P_ATOMIC] if what == ATOMIC else P[P_L2] if what == STORE else 0
                    if link > 0:  # over there when it has gone one way
                        way = P[P_L2] + N[sm, link - 1, N_HOP] // FINE
                    when = max(t, done - way)
                    if what == COPY_ARRIVE:
                        when = max(when, groups_over(w, _COPIES, _ALL, W, G))
                    release_time[release_of[rec]] = when
                    look = True
            elif what == VARIABLE:
                reason = _SHORT
            elif what == BRANCH:
                wake, wake_why = max(wake, t + P[P_BRANCH]), _BRANCH
            elif what == FENCE:
                # A fence also orders what other threads of the block stored before a barrier, and for more than the
                # block it has to hear from the other GPU that it is there.
                stored = W[w, W_STORED]
                if M[o, M_USE_OF_L1] != LEAVES_L1:
                    stored = max(stored, B[block, B_ACKNOWLEDGED])
                if stored > wake:
                    wake, wake_why = stored, _MEMBAR
                if M[o, M_USE_OF_L1] == EMPTIES_L1:
                    empty_l1(sm, L1)
            elif what == SLEEP:
                if lanes[rec] > 0:
                    wake = max(wake, t + passes[rec] * P[P_SLEEP_FINE] // FINE)
                wake_why = _SLEEPING
            elif COPY_COMMIT <= what <= COPY_WAIT or BULK_COMMIT <= what <= BULK_WAIT_READ:
                over = group_operation(w, what, M[o, M_WIDTH], W, G)
                if over > wake:
                    wake, wake_why = over, _LONG
            elif what == BULK_LOAD or what == BULK_STORE:
                if lanes[rec] > 0:
                    sent, over = bulk_copy(
                        sm, t, _YES if what == BULK_STORE else _NO, M[o, M_COST], sector_start[rec],
                        sector_start[rec + 1], sectors, sector_link, P, A, S, L2, N,
                    )  # fmt: skip
                    W[w, W_LOADED] = max(W[w, W_LOADED], over)
                    if what == BULK_STORE:
                        joins_group(w, _BULK, over, W)
                        joins_group(w, _BULK_READ, sent, W)
                    if release_of.shape[0] > 1 and release_of[rec] >= 0:
                        hop = N[sm, link - 1, N_HOP] // FINE if what == BULK_STORE and link > 0 else 0
                        release_time[release_of[rec]] = over - hop
                        look = True
            elif what == REGISTERS:
                parked = lanes[rec] > 0 and not takes_registers(w, block, np.int64(passes[rec]), W, B)
            elif what == BARRIER or what == ARRIVE:
                if space[rec] == GRID_BARRIER:
                    at_grid += 1
                    W[w, W_BARRIER], parked = GRID, True
                elif lanes[rec] > 0:
                    number = sectors[sector_start[rec]] if sector_start[rec + 1] > sector_start[rec] else 0
                    arrived[block, number] += 1
                    expected[block, number] = passes[rec]
                    if what == BARRIER:
                        W[w, W_BARRIER], parked = number, True
            for i in range(M[o, M_DST], M[o, M_DST_END]):
                V[slot, operands[i], V_READY] = done
                V[slot, operands[i], V_PIPE] = p
                V[slot, operands[i], V_WHY] = reason
                W[w, W_LOADED] = max(W[w, W_LOADED], done) if reason != _WAIT else W[w, W_LOADED]
            # -- what this warp does next -------------------------------------------------------------
            exits = False
            W[w, W_OP] += 1
            if W[w, W_OP] == W[w, W_OP_END]:
                W[w, W_EVENT] += 1
                exits = not begin_event(w, W, E)
                if not exits and E[W[w, W_EVENT], E_WAIT] >= 0:
                    W[w, W_WAIT] = E[W[w, W_EVENT], E_WAIT]
                    waiters, look = waiters + 1, True
            W[w, W_NEXT] = NEVER
            if exits:  # with what it has loaded, read or not
                gone = max(t + 1, W[w, W_LOADED])
                book(here, _LONG, t + 1, gone, stalls, timeline, A)
                resident[core, slot % (per_sm * wpb) // SUBCORES] = -1
                B[block, B_END] = max(B[block, B_END], gone)
                B[block, B_LIVE] -= 1
                grid_live -= 1
                end_of_all = max(end_of_all, gone)
                if B[block, B_LIVE] == 0:
                    left -= 1
                    if S[sm, S_NEXT_BLOCK] < S[sm, S_LAST_BLOCK]:
                        after = sm_blocks[S[sm, S_NEXT_BLOCK]]
                        S[sm, S_NEXT_BLOCK] += 1
                        B[after, B_PLACE], B[after, B_START] = B[block, B_PLACE], B[block, B_END]
                        starting[starters] = after
                        starters += 1
            elif parked:
                W[w, W_WHY] = _BARRIER
            elif W[w, W_WAIT] < 0:
                resume(w, wake, wake_why, crossing, W, C, M, V, operands)
            else:
                W[w, W_WHY] = wait_ops[W[w, W_WAIT], 3]
            if what == REGISTERS:  # who waits for what has been given back
                for v in range(block * wpb, (block + 1) * wpb):
                    if serves(v, block, W, B):
                        go = t + P[P_BARRIER]
                        if goes_on(
                            v, go, _BARRIER, crossing, wait_ops, W, C, M, V, operands, stalls, timeline, A
                        ):
                            look = True
            # -- barriers that are complete -----------------------------------------------------------
            if what != BARRIER and what != ARRIVE and not exits:
                continue
            for number in range(NAMED_BARRIERS + 1):
                if number == GRID:
                    came, wanted, low, high = at_grid, grid_live, 0, warps
                else:
                    came, wanted = arrived[block, number], expected[block, number]
                    low, high = block * wpb, (block + 1) * wpb
                    if wanted == 0:
                        wanted = B[block, B_LIVE]
                if came == 0 or came < wanted:
                    continue
                go = t + P[P_BARRIER]
                if number == GRID:
                    at_grid, go = 0, t + 2 * P[P_L2]
                else:
                    arrived[block, number] = 0
                for v in range(low, high):
                    if W[v, W_BARRIER] != number:
                        continue
                    W[v, W_BARRIER] = -1
                    if goes_on(
                        v, go, _BARRIER, crossing, wait_ops, W, C, M, V, operands, stalls, timeline, A
                    ):
                        look = True
