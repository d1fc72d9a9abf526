"""Warps that wait for releases: what one has to wait for, and what it issues meanwhile."""

from __future__ import annotations

from smsim.timing.compiled import inner
from smsim.timing.replay_state import M_PC, NEVER, W_BARRIER, W_NEED, W_SEEN, W_WAIT
from smsim.timing.replay_warps import resume


@inner
def released(n, wait_start, wait_release, release_time):
    """The cycle from which wait ``n`` is met; ``NEVER`` if that is not known yet."""
    met = 0
    for i in range(wait_start[n], wait_start[n + 1]):
        if wait_release[i] >= 0:
            met = max(met, release_time[wait_release[i]])
    return met


@inner
def end_waits(
    t, crossing, wait_start, wait_release, wait_ops, release_time, issued, W, C, M, V, operands
):  # fmt: skip
    """Let all warps go on whose wait is met, after the polls that they issued until then: how many these are."""
    ended = 0
    for w in range(W.shape[0]):
        n = W[w, W_WAIT]
        if n < 0 or W[w, W_BARRIER] >= 0 or W[w, W_NEED] > 0:
            continue
        met = released(n, wait_start, wait_release, release_time)
        if met == NEVER:
            continue
        met = max(0, met - wait_ops[n, 4])
        turn, polls, at = wait_ops[n, 2], 0, max(W[w, W_SEEN], met)
        if turn > 0:
            if met > W[w, W_SEEN]:
                polls = (met - W[w, W_SEEN] + turn - 1) // turn
            at = W[w, W_SEEN] + polls * turn
        for o in range(wait_ops[n, 0], wait_ops[n, 1]):
            issued[M[o, M_PC]] += polls
        W[w, W_WAIT] = -1
        ended += 1
        resume(w, max(at, t + 1), wait_ops[n, 3], crossing, W, C, M, V, operands)
    return ended
