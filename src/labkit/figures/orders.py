"""Every order in which a few warps may take their steps, each with how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_orders(
    orders: Sequence[Sequence[tuple[int, str]]], wrong: Sequence[int], *, title: str = ""
) -> Figure:
    """Draw one row an order: its steps from left to right, then the number of wrong elements.

    ``orders`` holds sequences of ``(warp, step)``, such as ``(0, "write")``; ``wrong`` has one count for
    each. A box's colour is its warp, its words say so too; a row that ends well carries a tick.
    """
    if not orders or len(orders) != len(wrong):
        raise ValueError(f"as many counts as orders are needed, not {len(wrong)} for {len(orders)}")
    fig = figure(height=0.46 * len(orders) + (0.75 if title else 0.5))
    axes = fig.add_subplot()
    steps = max(len(order) for order in orders)
    for row, (order, count) in enumerate(zip(orders, wrong, strict=True)):
        for column, (warp, step) in enumerate(order):
            _draw_step(axes, row, column, warp, step)
        verdict = "✓ right" if count == 0 else f"✗ {count} wrong"
        axes.text(
            steps + 0.12,
            row + 0.5,
            verdict,
            va="center",
            color=palette.ink,
            fontweight="normal" if count == 0 else "bold",
        )
    axes.text(0.02, -0.12, "first", color=palette.faint, va="bottom")
    axes.text(steps - 0.02, -0.12, "last", color=palette.faint, va="bottom", ha="right")
    axes.set_xlim(-0.02, steps + 1.25)
    axes.set_ylim(len(orders) + 0.02, -0.55)
    axes.axis("off")
    if title:
        axes.set_title(title, loc="left")
    return fig


def _draw_step(axes: Axes, row: int, column: int, warp: int, step: str) -> None:
    from matplotlib.patches import Rectangle

    colour = palette.of(warp)
    axes.add_patch(
        Rectangle(
            (column + 0.02, row + 0.08), 0.96, 0.84, facecolor=colour, edgecolor=palette.ink, linewidth=0.8
        )
    )
    axes.text(
        column + 0.5,
        row + 0.52,
        f"{step} {warp}",
        ha="center",
        va="center",
        color=palette.text_on(colour),
    )
