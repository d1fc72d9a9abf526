"""Memory of other GPUs: a sector's way over NVLink or the network, its share of the link, and credits.

An SM has its equal share of each direction of its GPU's links, as it has of DRAM. Stores and atomics hold a credit
from when they are sent until the other GPU has acknowledged them, a round trip later. Loads hold none: what limits
them is what waits for them. Of the other GPU's memory only the way there and back is modelled, and a trip to its L2.
"""

from __future__ import annotations

import numpy as np

from smsim.devices.links import SECTOR
from smsim.devices.spec import DeviceSpec
from smsim.timing.compiled import inner
from smsim.timing.replay_state import (
    A_ACKNOWLEDGED,
    FINE,
    N_BACK,
    N_COST,
    N_CREDITS,
    N_HOP,
    N_IN,
    N_OUT,
    N_RECEIVED,
    N_SENT,
    N_TAKEN,
    P_L2,
    P_L2_FINE,
    S_CREDIT,
    S_LINK,
    S_SENT,
)
from smsim.timing.trace import Trace


@inner
def over_link(sm, at, link, write, answers, P, A, S, N):
    """One sector that sets out for another GPU at ``at``: the cycle in which the answer is there.

    Args:
        link: 0 for NVLink, 1 for the network.
        write: it takes data there, and a credit; its answer is the acknowledgement.
        answers: it brings data back.
    """
    begin = max(at * FINE, S[sm, S_LINK])  # the SM's own link is the same as to L2
    S[sm, S_LINK] = begin + P[P_L2_FINE]
    cost, slot = N[sm, link, N_COST], N_BACK
    if write:
        slot += N[sm, link, N_TAKEN] % N[sm, link, N_CREDITS]
        if N[sm, link, slot] > begin:
            begin = N[sm, link, slot]
            S[sm, S_CREDIT] = max(S[sm, S_CREDIT], begin)
        begin = max(begin, N[sm, link, N_OUT])
        N[sm, link, N_OUT] = begin + cost
        N[sm, link, N_SENT] += 1
        S[sm, S_SENT] = max(S[sm, S_SENT], begin + cost)
    if answers:
        begin = max(begin, N[sm, link, N_IN])
        N[sm, link, N_IN] = begin + cost
        N[sm, link, N_RECEIVED] += 1
    back = begin + cost + 2 * N[sm, link, N_HOP] + P[P_L2] * FINE
    there = (back + FINE - 1) // FINE
    if write:
        N[sm, link, slot] = back
        N[sm, link, N_TAKEN] += 1
        A[A_ACKNOWLEDGED] = max(A[A_ACKNOWLEDGED], there)
    return there


def links_table(trace: Trace, spec: DeviceSpec, sms: int) -> np.ndarray:
    """The table ``N``: each SM's share of its GPU's links. One row alone where there are none.

    Where the blocks of all SMs were recorded, those share a link that use it; else all that are active do.
    """
    if not len(trace.sector_link):
        return np.zeros((1, 1, N_BACK + 1), np.int64)
    credits = [link.credits // SECTOR for link in trace.links]
    table = np.zeros((sms, len(trace.links), N_BACK + max(credits)), np.int64)
    gpu = trace.sm_gpu if len(trace.sm_gpu) else np.zeros(sms, np.int32)
    uses = _uses(trace, sms)
    for number, link in enumerate(trace.links):
        table[:, number, N_HOP] = round(FINE * link.hop * spec.clock_hz)
        table[:, number, N_CREDITS] = credits[number]
        for one in np.unique(gpu):
            here = gpu == one
            sharing = max(1, int(uses[here, number].sum()))
            if not len(trace.sm_gpu) and sms < trace.active_sms:  # not all of them were recorded
                sharing = trace.active_sms
            table[here, number, N_COST] = max(
                1, round(FINE * SECTOR * sharing * spec.clock_hz / link.bandwidth)
            )
    return table


def _uses(trace: Trace, sms: int) -> np.ndarray:
    """Which SMs use which link, bool ``(sms, links)``."""
    out = np.zeros((sms, len(trace.links)), bool)
    events = trace.event_start[:: trace.warps_per_block]
    for block, sm in enumerate(trace.block_sm.tolist()):
        first, last = (_sector_at(trace, int(events[b])) for b in (block, block + 1))
        for link in np.unique(trace.sector_link[first:last]).tolist():
            if link:
                out[sm, link - 1] = True
    return out


def _sector_at(trace: Trace, event: int) -> int:
    """Where the sectors of an event's records begin."""
    if event == len(trace.event_record):
        return len(trace.sectors)
    return int(trace.sector_start[trace.event_record[event]])
