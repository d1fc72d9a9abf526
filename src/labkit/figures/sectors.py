"""Addresses to sectors to lines: what global memory moves when the lanes of a warp ask at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from smsim.counting.accesses import Access

WORD = 4  # bytes: the smallest square that is drawn
#: Lines drawn a panel; what is below them is counted and said.
ROWS = 6
MOVED = palette.series[4]
ASKED = palette.series[0]


def draw_sectors(ways: Mapping[str, np.ndarray | Access], *, width: int = 4) -> Figure:
    """Draw one panel a way: the 32-byte sectors and 128-byte lines that one access of a warp touches.

    ``ways`` maps a name to what :func:`smsim.counting.accesses.accesses` found, or to the lanes' byte
    addresses, integers of shape ``(32,)``, each lane asking for ``width`` bytes. A row is a line, a cell a
    sector, a square a word of 4 bytes. Words that a lane asked for are dark with a dot, words that came along
    are light, and the rest of the line stays empty. Numbers are those of :mod:`smsim.timing.coalesce`.
    """
    panels = {name: _lanes(way, width) for name, way in ways.items()}
    if not panels:
        raise ValueError("there is nothing to draw: give at least one access")
    spans = [_span(_touched_lines(*panel).size) for panel in panels.values()]
    fig = figure(height=0.24 * sum(spans) + 0.34 * len(spans) + 0.4)
    grid = fig.add_gridspec(len(panels), 1, height_ratios=spans)
    for number, (name, panel) in enumerate(panels.items()):
        _draw_panel(fig.add_subplot(grid[number]), name, *panel)
    _legend(fig)
    return fig


def summary(address: np.ndarray, active: np.ndarray, width: int) -> tuple[int, int, int, int]:
    """``(sectors, lines, bytes wanted, bytes moved)`` of one access; bytes that two lanes share count once.

    Args:
        address, active: byte addresses and which lanes take part, both of shape ``(32,)``.
        width: bytes that each lane asks for.
    """
    from smsim.timing import coalesce

    sectors = int(coalesce.sectors(address[None], active[None], width)[0])
    lines = int(coalesce.lines(address[None], active[None], width)[0])
    asked = np.unique(address[active][:, None] + np.arange(width)).size
    return sectors, lines, asked, sectors * coalesce.SECTOR_BYTES


def _lanes(way: np.ndarray | Access, width: int) -> tuple[np.ndarray, np.ndarray, int]:
    if hasattr(way, "offset"):
        address, active, width = way.offset, way.active, way.width
    else:
        address = np.asarray(way)
        active = np.ones(address.shape, bool)
    if address.shape != (32,) or address.dtype.kind not in "iu":
        raise ValueError(
            f"an access is 32 byte addresses, whole numbers; these are {address.dtype}, {address.shape}"
        )
    if not active.any():
        raise ValueError("no lane takes part in this access, so there is nothing to draw")
    return address.astype(np.int64), active, width


def _touched_lines(address: np.ndarray, active: np.ndarray, width: int) -> np.ndarray:
    from smsim.timing.coalesce import LINE_BYTES

    ends = np.concatenate([address[active], address[active] + width - 1])
    return np.unique(ends // LINE_BYTES)


def _span(lines: int) -> float:
    """Height of a panel in rows: what is left out takes a row of words."""
    return lines if lines <= ROWS else ROWS + 1


def _draw_panel(axes: Axes, name: str, address: np.ndarray, active: np.ndarray, width: int) -> None:
    from matplotlib.patches import Rectangle

    from smsim.timing.coalesce import LINE_BYTES, SECTOR_BYTES

    lines = _touched_lines(address, active, width)
    shown = lines[:ROWS]
    words = np.unique((address[active][:, None] + np.arange(width)) // WORD)
    moved = set((words // (SECTOR_BYTES // WORD)).tolist())
    asked = set(words.tolist())
    for row, line in enumerate(shown):
        for word in range(LINE_BYTES // WORD):
            at = int(line) * (LINE_BYTES // WORD) + word
            came = at // (SECTOR_BYTES // WORD) in moved
            colour = ASKED if at in asked else MOVED if came else palette.untouched
            axes.add_patch(Rectangle((word + 0.08, row + 0.14), 0.84, 0.72, facecolor=colour, linewidth=0))
            if at in asked:
                axes.plot(word + 0.5, row + 0.5, "o", color="white", markersize=2.2)
        for sector in range(LINE_BYTES // SECTOR_BYTES):
            axes.add_patch(
                Rectangle((8 * sector, row + 0.04), 8, 0.92, fill=False, edgecolor=palette.faint, linewidth=1)
            )
        axes.text(-0.5, row + 0.55, str(int(line) * LINE_BYTES), ha="right", va="center", color=palette.faint)
    sectors, count, wanted, bytes_moved = summary(address, active, width)
    pieces = f"{sectors} sector{'s' * (sectors != 1)} in {count} line{'s' * (count != 1)}"
    said = f"{pieces}, {wanted} of {bytes_moved} bytes wanted"
    axes.set_title(f"{name}: {said}" if len(name) < 9 else f"{name}:\n{said}", loc="left", fontsize=11)
    if count > len(shown):
        axes.text(
            0, len(shown) + 0.5, f"and {count - len(shown)} more lines", va="center", color=palette.faint
        )
    axes.set_xlim(-5, 32.2)
    axes.set_ylim(_span(count), 0)
    axes.axis("off")


def _legend(fig: Figure) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks = [
        Line2D([], [], marker="s", color=ASKED, markersize=9, linewidth=0, label="wanted (dot)"),
        Patch(facecolor=MOVED, label="came along"),
        Patch(facecolor=palette.untouched, edgecolor=palette.line, label="not moved"),
    ]
    fig.legend(handles=marks, loc="outside lower left", ncols=3, columnspacing=1.0, handletextpad=0.4)
