"""Memory as one SM sees it: the stage its sub-cores share, L1, the link to L2, its share of L2 and of DRAM.

Sectors of 32 bytes in lines of 128 bytes. L1 is written through, and a store brings no line in (local memory
excepted); L2 is written back, and a partly written sector is not read first (byte masks).
"""

from __future__ import annotations

import numpy as np

from smsim.timing.compiled import inner
from smsim.timing.microops import ATOMIC, LOAD, STORE
from smsim.timing.replay_links import over_link
from smsim.timing.replay_state import (
    A_DRAM_BUSY,
    A_DRAM_READ,
    A_DRAM_WRITE,
    A_L1,
    A_L1_HIT,
    A_L2,
    A_L2_HIT,
    A_L2_READ,
    A_L2_WRITE,
    A_LSU,
    A_SHARED,
    EMPTIES_L1,
    FILLS_L1,
    FINE,
    K_DIRTY,
    K_LINE,
    K_THERE,
    K_USED,
    K_VALID,
    P_ADDRESS,
    P_ATOMIC,
    P_DRAM,
    P_L1,
    P_L1_BYTES,
    P_L2,
    P_L2_FINE,
    P_REQUEST,
    PASSES_L1,
    S_ATOMIC,
    S_BLOCKED,
    S_CREDIT,
    S_DRAM,
    S_LINK,
    S_REQUEST,
)
from smsim.timing.trace import LOCAL

_SECTOR = 32


@inner
def shared_access(sm, begin, passes, least, P, A, S):
    """A request to the banks that reached its sub-core's address stage at ``begin``: when its turn comes.

    It takes the stage that the sub-cores share for at least ``least`` cycles.
    """
    at = max(begin + P[P_ADDRESS], S[sm, S_REQUEST])
    busy = max(least, passes)
    S[sm, S_REQUEST] = at + busy
    A[A_LSU] += busy
    A[A_SHARED] += passes
    return at


@inner
def _set_of(line, sets):
    """The cache set of a line. Hardware hashes addresses, so that powers of two do not collide; how is secret."""
    return (line ^ (line >> 7) ^ (line >> 15) ^ (line >> 23)) % sets


@inner
def _way_of(cache, sm, where, line):
    """The way of its set in which a line is, or -1."""
    for way in range(cache.shape[2]):
        if cache[sm, where, way, K_LINE] == line:
            return way
    return -1


@inner
def _oldest(cache, sm, where):
    """The way of a set that was used longest ago."""
    best = 0
    for way in range(1, cache.shape[2]):
        if cache[sm, where, way, K_USED] < cache[sm, where, best, K_USED]:
            best = way
    return best


@inner
def _fill(cache, sm, where, way, line, place, there, now):
    """Put a sector where it can be found: in its line's way, or in that of the oldest line if ``way`` is -1."""
    if way < 0:
        way = _oldest(cache, sm, where)
        cache[sm, where, way, K_LINE] = line
        cache[sm, where, way, K_VALID] = 0
        cache[sm, where, way, K_DIRTY] = 0
    cache[sm, where, way, K_VALID] |= 1 << place
    cache[sm, where, way, K_THERE + place] = there
    cache[sm, where, way, K_USED] = now
    return way


@inner
def _write_back(sm, begin, dirty, cost, A, S):
    """The dirty sectors of a line that leaves L2 go to DRAM."""
    while dirty:
        if dirty & 1:
            A[A_DRAM_WRITE] += cost
            A[A_DRAM_BUSY] += cost
            S[sm, S_DRAM] = max(S[sm, S_DRAM], begin) + cost
        dirty >>= 1


@inner
def at_l2(sm, at, sector, write, cost, P, A, S, L2):
    """One sector that sets out for L2 at ``at``: the cycle in which the answer is there."""
    line, place = sector // 4, sector % 4
    begin = max(at * FINE, S[sm, S_LINK])
    if write:  # what L2 cannot get rid of holds up what comes
        begin = max(begin, S[sm, S_DRAM] - P[P_DRAM] * FINE)
    S[sm, S_LINK] = begin + P[P_L2_FINE]
    A[A_L2] += 1
    where = _set_of(line, L2.shape[1])
    way = _way_of(L2, sm, where, line)
    hit = way >= 0 and (L2[sm, where, way, K_VALID] >> place) & 1
    if way < 0:
        _write_back(sm, begin, L2[sm, where, _oldest(L2, sm, where), K_DIRTY], cost, A, S)
    there = begin + P[P_L2] * FINE
    if hit:
        A[A_L2_HIT] += 1
        if not write:  # it may still be on its way from DRAM
            there = max(there, L2[sm, where, way, K_THERE + place])
    elif not write:
        turn = max(begin, S[sm, S_DRAM])
        S[sm, S_DRAM] = turn + cost
        A[A_DRAM_BUSY] += cost
        A[A_DRAM_READ] += cost
        there = turn + P[P_DRAM] * FINE
    way = _fill(L2, sm, where, way, line, place, there, at)
    if write:
        A[A_L2_WRITE] += _SECTOR
        L2[sm, where, way, K_DIRTY] |= 1 << place
    else:
        A[A_L2_READ] += _SECTOR
    return (there + FINE - 1) // FINE


