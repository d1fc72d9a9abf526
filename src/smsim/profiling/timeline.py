"""What the SM's warps did over time, in equal spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smsim.profiling.evidence import Evidence
from smsim.profiling.quantities import digits
from smsim.profiling.stalls import TITLES
from smsim.timing.microops import STALLS

_COLUMNS = 50  # spans that the text shows
_ROWS = 6
_SIGNS = " .:-=+*#%@"


@dataclass(frozen=True, eq=False, repr=False)
class Timeline:
    """Warps of the SM by what they did, over time. Printed, denser signs are more warps.

    Attributes:
        kernel: its name.
        start: where each span begins, in cycles from the first issue, float64 of shape ``(spans,)``.
        span: cycles of each.
        warps: how many warps were in each state, on average over the span, float64 ``(spans, reasons)``.
        reasons: what the columns are, :data:`smsim.timing.microops.STALLS`.
        estimate: whether only the first two waves are shown.
    """

    kernel: str
    start: np.ndarray
    span: float
    warps: np.ndarray
    reasons: tuple[str, ...]
    estimate: bool

    @property
    def largest(self) -> list[str]:
        """The reasons that took most of the warps' cycles, largest first."""
        totals = self.warps.sum(axis=0)
        order = sorted(range(len(self.reasons)), key=lambda n: (-totals[n], n))
        return [self.reasons[n] for n in order if totals[n] > 0]

    def merged(self, spans: int) -> np.ndarray:
        """:attr:`warps` in at most ``spans`` spans of equal length."""
        step = -(-len(self.warps) // spans)
        padded = np.zeros((-(-len(self.warps) // step) * step, self.warps.shape[1]))
        padded[: len(self.warps)] = self.warps
        counts = np.minimum(step, len(self.warps) - np.arange(0, len(padded), step))
        return padded.reshape(-1, step, self.warps.shape[1]).sum(axis=1) / counts[:, None]

    def to_dict(self) -> dict[str, Any]:
        """Plain lists."""
        return {"span": self.span, "reasons": list(self.reasons), "warps": self.warps.tolist()}

    def __str__(self) -> str:
        table = self.merged(_COLUMNS)
        most = table.sum(axis=1).max() if len(table) else 0.0
        lines = [f"{self.kernel}: warps of SM 0 by what they did; {_SIGNS[-1]} is {digits(most)} warps"]
        for reason in self.largest[:_ROWS]:
            shares = table[:, self.reasons.index(reason)] / (most or 1)
            signs = "".join(_SIGNS[min(9, int(np.ceil(9 * share - 1e-9)))] for share in shares)
            lines.append(f"{TITLES[reason]:<25}|{signs}|")
        end = f"{round(len(self.warps) * self.span):,} cycles"
        lines.append(" " * 26 + "0 " + end.rjust(len(table) - 2))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from smsim.profiling import page

        return page.framed(page.small_timeline(self))


def timeline(evidence: Evidence) -> Timeline:
    """The timeline of the replayed SM; of several the average."""
    replay = evidence.replay
    span = replay.span
    start = np.arange(len(replay.timeline), dtype=np.float64) * span
    widths = np.minimum(span, np.maximum(replay.cycles - start, 1))
    warps = replay.timeline / widths[:, None] / evidence.recorded_sms
    return Timeline(evidence.isolated.call.name, start, span, warps, STALLS, evidence.estimate)
