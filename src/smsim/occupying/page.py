"""An :class:`~smsim.occupying.Occupancy` as HTML for a notebook: the SM's warp slots, and a bar a resource."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from smsim.occupying import plain
from smsim.occupying.style import RULES

if TYPE_CHECKING:
    from smsim.occupying.result import Occupancy

_FILLED, _LIMITING = "rgba(43,127,212,.55)", "rgba(217,120,0,.75)"
_NARROW = 1.5  # percent of a bar: blocks narrower than this are drawn without gaps


def html(found: Occupancy) -> str:
    """The element that a notebook shows."""
    listed = [*plain.needs(found), *map(str, found.steps)]
    heading = plain.heading(found) if found.kernel else _capital(plain.heading(found))
    return "\n".join(
        [
            f'<div class="smsim-occ"><style>\n{RULES}</style>',
            f'<div class="so-name">{escape(heading)}</div>',
            f"<div>{escape(_capital(plain.answer(found)))}</div>",
            _slots(found),
            '<div class="so-bars">',
            *(_bar(found, row) for row in plain.rows(found)),
            "</div>",
            "<ul>",
            *(f"<li>{escape(_capital(line))}</li>" for line in listed),
            "</ul></div>",
        ]
    )


def _slots(found: Occupancy) -> str:
    """The SM's warp slots, filled block after block. The hardware chooses others; their number is the same."""
    cells = []
    for slot in range(found.spec.max_warps_per_sm):
        block = slot // found.warps_per_block
        if block < found.blocks:
            cells.append(f'<span class="so-slot so-{"odd" if block % 2 else "even"}">{block}</span>')
        else:
            cells.append('<span class="so-slot"></span>')
    blocks = f"{plain.plural(found.blocks, 'block')} of {plain.plural(found.warps_per_block, 'warp')}"
    said = f"{found.warps} of {found.spec.max_warps_per_sm} warp slots are filled, by {blocks}"
    return (
        f'<div class="so-slots" role="img" aria-label="{said}">{"".join(cells)}</div>\n'
        '<div class="so-note">A square is a slot for a warp; the number in it is the block that fills it.</div>'
    )


def _bar(found: Occupancy, row: plain.Row) -> str:
    """What the resident blocks take of a resource, with a gap between blocks."""
    name = plain.NAMES[row.resource] + (", limits" if row.limits else "")
    one = 100 * row.a_block / row.available
    taken = min(100.0, one * max(1, found.blocks))
    room = "does not limit" if row.limit is None else f"room for {row.limit}"
    said = f"a block takes {row.a_block:,} of {row.available:,}: {room}"
    kind = "so-label so-limits" if row.limits else "so-label"
    return (
        f'<div class="{kind}">{escape(_capital(name))}</div>'
        f'<div class="so-bar" role="img" aria-label="{escape(f"{name}: {said}")}">'
        f'<div class="so-fill" style="width:{taken:.3f}%;background:{_fill(row.limits, one, taken)}"></div></div>'
        f'<div class="so-said">{said}</div>'
    )


def _fill(limits: bool, one: float, taken: float) -> str:
    """A colour, with gaps between blocks where there is room for gaps. ``one`` and ``taken`` in percent."""
    colour = _LIMITING if limits else _FILLED
    if one < _NARROW or one >= taken:
        return colour
    end = f"{100 * one / taken:.4f}%"
    return (
        f"repeating-linear-gradient(to right,{colour} 0,{colour} calc({end} - 1.5px),"
        f"transparent calc({end} - 1.5px),transparent {end})"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
