"""Where warp-cycles go: by instruction and reason, and by time."""

from __future__ import annotations

from smsim.timing.compiled import compiled
from smsim.timing.microops import STALLS
from smsim.timing.replay_forms import ACTIVE, SPAN, SPANS, State

_REASONS = len(STALLS)


@compiled
def spend(s: State, first: int, end: int, reason: int, pc: int) -> None:
    """A warp stood at ``pc`` for ``reason`` in the cycles from ``first`` up to ``end``."""
    if end <= first:
        return
    s.stalls[pc * _REASONS + reason] += end - first
    s.counts[ACTIVE] += end - first
    while end > s.counts[SPAN] * SPANS:
        _fold(s)
    span = s.counts[SPAN]
    row = first // span
    while first < end:
        until = min(end, (row + 1) * span)
        s.timeline[row * _REASONS + reason] += until - first
        first = until
        row += 1


@compiled
def _fold(s: State) -> None:
    """Twice as wide spans, half as many."""
    for row in range(SPANS // 2):
        for reason in range(_REASONS):
            low = 2 * row * _REASONS + reason
            s.timeline[row * _REASONS + reason] = s.timeline[low] + s.timeline[low + _REASONS]
    for at in range(SPANS // 2 * _REASONS, SPANS * _REASONS):
        s.timeline[at] = 0
    s.counts[SPAN] *= 2
