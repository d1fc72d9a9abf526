"""A pipeline schedule as the papers draw it: one row a device, time to the right, a box for each piece of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trainmath.pipeline import Timed

#: Kind of work: its place in the palette, its hatch, and its name in the legend.
_LOOKS = {
    "F": (4, None, "forward, F"),
    "B": (1, None, "backward, B"),
    "I": (3, "\\\\\\", "backward for inputs"),
    "W": (2, "...", "backward for weights, W"),
    "F&B": (0, "xx", "forward and backward, F&B"),
}


def draw_pipeline(schedules: Timed | Sequence[Timed], *, unit: str = "F", numbers: bool = True) -> Figure:
    """Draw one schedule or several, one below the other on one time axis.

    Args:
        schedules: as :func:`trainmath.pipeline.run` gives them.
        unit: what the times count, for the axis.
        numbers: whether plain boxes carry their micro-batch's number where there is room.

    Raises:
        ValueError: there is nothing to draw.
    """
    from matplotlib.patches import Patch

    several = list(schedules) if isinstance(schedules, Sequence) else [schedules]
    if not several:
        raise ValueError("draw_pipeline needs one schedule at least")
    end = max(timed.duration for timed in several)
    rows = [timed.order.stages for timed in several]
    fig = figure(height=0.24 * sum(rows) + 0.55 * len(rows) + 1.0)
    panels = fig.subplots(len(several), 1, sharex=True, height_ratios=rows, squeeze=False)[:, 0]
    kinds: set[str] = set()
    for axes, timed in zip(panels, several, strict=True):
        for device, pieces in enumerate(timed.pieces):
            for piece in pieces:
                kind = "F&B" if len(piece.slot) == 2 else piece.slot[0].kind
                kinds.add(kind)
                place, hatch, _ = _LOOKS[kind]
                colour, width = palette.of(place), piece.end - piece.start
                axes.barh(
                    device, width, 0.9, piece.start,
                    color=colour, hatch=hatch, edgecolor=palette.ink, linewidth=0.6, hatch_linewidth=0.5,
                )  # fmt: skip
                text = "" if hatch else str(piece.slot[0]).lstrip("FB")
                if numbers and text and width >= 0.012 * end * (len(text) + 0.5):
                    axes.text(
                        (piece.start + piece.end) / 2, device, text, ha="center", va="center",
                        color=palette.text_on(colour), fontsize=8,
                    )  # fmt: skip
        _label(axes, timed)
    panels[-1].set_xlim(0, end * 1.01)
    panels[-1].set_xlabel(f"time in {unit}")
    handles = [
        Patch(
            facecolor=palette.of(place), hatch=hatch, edgecolor=palette.ink, hatch_linewidth=0.5, label=name
        )
        for kind, (place, hatch, name) in _LOOKS.items()
        if kind in kinds
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=2)
    return fig


def _label(axes: object, timed: Timed) -> None:
    stages = timed.order.stages
    axes.set_yticks(range(stages), [str(n) if stages <= 12 or n % 4 == 0 else "" for n in range(stages)])
    axes.set_ylim(stages - 0.45, -0.55)
    axes.set_ylabel("device")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_facecolor(palette.untouched)
    share = 100 * timed.bubble_share
    axes.set_title(f"{timed.order.name}: {timed.duration:g}, idle {share:.0f} %", loc="left", fontsize=11)
