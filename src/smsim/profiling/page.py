"""A :class:`~smsim.profiling.profile.Profile` as one picture for a notebook: HTML without script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from smsim.profiling import plain
from smsim.profiling.metrics import PROFILE_METRICS
from smsim.profiling.quantities import count, digits, percent, with_unit
from smsim.profiling.stalls import TITLES
from smsim.profiling.style import HUES, OTHER, RULES

if TYPE_CHECKING:
    from smsim.profiling.profile import Profile
    from smsim.profiling.timeline import Timeline

_SPANS, _HEIGHT = 100, 100  # of the small timeline's drawing


def html(profile: Profile) -> str:
    """The element that a notebook shows."""
    uses = plain.shown_uses(profile)
    light = [(u.name, u.share, ", ".join(filter(None, (percent(u.share), u.amount)))) for u in uses]
    rows = plain.stall_rows(profile)
    largest = max([cycles for _, cycles, _ in rows], default=1) or 1
    waits = [(title, cycles / largest, f"{cycles:.2f}") for title, cycles, _ in rows]
    room, achieved = profile.occupancy.occupancy, profile.achieved_occupancy
    held = [("theoretical", room, percent(room)), ("achieved", achieved, percent(achieved))]
    said = [
        f"{name}: {value}{' ' if name == 'a thread' else ', '}{rest}"
        for name, value, rest in plain.occupancy_rows(profile)
    ]
    return "\n".join(
        [
            f'<div class="smsim-profile"><style>\n{RULES}</style>',
            f'<div class="pf-name">{escape(plain.heading(profile))}</div>',
            f"<div>{escape(plain.time_said(profile))}</div>",
            *(f"<div>{escape(note)}</div>" for note in profile.notes),
            f'<div class="pf-limiter">Limiter: <strong>{escape(profile.limiter.name)}</strong>. '
            f"{escape(profile.limiter.sentence)}</div>",
            '<div class="pf-grid">',
            _bars("Speed of light, share of peak", light),
            _bars("Cycles a warp spends for each instruction", waits),
            _bars("Occupancy", held, said),
            small_timeline(profile.timeline()),
            "</div>",
            _all(profile),
            "</div>",
        ]
    )


def framed(inner: str) -> str:
    """A part of the picture by itself."""
    return f'<div class="smsim-profile"><style>\n{RULES}</style>{inner}</div>'


def _bars(title: str, rows: Iterable[tuple[str, float, str]], notes: Sequence[str] = ()) -> str:
    out = [f'<div><div class="pf-name">{title}</div><div class="pf-bars">']
    for name, share, said in rows:
        out.append(
            f'<div>{escape(name)}</div><div class="pf-bar" role="img" aria-label="{escape(f"{name}: {said}")}">'
            f'<div class="pf-fill" style="width:{100 * min(share, 1):.2f}%"></div></div>'
            f'<div class="pf-said">{escape(said)}</div>'
        )
    out.append("</div>")
    out += [f"<div>{escape(note)}</div>" for note in notes]
    return "\n".join([*out, "</div>"])


def small_timeline(found: Timeline) -> str:
    """Stacked areas, the largest reason at the bottom, with a key."""
    table = found.merged(_SPANS)
    most = float(table.sum(axis=1).max()) if len(table) else 0.0
    end = f"{round(len(found.warps) * found.span):,} cycles"
    shown = [reason for reason in found.largest if reason in HUES]
    others = [n for n, reason in enumerate(found.reasons) if reason not in shown]
    layers = [(TITLES[r], HUES[r], table[:, found.reasons.index(r)]) for r in shown]
    layers.append(("others", OTHER, table[:, others].sum(axis=1)))
    layers = [layer for layer in layers if layer[2].sum() > 0]
    base = [0.0] * len(table)
    shapes = []
    for _, colour, values in layers:
        top = [low + value for low, value in zip(base, values)]
        points = [(x, t) for n, t in enumerate(top) for x in (n, n + 1)]
        points += [(x, b) for n, b in reversed(list(enumerate(base))) for x in (n + 1, n)]
        path = " ".join(f"{x},{_HEIGHT * (1 - y / (most or 1)):.1f}" for x, y in points)
        shapes.append(f'<polygon points="{path}" fill="{colour}"/>')
        base = top
    said = ", ".join(title for title, _, _ in layers)
    keys = "".join(
        f'<span><span class="pf-key" style="background:{colour}"></span>{escape(title)}</span>'
        for title, colour, _ in layers
    )
    what = "the first two waves" if found.estimate else "from the first issue to the end"
    return (
        f'<div><div class="pf-name">Warps of SM 0, {what}: up to {digits(most)} of them, {end}</div>'
        f'<svg class="pf-time" viewBox="0 0 {max(len(table), 1)} {_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{escape(f"Over {end}, what the warps did, most first: {said}")}">'
        f'{"".join(shapes)}</svg><div class="pf-keys">{keys}</div></div>'
    )


def _all(profile: Profile) -> str:
    """Every modelled number, for those who look for one."""
    metrics = profile.metrics
    rows = [
        f'<tr><td>{escape(name)}</td><td class="pf-number">{escape(with_unit(metrics[name], metrics.unit(name)))}'
        f"</td><td>{escape(metrics.origin(name))}</td><td>{escape(metrics.meaning(name))}</td></tr>"
        for name in metrics
        if name in PROFILE_METRICS
    ]
    return (
        f"<details><summary>All {count(len(rows))} metrics of the model</summary>"
        '<div class="pf-scroll" tabindex="0"><table><thead><tr><th scope="col">name</th>'
        '<th scope="col">value</th><th scope="col">origin</th><th scope="col">meaning</th></tr></thead><tbody>\n'
        + "\n".join(rows)
        + "</tbody></table></div></details>"
    )