@inner
def beyond_l1(sm, at, i, write, answers, cost, P, A, S, L2, N, sectors, sector_link):
    """The sector ``sectors[i]``, which sets out at ``at`` for wherever it lies: when the answer is there."""
    if sector_link.shape[0] > 1 and sector_link[i] > 0:
        return over_link(sm, at, np.int64(sector_link[i]) - 1, write, answers, P, A, S, N)
    return at_l2(sm, at, sectors[i], write, cost, P, A, S, L2)


@inner
def empty_l1(sm, L1):
    """Nothing that L1 holds is valid any more."""
    for where in range(L1.shape[1]):
        for way in range(L1.shape[2]):
            L1[sm, where, way, K_VALID] = 0


@inner
def global_access(
    sm, begin, what, use_of_l1, answers, cost, passes, space, first, last, sectors, sector_link, P, A, S, L1, L2, N
):  # fmt: skip
    """A load, store or atomic of a warp: the cycle in which its last sector is there (or has been written).

    Args:
        sm, begin: the SM, and when the access reached its sub-core's address stage.
        what, use_of_l1: a kind of micro-operation; what a load of it does with L1 (FILLS_L1 and so on).
        answers: whether it brings data back.
        cost: what one sector takes of the SM's share of DRAM, in FINE parts of a cycle.
        passes, space: of the record.
        first, last, sectors: its sectors are ``sectors[first:last]``; ``sector_link`` says how each is reached.
    """
    lines = 0
    before = -1
    for i in range(first, last):
        if sectors[i] // 4 != before:
            before = sectors[i] // 4
            lines += 1
    back = ((last - first) * _SECTOR + P[P_L1_BYTES] - 1) // P[P_L1_BYTES]
    at = max(begin + P[P_ADDRESS], S[sm, S_REQUEST])
    busy = max(P[P_REQUEST], max(lines, back))
    S[sm, S_REQUEST] = at + busy
    A[A_LSU] += busy
    start = at - P[P_ADDRESS]  # the latencies are from issue, and hold the address stage
    done = start + 1
    for i in range(first, last):
        line, place = sectors[i] // 4, sectors[i] % 4
        where = _set_of(line, L1.shape[1])
        way = _way_of(L1, sm, where, line)
        if what == LOAD and use_of_l1 < PASSES_L1:
            A[A_L1] += 1
            if way >= 0 and (L1[sm, where, way, K_VALID] >> place) & 1:
                A[A_L1_HIT] += 1
                L1[sm, where, way, K_USED] = at
                done = max(done, max(start + P[P_L1], L1[sm, where, way, K_THERE + place]))
                continue
        there = beyond_l1(sm, start, i, what != LOAD, answers, cost, P, A, S, L2, N, sectors, sector_link)
        done = max(done, there)
        if what == LOAD and use_of_l1 == FILLS_L1:
            _fill(L1, sm, where, way, line, place, there, at)
        elif what == STORE and space == LOCAL:
            _fill(L1, sm, where, way, line, place, at, at)
        elif what == ATOMIC and way >= 0:
            L1[sm, where, way, K_VALID] &= ~(1 << place)
    if use_of_l1 == EMPTIES_L1:
        empty_l1(sm, L1)
    if what != LOAD:
        # Nobody waits for a store's answer, so it is the queue to L2 that keeps warps from storing faster than
        # L2 takes in. How long that queue is, is not published: here, as long as one trip.
        S[sm, S_REQUEST] = max(S[sm, S_REQUEST], S[sm, S_LINK] // FINE - P[P_L2])
        # What lacks a credit stands at the head of the unit, which takes its accesses in order.
        S[sm, S_BLOCKED] = max(S[sm, S_BLOCKED], S[sm, S_CREDIT] // FINE)
    if what == ATOMIC and not (sector_link.shape[0] > 1 and last > first and sector_link[first] > 0):
        turn = max(done - P[P_L2], S[sm, S_ATOMIC])
        S[sm, S_ATOMIC] = turn + passes
        done = turn + passes - 1 + P[P_ATOMIC]
    return done
