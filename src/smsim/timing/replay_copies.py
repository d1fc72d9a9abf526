"""Asynchronous copies, their groups, and registers that move: what the replay's loop does for them.

A copy (``cp.async``, LDGSTS in SASS) takes the way of a load through the load and store unit, and its bytes end in
shared memory instead of a register: nobody waits for it until a wait of its warp names its group. A bulk copy
(``cp.async.bulk``, UBLKCP) is one instruction; the SM's copy engine asks L2 for sector after sector, as fast as the
link takes them, one copy after the other, and without L1. How the engine shares the link with loads is not published:
here first come, first served, so a load behind a large copy waits for it.

The groups of a warp are kept as times: ``G[w, queue, n % RING]`` is when its groups up to number n are all over.
"""

from __future__ import annotations

from smsim.timing.compiled import inner
from smsim.timing.microops import BULK_COMMIT, BULK_WAIT, COPY_COMMIT, COPY_WAIT
from smsim.timing.replay_memory import beyond_l1
from smsim.timing.replay_state import (
    A_SHARED,
    B_SPARE,
    BULK,
    BULK_READ,
    COPIES,
    FINE,
    P_BULK,
    P_L1_BYTES,
    RING,
    S_BULK,
    S_LINK,
    S_REQUEST,
    S_SENT,
    W_COUNT,
    W_NEED,
    W_OPEN,
)

_SECTOR = 32
_ROW = 128  # bytes that all banks take in at once


@inner
def into_shared(sm, sectors, passes, P, A, S):
    """What a copy of so many sectors takes of the banks, beyond its way through the unit."""
    back = (sectors * _SECTOR + P[P_L1_BYTES] - 1) // P[P_L1_BYTES]
    S[sm, S_REQUEST] += max(0, passes - back)
    A[A_SHARED] += passes


@inner
def bulk_copy(sm, t, write, cost, first, last, sectors, sector_link, P, A, S, L2, N):
    """A bulk copy that issues at ``t``: the cycles in which it has sent all its requests, and is over."""
    start = max(t + 1, S[sm, S_BULK])
    done = start
    for i in range(first, last):
        there = beyond_l1(sm, start, i, write, not write, cost, P, A, S, L2, N, sectors, sector_link)
        done = max(done, there)
    sent = max(start, max(S[sm, S_LINK], S[sm, S_SENT]) // FINE) if last > first else start
    S[sm, S_BULK] = sent
    A[A_SHARED] += ((last - first) * _SECTOR + _ROW - 1) // _ROW
    return sent + P[P_BULK], done + P[P_BULK]


@inner
def joins_group(w, queue, over, W):
    """A copy of the warp is over at ``over``: its group, which is still open, not before."""
    W[w, W_OPEN + queue] = max(W[w, W_OPEN + queue], over)


@inner
def commits(w, queue, W, G):
    """The open group of the warp is closed, and the next begins."""
    n = W[w, W_COUNT + queue]
    over = W[w, W_OPEN + queue]
    if n > 0:
        over = max(over, G[w, queue, (n - 1) % RING])
    G[w, queue, n % RING] = over
    W[w, W_COUNT + queue] = n + 1
    W[w, W_OPEN + queue] = 0


@inner
def groups_over(w, queue, most, W, G):
    """When all but the last ``most`` groups of the warp are over; -1: all, and what is in no group yet."""
    n = W[w, W_COUNT + queue]
    over = W[w, W_OPEN + queue] if most < 0 else 0
    last = n - 1 - max(0, most)
    if last >= 0:
        over = max(over, G[w, queue, max(last, n - RING) % RING])
    return over


@inner
def group_operation(w, what, most, W, G):
    """A group is closed, or the warp waits for groups: the cycle in which they are over."""
    if what == COPY_COMMIT:
        commits(w, COPIES, W, G)
        return 0
    if what == BULK_COMMIT:
        commits(w, BULK, W, G)
        commits(w, BULK_READ, W, G)
        return 0
    queue = COPIES if what == COPY_WAIT else BULK if what == BULK_WAIT else BULK_READ
    return groups_over(w, queue, most, W, G)


@inner
def takes_registers(w, block, more, W, B):
    """Whether the warp has its ``more`` registers a thread (less than none: it gives some back) at once."""
    if more > B[block, B_SPARE]:
        W[w, W_NEED] = more
        return False
    B[block, B_SPARE] -= more
    return True


@inner
def serves(w, block, W, B):
    """Whether the block now has the registers that the warp waits for; then it has them."""
    if W[w, W_NEED] == 0 or W[w, W_NEED] > B[block, B_SPARE]:
        return False
    B[block, B_SPARE] -= W[w, W_NEED]
    W[w, W_NEED] = 0
    return True
