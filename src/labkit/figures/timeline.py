"""What ran when: one bar a piece of work, one row a worker that does one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A piece of work: its name, when it starts, when it ends.
Piece = tuple[str, float, float]


def draw_timeline(ways: Mapping[str, Mapping[str, Sequence[Piece]]], *, unit: str) -> Figure:
    """Draw one panel for each way of doing the work, all on one time axis.

    Args:
        ways: title to rows; a row's name to its pieces ``(name, start, end)``. Pieces of one name have
            one colour, and carry the name where there is room.
        unit: the unit of the times, for the axis.

    Raises:
        ValueError: there is nothing to draw, a piece ends before it starts, or two pieces of a row overlap.
    """
    if not ways or not all(any(rows.values()) for rows in ways.values()):
        raise ValueError("draw_timeline needs one way at least, with one piece of work in it")
    for rows in ways.values():
        for row, pieces in rows.items():
            _check(row, pieces)
    names = list(dict.fromkeys(n for rows in ways.values() for row in rows.values() for n, _, _ in row))
    end = max(e for rows in ways.values() for row in rows.values() for _, _, e in row)
    heights = [len(rows) for rows in ways.values()]
    fig = figure(height=0.36 * sum(heights) + 0.5 * len(ways) + 0.5)
    panels = fig.subplots(len(ways), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    for axes, (title, rows) in zip(panels, ways.items()):
        for y, pieces in enumerate(rows.values()):
            for name, start, stop in pieces:
                colour = palette.of(names.index(name))
                axes.barh(y, stop - start, 0.8, start, color=colour, edgecolor=palette.ink, linewidth=0.8)
                if stop - start >= 0.03 * end * max(len(name), 1):
                    ink = palette.text_on(colour)
                    axes.text((start + stop) / 2, y, name, ha="center", va="center", color=ink)
        axes.set_yticks(range(len(rows)), list(rows))
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        last = max(e for row in rows.values() for _, _, e in row)
        digits = 0 if unit == "instructions" else 2
        axes.set_title(f"{title}: {last:.{digits}f} {unit}", loc="left", fontsize=11)
    panels[-1].set_xlim(0, end * 1.02)
    panels[-1].set_xlabel("instructions issued so far" if unit == "instructions" else f"time in {unit}")
    return fig


def _check(row: str, pieces: Sequence[Piece]) -> None:
    before = 0.0
    for name, start, stop in sorted(pieces, key=lambda piece: piece[1]):
        if stop < start:
            raise ValueError(f"{name} in {row!r} ends at {stop:g}, before it starts at {start:g}")
        if start < before - 1e-12:
            raise ValueError(
                f"{name} in {row!r} starts at {start:g}, while the piece before lasts to {before:g}"
            )
        before = stop
