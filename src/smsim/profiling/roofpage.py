"""A roofline as a drawing for a notebook: both axes logarithmic, a roof and a point for each memory."""

from __future__ import annotations

from html import escape
from math import log10
from typing import TYPE_CHECKING

from smsim.profiling.page import framed

if TYPE_CHECKING:
    from smsim.profiling.roofline import Level, Roofline

_WIDTH, _HEIGHT = 480, 200
_COLOURS = {"DRAM": "#D55E00", "L2": "#0072B2", "L1": "#009E73"}
#: Of what colour says, strokes and gaps say the same.
_DASHES = {"DRAM": "none", "L2": "9 4", "L1": "2 3"}
_EDGES = {"DRAM": "solid", "L2": "dashed", "L1": "dotted"}


def html(found: Roofline) -> str:
    """The element that a notebook shows; without floating-point work only the sentence that says so."""
    said = str(found)
    if not found.flop:
        return framed(f"<div>{escape(said)}</div>")
    head, *table = said.split("\n")
    text = "\n".join(table)
    return framed(
        f'<div class="pf-name">{escape(head)}</div>{_drawing(found, head)}'
        f'<pre class="pf-scroll" tabindex="0">{escape(text)}</pre>'
    )


def _drawing(found: Roofline, said: str) -> str:
    levels = [level for level in found.levels if level.bytes]
    ridges = [found.peak / level.bandwidth for level in levels]
    places = [level.intensity for level in levels] + ridges
    left, right = log10(min(places)) - 0.5, log10(max(places)) + 0.5
    top = log10(found.peak) + 0.3
    bottom = min([log10(found.achieved)] + [left + log10(level.bandwidth) for level in levels]) - 0.3

    def at(intensity: float, flops: float) -> str:
        x = _WIDTH * (log10(intensity) - left) / (right - left)
        y = _HEIGHT * (top - log10(flops)) / (top - bottom)
        return f"{x:.1f},{y:.1f}"

    shapes, keys = [], []
    for level, ridge in zip(levels, ridges):
        start = 10**left
        points = " ".join(
            (at(start, start * level.bandwidth), at(ridge, found.peak), at(10**right, found.peak))
        )
        colour = _COLOURS[level.name]
        shapes.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{_DASHES[level.name]}"/>'
        )
        shapes.append(_point(at(level.intensity, found.achieved), colour))
        keys.append(_key(level, colour))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" style="width:100%;max-width:{_WIDTH}px;'
        f'border:1px solid rgba(128,128,128,.6)" role="img" aria-label="Roofline. {escape(said)}">'
        f'{"".join(shapes)}</svg><div class="pf-keys">{"".join(keys)}</div>'
        "<div>Across: FLOP for each byte moved. Up: FLOP/s. Both logarithmic; a dot is the kernel.</div>"
    )


def _point(place: str, colour: str) -> str:
    x, y = place.split(",")
    return f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}" stroke="currentColor"/>'


def _key(level: Level, colour: str) -> str:
    look = f"width:2rem;border-top:2px {_EDGES[level.name]} {colour};margin-right:.3rem;vertical-align:middle"
    return f'<span><span style="display:inline-block;{look}"></span>{level.name}</span>'
