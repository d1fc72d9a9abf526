"""The plan of a GPU: all its SMs, and one of them opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.facts.table import fact
from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What the plan of the H800 shows: every number in it is one of these, or one divided by another.
PARTS = (
    "h800.sms",
    "h800.subpartitions_per_sm",
    "hopper.issue",
    "hopper.fp32_lanes",
    "hopper.tensor_cores",
    "h800.registers_per_sm",
    "h800.max_warps_per_sm",
    "h800.l1_and_shared_bytes",
)
_COLUMNS = 22
_WIDE = 22.0


def draw_sm_plan(*, marked: int = 0) -> Figure:
    """Draw the plan of an H800: a square for each SM, and one SM with its four partitions.

    The first ``marked`` SMs get another colour and a dot, for chapters that give some of them another job.
    """
    sms = int(fact("h800.sms"))
    if not 0 <= marked <= sms:
        raise ValueError(f"marked must be between 0 and the {sms} SMs, not {marked}")
    rows = -(-sms // _COLUMNS)
    fig = figure(height=6.3)
    axes = fig.add_subplot()
    axes.text(0, -0.4, f"{sms} SMs", va="bottom", color=palette.ink)
    for number in range(sms):
        row, column = divmod(number, _COLUMNS)
        _box(axes, column + 0.08, row + 0.08, 0.84, 0.84, palette.of(1 if number < marked else 0))
        if number < marked:
            axes.plot(column + 0.5, row + 0.5, "o", color=palette.ink, markersize=3)
    opened = sms - 1
    column, row = opened % _COLUMNS, opened // _COLUMNS
    top = rows + 1.9
    for x, there in ((column, 0.0), (column + 1, _WIDE)):
        axes.plot([x, there], [row + 1, top], color=palette.faint, linewidth=1)
    _draw_sm(axes, top)
    axes.set_xlim(-0.1, _WIDE + 0.1)
    axes.set_ylim(top + 20.7, -1.5)
    axes.axis("off")
    return fig


def _draw_sm(axes: Axes, top: float) -> None:
    partitions = int(fact("h800.subpartitions_per_sm"))
    _box(axes, 0, top, _WIDE, 20.5, palette.card, palette.ink)
    axes.text(0.4, top + 0.75, "one SM", va="center", color=palette.ink)
    for number in range(partitions):
        row, column = divmod(number, 2)
        _draw_partition(axes, 0.4 + 10.7 * column, top + 1.5 + 8.3 * row, partitions)
    _box(axes, 0.4, top + 18.2, _WIDE - 0.8, 1.9, palette.untouched)
    shared = str(fact("h800.l1_and_shared_bytes"))
    axes.text(_WIDE / 2, top + 19.15, f"{shared} of L1 cache and shared memory", ha="center", va="center")


def _draw_partition(axes: Axes, left: float, top: float, partitions: int) -> None:
    wide = 10.5
    lanes = int(fact("hopper.fp32_lanes")) // partitions
    warps = int(fact("h800.max_warps_per_sm")) // partitions
    registers = int(fact("h800.registers_per_sm")) // partitions
    tensor = int(fact("hopper.tensor_cores")) // partitions
    _box(axes, left, top, wide, 8.0, palette.untouched)
    _box(axes, left + 0.3, top + 0.3, wide - 0.6, 1.7, palette.of(1))
    _say(axes, left + wide / 2, top + 1.15, "1 warp scheduler", palette.of(1))
    _say(axes, left + wide / 2, top + 2.65, f"up to {warps} warps", palette.untouched)
    for lane in range(lanes):
        row, column = divmod(lane, lanes // 2)
        step = (wide - 0.6) / (lanes // 2)
        _box(axes, left + 0.3 + column * step, top + 3.3 + 0.62 * row, step * 0.84, 0.52, palette.of(0))
    _say(axes, left + wide / 2, top + 5.15, f"{lanes} FP32 lanes", palette.untouched)
    _box(axes, left + 0.3, top + 5.75, wide - 0.6, 1.05, palette.of(2))
    name = "tensor core" if tensor == 1 else "tensor cores"
    _say(axes, left + wide / 2, top + 6.27, f"{tensor} {name}", palette.of(2))
    _say(axes, left + wide / 2, top + 7.4, f"{registers:,} registers", palette.untouched)


def _box(
    axes: Axes, left: float, top: float, wide: float, high: float, colour: str, edge: str | None = None
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((left, top), wide, high, facecolor=colour, edgecolor=edge or "none", linewidth=1)
    )


def _say(axes: Axes, x: float, y: float, text: str, ground: str) -> None:
    axes.text(x, y, text, ha="center", va="center", color=palette.text_on(ground))
