"""A :class:`~smsim.profiling.profile.Profile` as plain text: one screen of a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from smsim.counting.text import columns
from smsim.profiling import links
from smsim.profiling.evidence import Evidence
from smsim.profiling.quantities import count, digits, percent, seconds, size
from smsim.profiling.stalls import MEANINGS, TITLES

if TYPE_CHECKING:
    from smsim.profiling.profile import Profile

_WIDTH = 100  # characters of a line
_BAR = 20  # characters of a full bar
_STALLS = 6  # reasons that the table names; `stalls` has all


def text(profile: Profile) -> str:
    """The whole report."""
    parts = [
        "\n".join(
            _wrapped([heading(profile), time_said(profile), f"Limiter: {profile.limiter}", *profile.notes])
        ),
        _speed_of_light(profile),
        _stalls(profile),
        columns([("Occupancy", "", ""), *occupancy_rows(profile)], left=(0, 2), indent=""),
        columns([("Memory", "", ""), *memory_rows(profile)], left=(0, 2), indent=""),
    ]
    return "\n\n".join(parts)


def _wrapped(paragraphs: list[str]) -> list[str]:
    return [line for text in paragraphs for line in textwrap.wrap(text, _WIDTH, break_on_hyphens=False)]


def heading(profile: Profile) -> str:
    """Launch, GPU and time."""
    call = profile._evidence.isolated.call
    about = "about " if profile.estimate else ""
    return (
        f"{profile.kernel}[{_shape(call.grid)}, {_shape(call.block)}] on the {profile.device}: "
        f"{about}{profile.cycles:,} cycles, {seconds(profile.seconds)}"
    )


def time_said(profile: Profile) -> str:
    """What the time is made of."""
    clock = profile._evidence.spec.clock_hz
    return (
        f"Modelled, at {digits(clock / 1e9)} GHz. The launch itself takes {profile.launch_cycles:,} of the cycles, "
        f"{seconds(profile.launch_seconds)}."
    )


def notes(evidence: Evidence) -> tuple[str, ...]:
    """What was extrapolated and what was assumed."""
    out = []
    if evidence.estimate:
        out.append(
            f"Estimate: {evidence.recorded:,} of SM 0's {evidence.trace.blocks_on_sm:,} blocks were executed, "
            f"{evidence.replay.cycles:,} cycles; the others are taken to need "
            f"{digits(evidence.cycles_per_block)} cycles a block, as in the second wave. "
            "Counts are scaled by blocks."
        )
    if not evidence.occupancy.known:
        out.append(
            "32 registers a thread are assumed: NVIDIA's assembler (nvJitLink) is not here, or refused this PTX."
        )
    return tuple(out)


def _speed_of_light(profile: Profile) -> str:
    rows = [("Speed of light", "of peak", "", "")]
    rows += [(u.name, percent(u.share), bar(u.share), u.amount) for u in shown_uses(profile)]
    return columns(rows, left=(0, 2, 3), indent="")


def shown_uses(profile: Profile) -> list:
    """The parts that were used, and always issue slots, L1, L2 and DRAM."""
    always = ("issue slots", "L1 bandwidth", "L2 bandwidth", "DRAM bandwidth")
    return [use for use in profile.speed_of_light if use.share >= 0.0005 or use.name in always]


def bar(share: float) -> str:
    """A share of one as a bar of signs."""
    return "#" * round(min(share, 1.0) * _BAR)


def _stalls(profile: Profile) -> str:
    rows = [("Cycles a warp spends for each instruction", "", "", "")]
    largest = max([*profile.stalls.values(), 1e-9])
    for title, cycles, meaning in stall_rows(profile):
        rows.append((title, f"{cycles:.2f}", bar(cycles / largest), meaning))
    return columns(rows[:1], indent="") + "\n" + columns(rows[1:], left=(0, 2, 3), indent="")


def stall_rows(profile: Profile) -> list[tuple[str, float, str]]:
    """Title, cycles and meaning of the largest reasons; what is left comes last."""
    found = [(reason, cycles) for reason, cycles in profile.stalls.items() if cycles >= 0.005]
    rows = [(TITLES[reason], cycles, MEANINGS[reason]) for reason, cycles in found[:_STALLS]]
    rest = sum(cycles for _, cycles in found[_STALLS:])
    return [*rows, ("others", rest, "")] if rest else rows


def occupancy_rows(profile: Profile) -> list[tuple[str, str, str]]:
    """What fits on an SM, and what was there."""
    found, evidence = profile.occupancy, profile._evidence
    assumed = "" if found.known else " (assumed)"
    return [
        (
            "theoretical",
            percent(found.occupancy),
            f"{found.warps} of {found.spec.max_warps_per_sm} warps, limited by {found.limiter}",
        ),
        (
            "achieved",
            percent(profile.achieved_occupancy),
            f"{digits(evidence.warps_active)} warps on average",
        ),
        (
            "a thread",
            f"{found.registers}",
            f"registers{assumed}; a block has {size(found.shared)} of shared memory",
        ),
        (
            "waves",
            digits(profile.metrics["launch__waves_per_multiprocessor"]),
            f"{count(evidence.blocks)} blocks, {found.blocks} at a time on each of {found.spec.sms} SMs",
        ),
    ]


def memory_rows(profile: Profile) -> list[tuple[str, str, str]]:
    """Hit rates and traffic of the whole device."""
    m = profile.metrics
    rows = [
        ("L1", f"{m['l1tex__t_sector_hit_rate.pct']:.1f} %", "of the sectors that loads ask for hit"),
        (
            "L2",
            f"{m['lts__t_sector_hit_rate.pct']:.1f} %",
            f"hit; {size(m['l1tex__m_xbar2l1tex_read_bytes.sum'])} read, "
            f"{size(m['l1tex__m_l1tex2xbar_write_bytes.sum'])} written",
        ),
        (
            "DRAM",
            f"{m['dram__throughput.avg.pct_of_peak_sustained_elapsed']:.1f} %",
            f"of peak from launch to end; {size(m['dram__bytes_read.sum'])} read, "
            f"{size(m['dram__bytes_write.sum'])} written",
        ),
    ]
    for link, title in links.TITLES.items() if profile._evidence.trace.links else ():
        sent, received = (m[links.METRICS[link, way]] for way in (True, False))
        rows.append((title, size(sent + received), f"{size(sent)} sent, {size(received)} received"))
    return rows


def _shape(dims: tuple[int, int, int]) -> str:
    used = max((at for at, n in enumerate(dims) if n > 1), default=0) + 1
    return str(dims[0]) if used == 1 else f"({', '.join(map(str, dims[:used]))})"
