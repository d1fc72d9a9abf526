"""What several kernels cost, one panel a kind of cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.facts.units import number
from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from labkit.comparison import Comparison


def draw_costs(comparison: Comparison, *, title: str = "") -> Figure:
    """Draw one panel a column and one bar a kernel, each with its figure beside it.

    Panels have scales of their own: bars are compared within a panel, never between two. A kernel keeps
    its colour from panel to panel.
    """
    names = list(comparison.rows)
    if not names or not comparison.columns:
        raise ValueError("there is nothing to compare")
    each = 0.27 * len(names) + 0.42
    fig = figure(height=each * len(comparison.columns) + (0.45 if title else 0.1))
    panels = fig.subplots(len(comparison.columns), 1, squeeze=False)[:, 0]
    for at, (axes, column) in enumerate(zip(panels, comparison.columns, strict=True)):
        figures = [comparison.rows[name][at] for name in names]
        most = max(figures) or 1
        for row, value in enumerate(figures):
            axes.barh(row, value, 0.72, color=palette.of(row), edgecolor=palette.ink, linewidth=0.6)
            axes.text(value + 0.015 * most, row, number(value), va="center", color=palette.ink)
        axes.set_xlim(0, most * 1.2)
        axes.set_ylim(len(names) - 0.45, -0.55)
        axes.set_yticks(range(len(names)), names)
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.spines["bottom"].set_visible(False)
        axes.set_title(column, loc="left", fontsize=11, color=palette.faint)
    if title:
        fig.suptitle(title, x=0.02, ha="left", fontsize=12)
    return fig
