"""What bounds a kernel: one name and one sentence, by a rule that a reader can apply by hand.

1. *launch overhead*, if the launch costs more cycles than the kernel.
2. *too few blocks*, if SMs are without work and less than half of the room is taken; *tail*, if all have work
   and still less than half of the room that the blocks could take is taken over the whole time.
3. The busiest part, if it is busy for at least 60 % of the SM's active time: a pipe, the issue slots, the
   LSU or shared memory, L1, L2 or DRAM bandwidth, a direction of a link to other GPUs.
4. Otherwise *latency*: nothing is busy, so warps wait, and the reason that takes most of their cycles names
   the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from smsim.profiling import links, stalls, utilisation
from smsim.profiling.evidence import Evidence
from smsim.profiling.quantities import digits, percent

#: From this share of its peak a part counts as the bound.
BUSY = 0.6
#: Less than this share of the room taken: the grid is too small, or its last wave is.
FILLED = 0.5

_LATENCY = {
    "long_scoreboard": "latency: long scoreboard",
    "short_scoreboard": "latency: short scoreboard",
    "wait": "latency: wait",
    "math_pipe_throttle": "latency: math pipe throttle",
    "lg_throttle": "LSU/shared memory",
    "mio_throttle": "LSU/shared memory",
    "barrier": "barrier",
    "membar": "memory fence",
    "branch_resolving": "latency: branch resolving",
    "sleeping": "sleeping",
    "no_instruction": "latency: no instruction",
    "link_throttle": "link credits",
    "not_selected": "issue slots",
}
_CURES = {
    "long_scoreboard": "More warps, or more independent loads in each, would hide it.",
    "short_scoreboard": "More warps, or more independent work between request and use, would hide it.",
    "wait": "More warps, or more independent instructions in each, would hide it.",
}
#: All names that a limiter can have.
NAMES = tuple(
    dict.fromkeys(
        [
            "launch overhead",
            "too few blocks",
            "tail",
            "issue slots",
            *utilisation.PIPE_NAMES.values(),
            "LSU/shared memory",
            "L1 bandwidth",
            "L2 bandwidth",
            "DRAM bandwidth",
            *(f"{title} {way}" for title in links.TITLES.values() for way in ("sent", "received")),
            *_LATENCY.values(),
        ]
    )
)


@dataclass(frozen=True)
class Limiter:
    """What bounds the kernel. ``str()`` of it is name and sentence.

    Attributes:
        name: one of :data:`NAMES`.
        sentence: the numbers behind it.
        share: of the time, of the room or of the peak, whichever the name speaks of; from 0 to 1.
    """

    name: str
    sentence: str
    share: float

    def __str__(self) -> str:
        return f"{self.name}. {self.sentence}"


def judge(evidence: Evidence) -> Limiter:
    """The rule of this module's first lines."""
    return _of_size(evidence) or _of_parts(evidence) or _of_waiting(evidence)


def _of_size(evidence: Evidence) -> Limiter | None:
    launch, cycles = evidence.launch_cycles, evidence.cycles
    if 2 * launch > cycles:
        share = launch / cycles
        return Limiter(
            "launch overhead", f"{percent(share)} of the {cycles:,} cycles are the launch itself.", share
        )
    filled, active, sms = evidence.filled, evidence.trace.active_sms, evidence.spec.sms
    if filled >= FILLED:
        return None
    if active < sms:
        return Limiter(
            "too few blocks", f"{active} of {sms} SMs have work; the others stand idle.", active / sms
        )
    return Limiter(
        "tail",
        f"The SMs' room for blocks is taken for {percent(filled)} of the time: the last blocks run "
        "beside idle SMs.",
        1 - filled,
    )


def _of_parts(evidence: Evidence) -> Limiter | None:
    busiest = max(
        utilisation.compute(evidence) + utilisation.memory(evidence), key=lambda use: (use.share, use.name)
    )
    if busiest.share < BUSY:
        return None
    name = "LSU/shared memory" if busiest.name in ("LSU", "shared memory") else busiest.name
    amount = f", {busiest.amount}" if busiest.amount else ""
    what = busiest.name if name != busiest.name else name.removesuffix(" bandwidth")
    if busiest.name.endswith((" sent", " received")):
        what = f"link ({busiest.name})"
    be = "are" if what == "issue slots" else "is"
    return Limiter(
        name,
        f"The {what} {be} busy for {percent(busiest.share)} of the SM's active time{amount}.",
        busiest.share,
    )


def _of_waiting(evidence: Evidence) -> Limiter:
    ratios = stalls.per_issue(evidence)
    total = sum(ratios.values())
    reason = max((r for r in ratios if r != "selected"), key=ratios.get)
    share = ratios[reason] / total if total else 0.0
    warps, room = evidence.warps_active, evidence.spec.max_warps_per_sm
    sentence = (
        f"No part is busy for {BUSY:.0%} of the time. Of {digits(total)} cycles between two instructions of "
        f"a warp, {digits(ratios[reason])} are {stalls.TITLES[reason]}: {stalls.MEANINGS[reason]}; "
        f"{digits(warps)} of {room} warps are resident."
    ).replace("60%", "60 %")
    return Limiter(_LATENCY[reason], f"{sentence} {_CURES.get(reason, '')}".rstrip(), share)
