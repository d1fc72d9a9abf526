"""Who works when: one row a round, one cell a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_activity(active: np.ndarray, *, warp: int = 32, title: str = "", step: str = "round") -> Figure:
    """Draw which threads took part in each round of a block's work.

    ``active`` has shape ``(rounds, threads)``; anything but 0 means that the thread took part. Filled
    cells are at work, empty ones wait. Heavier lines part the warps of ``warp`` threads; the number at
    the right is how many worked.
    """
    active = np.asarray(active) != 0
    if active.ndim != 2 or not active.size:
        raise ValueError(f"active must have the shape (rounds, threads), not {active.shape}")
    rounds, threads = active.shape
    fig = figure(height=0.3 * rounds + (1.1 if title else 0.8))
    axes = fig.add_subplot()
    for row in range(rounds):
        colours = [palette.of(t // warp) if on else palette.untouched for t, on in enumerate(active[row])]
        axes.bar(np.arange(threads), 0.8, bottom=row + 0.1, width=0.8, color=colours, align="edge")
        working = int(active[row].sum())
        axes.text(threads + 0.015 * threads, row + 0.5, str(working), va="center", color=palette.ink)
    for edge in range(0, threads + 1, warp):
        axes.axvline(edge - 0.1, color=palette.faint, linewidth=1)
    axes.set_xlim(-0.5, threads * 1.07)
    axes.set_ylim(rounds, 0)
    axes.set_yticks(np.arange(rounds) + 0.5, [str(r) for r in range(rounds)])
    axes.set_ylabel(step)
    axes.set_xticks(
        [*range(0, threads, max(warp // 2, 1))], [*map(str, range(0, threads, max(warp // 2, 1)))]
    )
    axes.set_xlabel("thread (at the right: how many work)")
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    if title:
        axes.set_title(title, loc="left")
    return fig
