"""Memory as one SM sees it: the stage its sub-cores share, L1, the link to L2, its share of L2 and of DRAM.

Sectors of 32 bytes in lines of 128 bytes. L1 is written through, and a store brings no line in (local memory
excepted); L2 is written back, and a partly written sector is not read first (byte masks).
"""

from __future__ import annotations

from smsim.timing.compiled import compiled
from smsim.timing.microops import ATOMIC, LOAD
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
    FINE,
    L1_WAYS,
    L2_WAYS,
    P_ADDRESS,
    P_ATOMIC,
    P_DRAM,
    P_L1,
    P_L1_BYTES,
    P_L1_SETS,
    P_L2,
    P_L2_FINE,
    P_L2_SETS,
    P_REQUEST,
    S_ATOMIC,
    S_DRAM,
    S_LINK,
    S_REQUEST,
)

_SECTOR = 32
_LOCAL = 3  # trace.LOCAL


@compiled
def shared_access(P, A, S, sm, begin, passes, least):
    """A request to the banks that reached its sub-core's address stage at ``begin``: when its turn comes.

    It takes the stage that the sub-cores share for at least ``least`` cycles.
    """
    at = max(begin + P[P_ADDRESS], S[sm, S_REQUEST])
    busy = max(least, passes)
    S[sm, S_REQUEST] = at + busy
    A[A_LSU] += busy
    A[A_SHARED] += passes
    return at


@compiled
def _set_of(line, sets):
    """The cache set of a line. Hardware hashes addresses, so that powers of two do not collide; how is secret."""
    return (line ^ (line >> 7) ^ (line >> 15) ^ (line >> 23)) % sets


@compiled
def _find(tag, line, ways):
    for way in range(ways):
        if tag[way] == line:
            return way
    return -1


@compiled
def _oldest(used, ways):
    best = 0
    for way in range(1, ways):
        if used[way] < used[best]:
            best = way
    return best


@compiled
def _at_l2(P, A, S, sm, at, sector, write, cost, tag, valid, dirty, used, clock):
    """One sector at L2: the time, in FINE parts, at which it answers. ``at`` is in FINE parts too."""
    line, bit = sector // 4, 1 << (sector % 4)
    begin = max(at, S[sm, S_LINK])
    S[sm, S_LINK] = begin + P[P_L2_FINE]
    A[A_L2] += 1
    where = _set_of(line, P[P_L2_SETS])
    way = _find(tag[where], line, L2_WAYS)
    hit = way >= 0 and valid[where, way] & bit
    if way < 0:
        way = _oldest(used[where], L2_WAYS)
        gone = dirty[where, way]
        while gone:  # dirty sectors go to DRAM
            if gone & 1:
                A[A_DRAM_WRITE] += cost
                S[sm, S_DRAM] = max(S[sm, S_DRAM], begin) + cost
                A[A_DRAM_BUSY] += cost
            gone >>= 1
        tag[where, way] = line
        valid[where, way] = 0
        dirty[where, way] = 0
    used[where, way] = clock
    valid[where, way] |= bit
    if write:
        A[A_L2_WRITE] += _SECTOR
        dirty[where, way] |= bit
        if hit:
            A[A_L2_HIT] += 1
        return begin + P[P_L2] * FINE
    A[A_L2_READ] += _SECTOR
    if hit:
        A[A_L2_HIT] += 1
        return begin + P[P_L2] * FINE
    turn = max(begin, S[sm, S_DRAM])
    S[sm, S_DRAM] = turn + cost
    A[A_DRAM_BUSY] += cost
    A[A_DRAM_READ] += cost
    return turn + P[P_DRAM] * FINE


@compiled
def global_access(
    P, A, S, sm, begin, what, bypass, cost, passes, space, sectors, l1_tag, l1_valid, l1_used, l1_time,
    l2_tag, l2_valid, l2_dirty, l2_used,
):  # fmt: skip
    """A load, store or atomic of the warp: the cycle in which its last sector is there (or has been written).

    ``cost`` is what one sector takes of the SM's share of DRAM, in FINE parts of a cycle.
    """
    lines = 0
    before = -1
    for i in range(sectors.shape[0]):
        if sectors[i] // 4 != before:
            before = sectors[i] // 4
            lines += 1
    back = (sectors.shape[0] * _SECTOR + P[P_L1_BYTES] - 1) // P[P_L1_BYTES]
    at = max(begin + P[P_ADDRESS], S[sm, S_REQUEST])
    busy = max(P[P_REQUEST], max(lines, back))
    S[sm, S_REQUEST] = at + busy
    A[A_LSU] += busy
    start = at - P[P_ADDRESS]  # the latencies are from issue, and hold the address stage
    done = start + 1
    for i in range(sectors.shape[0]):
        sector = sectors[i]
        line, place = sector // 4, sector % 4
        where = _set_of(line, P[P_L1_SETS])
        way = -1
        if P[P_L1_SETS] > 0:
            way = _find(l1_tag[where], line, L1_WAYS)
        if what == LOAD and not bypass:
            A[A_L1] += 1
            if way >= 0 and l1_valid[where, way] >> place & 1:
                A[A_L1_HIT] += 1
                l1_used[where, way] = at
                done = max(done, max(start + P[P_L1], l1_time[where, way, place]))
                continue
            fine = _at_l2(
                P, A, S, sm, start * FINE, sector, False, cost, l2_tag, l2_valid, l2_dirty, l2_used, at
            )
            there = (fine + FINE - 1) // FINE
            if way < 0:
                way = _oldest(l1_used[where], L1_WAYS)
                l1_tag[where, way] = line
                l1_valid[where, way] = 0
            l1_valid[where, way] |= 1 << place
            l1_time[where, way, place] = there
            l1_used[where, way] = at
            done = max(done, there)
        elif what == LOAD:
            fine = _at_l2(
                P, A, S, sm, start * FINE, sector, False, cost, l2_tag, l2_valid, l2_dirty, l2_used, at
            )
            done = max(done, (fine + FINE - 1) // FINE)
        else:
            if space == _LOCAL:
                if way < 0:
                    way = _oldest(l1_used[where], L1_WAYS)
                    l1_tag[where, way] = line
                    l1_valid[where, way] = 0
                l1_valid[where, way] |= 1 << place
                l1_time[where, way, place] = at
                l1_used[where, way] = at
            elif what == ATOMIC and way >= 0:
                l1_valid[where, way] &= ~(1 << place)
            fine = _at_l2(
                P, A, S, sm, start * FINE, sector, True, cost, l2_tag, l2_valid, l2_dirty, l2_used, at
            )
            done = max(done, (fine + FINE - 1) // FINE)
    if what == ATOMIC:
        turn = max(done - P[P_L2], S[sm, S_ATOMIC])
        S[sm, S_ATOMIC] = turn + passes
        done = turn + passes - 1 + P[P_ATOMIC]
    return done
