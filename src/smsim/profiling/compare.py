"""``smsim.compare``: two profiles side by side, what changed, and what changed most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from smsim.counting.text import columns
from smsim.profiling.profile import Profile
from smsim.profiling.quantities import digits, prefixed, seconds, with_unit
from smsim.profiling.stalls import TITLES
from smsim.profiling.style import RULES
from smsim.timing.microops import STALLS

_ROWS = {
    "instructions": "sm__inst_executed.sum",
    "instructions a cycle": "sm__inst_executed.avg.per_cycle_active",
    "registers a thread": "launch__registers_per_thread",
    "theoretical occupancy": "sm__maximum_warps_per_active_cycle_pct",
    "achieved occupancy": "sm__warps_active.avg.pct_of_peak_sustained_active",
    "L1 hit rate": "l1tex__t_sector_hit_rate.pct",
    "L2 hit rate": "lts__t_sector_hit_rate.pct",
    "read from L2": "l1tex__m_xbar2l1tex_read_bytes.sum",
    "read from DRAM": "dram__bytes_read.sum",
    "written to DRAM": "dram__bytes_write.sum",
}
_STALLS = 5


def compare(before: Profile, after: Profile) -> Comparison:
    """What changed from one profile to another: of two kernels, or of one on two devices.

    Raises:
        TypeError: one of them is no profile.
    """
    for found in (before, after):
        if not isinstance(found, Profile):
            raise TypeError(
                f"smsim.compare takes two profiles, as smsim.profile gives them, not a {type(found).__name__}."
            )
    return Comparison(before, after)


@dataclass(frozen=True)
class Row:
    """One thing on both sides, as text with units, and how many times as large it became."""

    name: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two profiles. Printed, it is a table under one sentence.

    Attributes:
        before, after: the profiles.
    """

    before: Profile
    after: Profile

    @property
    def speedup(self) -> float:
        """How many times as fast the second is: the first's seconds over the second's."""
        return self.before.seconds / self.after.seconds

    @cached_property
    def stall_change(self) -> dict[str, float]:
        """Reason to the change of all warps' time in it, in seconds over the grid, largest change first."""
        a, b = _warp_seconds(self.before), _warp_seconds(self.after)
        change = {reason: b[reason] - a[reason] for reason in STALLS}
        return dict(sorted(change.items(), key=lambda item: (-abs(item[1]), STALLS.index(item[0]))))

    @property
    def sentence(self) -> str:
        """The speed-up, and what changed most."""
        a, b = self.before, self.after
        first, second = _names(a, b)
        if a.seconds == b.seconds:
            speed = f"{second} takes as long as {first}"
        elif self.speedup > 1:
            speed = f"{second} is {digits(self.speedup)} times as fast as {first}"
        else:
            speed = f"{second} takes {digits(1 / self.speedup)} times as long as {first}"
        reason, change = next(iter(self.stall_change.items()))
        if not change:
            return f"{speed}. The warps' time is the same for every reason."
        old = _warp_seconds(a)[reason]
        size = f", from {seconds(old)} to {seconds(old + change)} over all warps"
        limiter = (
            f"the limiter stays {a.limiter.name}"
            if a.limiter.name == b.limiter.name
            else f"the limiter was {a.limiter.name} and is {b.limiter.name}"
        )
        time = "less" if change < 0 else "more"
        return f"{speed}. The largest change: {time} time in {TITLES[reason]}{size}; {limiter}."

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Time, limiter, instructions, occupancy, traffic, and the stall reasons that changed most."""
        a, b = self.before, self.after
        rows = [
            Row("time", seconds(a.seconds), seconds(b.seconds), _times(a.seconds, b.seconds)),
            Row("cycles", f"{a.cycles:,}", f"{b.cycles:,}", _times(a.cycles, b.cycles)),
            Row("limiter", a.limiter.name, b.limiter.name, ""),
        ]
        for name, metric in _ROWS.items():
            unit = "" if metric == "sm__inst_executed.sum" else a.metrics.unit(metric)
            unit = "" if unit == "registers" else unit
            x, y = a.metrics[metric], b.metrics[metric]
            rows.append(Row(name, with_unit(x, unit), with_unit(y, unit), _times(x, y)))
        x, y = a.roofline().achieved, b.roofline().achieved
        rows.append(Row("FLOP/s", prefixed(x, "FLOP/s"), prefixed(y, "FLOP/s"), _times(x, y)))
        for reason in list(self.stall_change)[:_STALLS]:
            x, y = a.stalls[reason], b.stalls[reason]
            if x or y:
                rows.append(Row(TITLES[reason], f"{x:.2f}", f"{y:.2f}", _times(x, y)))
        return tuple(rows)

    def to_dict(self) -> dict[str, Any]:
        """Speed-up, changes and the sentence, as plain values."""
        return {
            "speedup": self.speedup,
            "stall_change": dict(self.stall_change),
            "limiters": [self.before.limiter.name, self.after.limiter.name],
            "sentence": self.sentence,
        }

    def _table(self) -> list[tuple[str, str, str, str]]:
        return [
            ("", *_names(self.before, self.after), ""),
            *((r.name, r.before, r.after, r.change) for r in self.rows),
        ]

    def __str__(self) -> str:
        return self.sentence + "\n\n" + columns(self._table(), indent="")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *body = self._table()
        cells = "".join(f'<th scope="col">{escape(c)}</th>' for c in head)
        rows = [
            f'<tr><th scope="row">{escape(name)}</th>'
            + "".join(f'<td class="pf-number">{escape(value)}</td>' for value in values)
            + "</tr>"
            for name, *values in body
        ]
        return (
            f'<div class="smsim-profile"><style>\n{RULES}</style><div>{escape(self.sentence)}</div>\n'
            f'<div class="pf-scroll" tabindex="0"><table><thead><tr>{cells}</tr></thead><tbody>\n'
            + "\n".join(rows)
            + "</tbody></table></div></div>"
        )


def _names(before: Profile, after: Profile) -> tuple[str, str]:
    """What tells the two apart: the kernels, the devices, or only the order."""
    if before.device != after.device:
        return f"{before.kernel} on the {before.device}", f"{after.kernel} on the {after.device}"
    if before.kernel != after.kernel:
        return before.kernel, after.kernel
    return f"the first {before.kernel}", f"the second {after.kernel}"


def _warp_seconds(found: Profile) -> dict[str, float]:
    """Reason to the time of all warps of the grid in it."""
    evidence = found._evidence
    cycles = evidence.replay.stalls.sum(axis=0)
    return {r: evidence.in_grid(float(c)) / evidence.spec.clock_hz for r, c in zip(STALLS, cycles)}


def _times(before: float, after: float) -> str:
    if not before or not after:
        return "" if before == after else "new" if not before else "gone"
    return "same" if before == after else f"x {digits(after / before)}"
