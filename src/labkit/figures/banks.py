"""Shared memory as it is laid out: rows of 32 words, one column a bank, and where a warp's lanes read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BANKS = 32
WORD = 4  # bytes


def draw_banks(accesses: Mapping[str, np.ndarray], *, title: str = "") -> Figure:
    """Draw one panel an access: which words of shared memory the lanes of a warp want at once.

    ``accesses`` maps a name to the byte addresses of the lanes, integers of shape ``(lanes,)``. A column is
    a bank, a row is 32 words next to each other. A bank serves one word at a time: columns that hold more
    than one mark are drawn in the colour of trouble, with crosses instead of discs.
    """
    fig = figure(height=3.3 if not title else 3.6)
    panels = fig.subplots(1, len(accesses), squeeze=False, sharey=True)[0]
    words = {name: np.unique(np.asarray(a, dtype=np.int64) // WORD) for name, a in accesses.items()}
    rows = max(int(w.max()) // BANKS for w in words.values()) + 1
    for axes, (name, wanted) in zip(panels, words.items(), strict=True):
        _draw_panel(axes, wanted, rows)
        axes.set_title(name, fontsize=11, loc="left")
    panels[0].set_ylabel("row of 32 words")
    if title:
        fig.suptitle(title, x=0.02, ha="left", fontsize=12)
    return fig


def _draw_panel(axes: Axes, words: np.ndarray, rows: int) -> None:
    bank, row = words % BANKS, words // BANKS
    crowded = np.bincount(bank, minlength=BANKS)[bank] > 1
    for edge in range(0, BANKS + 1, 4):
        axes.axvline(edge - 0.5, color=palette.untouched, linewidth=1, zorder=0)
    axes.scatter(bank[~crowded], row[~crowded], s=22, marker="o", color=palette.of(0), linewidth=0)
    axes.scatter(bank[crowded], row[crowded], s=24, marker="x", color=palette.wrong, linewidth=1.8)
    axes.set_xlim(-1, BANKS)
    axes.set_ylim(rows - 0.3, -0.7)
    axes.set_xticks([0, 8, 16, 24, 31])
    axes.set_yticks(sorted({0, rows // 2, rows - 1}))
    axes.set_xlabel("bank")
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
