"""What a warp does between two issues: its operands, its next basic block, and where its cycles are booked."""

from __future__ import annotations

from smsim.timing.compiled import inner
from smsim.timing.microops import ALU
from smsim.timing.replay_state import (
    A_SPAN,
    C_NEXT,
    E_OP,
    E_OP_END,
    M_DST,
    M_DST_END,
    M_PC,
    M_PIPE,
    M_SRC,
    M_SRC_END,
    SPANS,
    V_PIPE,
    V_READY,
    V_WHY,
    W_CORE,
    W_EVENT,
    W_EVENT_END,
    W_NEXT,
    W_OP,
    W_OP_END,
    W_SEEN,
    W_SLOT,
    W_WAIT,
    W_WHY,
)

_WAIT = 2  # in microops.STALLS


@inner
def book(pc, reason, begin, end, stalls, timeline, A):
    """Book a warp's cycles from ``begin`` to ``end`` under ``reason``."""
    if end <= begin:
        return
    stalls[pc, reason] += end - begin
    while (end - 1) >> A[A_SPAN] >= SPANS:  # twice the width: two spans become one
        for i in range(SPANS):
            for r in range(timeline.shape[1]):
                both = 0
                if i < SPANS // 2:
                    both = timeline[2 * i, r] + timeline[2 * i + 1, r]
                timeline[i, r] = both
        A[A_SPAN] += 1
    shift = A[A_SPAN]
    while begin < end:
        i = begin >> shift
        upto = min(end, (i + 1) << shift)
        timeline[i, reason] += upto - begin
        begin = upto


@inner
def begin_event(w, W, E):
    """Go to the first micro-operation of the warp's next event that has any; false at the warp's end."""
    while W[w, W_EVENT] < W[w, W_EVENT_END]:
        event = W[w, W_EVENT]
        if E[event, E_OP_END] > E[event, E_OP]:
            W[w, W_OP] = E[event, E_OP]
            W[w, W_OP_END] = E[event, E_OP_END]
            return True
        W[w, W_EVENT] += 1
    return False


@inner
def resume(w, at, why, crossing, W, C, M, V, operands):
    """Set the warp's next issue: at ``at``, which is due to ``why``, or when its operands are there."""
    o, slot = W[w, W_OP], W[w, W_SLOT]
    own = M[o, M_PIPE]
    for i in range(M[o, M_SRC], M[o, M_SRC_END]):
        place = operands[i]
        ready, by = V[slot, place, V_READY], V[slot, place, V_PIPE]
        if by != own and by <= ALU and own <= ALU:
            ready += crossing
        if ready > at:
            at, why = ready, V[slot, place, V_WHY]
    for i in range(M[o, M_DST], M[o, M_DST_END]):  # written again only when a load has come back
        place = operands[i]
        if V[slot, place, V_WHY] != _WAIT and V[slot, place, V_READY] > at:
            at, why = V[slot, place, V_READY], V[slot, place, V_WHY]
    W[w, W_NEXT], W[w, W_WHY] = at, why
    if at < C[W[w, W_CORE], C_NEXT]:
        C[W[w, W_CORE], C_NEXT] = at
    return at


@inner
def goes_on(w, at, why, crossing, wait_ops, W, C, M, V, operands, stalls, timeline, A):
    """Let a parked warp go on at ``at``; true if it now comes to a wait, and so goes on later."""
    if W[w, W_EVENT] == W[w, W_EVENT_END]:  # it has ended where it was parked
        return False
    if W[w, W_WAIT] < 0:
        resume(w, at, why, crossing, W, C, M, V, operands)
        return False
    book(M[W[w, W_OP], M_PC], why, W[w, W_SEEN], at, stalls, timeline, A)
    W[w, W_SEEN], W[w, W_WHY] = at, wait_ops[W[w, W_WAIT], 3]
    return True
