"""Threads as lanes, their accesses as marks in the order of a run, and an arrow where one happened before another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.figures.style import WIDTH, figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from labkit.figures.accesses import Access, Watched

_HEIGHT = 0.68  # of a box, of the row that it stands in


def draw_happens_before(watched: Watched, *, title: str = "") -> Figure:
    """Draw what :func:`labkit.figures.accesses.watch` noted: one column a thread, time from top to bottom.

    A line down a column is the thread's own order. An arrow from one thread to another says that all up to its
    tail happened before all from its head on. A zigzag joins two accesses that race.
    """
    if not watched.accesses:
        raise ValueError("there is no access to draw")
    rows = len(watched.accesses)
    fig = figure(height=0.56 * rows + (0.85 if title else 0.6), width=WIDTH)
    axes = fig.add_subplot()
    columns = len(watched.names)
    for column, name in enumerate(watched.names):
        axes.text(column, -0.75, name, ha="center", va="center", fontweight="bold")
        mine = [n for n, one in enumerate(watched.accesses) if one.thread == column]
        if mine:
            axes.plot([column] * 2, [mine[0], mine[-1]], color=palette.line, linewidth=1.5, zorder=1)
    for number, one in enumerate(watched.accesses):
        _draw_box(axes, number, one)
    for tail, head in handovers(watched):
        _draw_handover(axes, watched, tail, head)
    for one, other in sorted(watched.races):
        _draw_race(axes, watched, one, other)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.4, -1.1)
    axes.axis("off")
    if title:
        axes.set_title(title, loc="left")
    return fig


def handovers(watched: Watched) -> list[tuple[int, int]]:
    """The arrows: where an access knows of work of another thread that its thread did not know of before."""
    arrows = []
    known: dict[tuple[int, int], int] = {}
    for head, one in enumerate(watched.accesses):
        for other in range(len(watched.names)):
            latest = max((n for n in one.after if watched.accesses[n].thread == other), default=-1)
            if latest > known.get((one.thread, other), -1):
                known[one.thread, other] = latest
                arrows.append((latest, head))
    return arrows


def label(one: Access) -> str:
    """What stands in an access's box."""
    if one.kind == "fence":
        return one.spelling
    sign = {"read": "→", "write": "=", "update": "→"}[one.kind]
    times = f"  ({one.times} times)" if one.times > 1 else ""
    value = "" if one.value is None else f" {sign} {one.value:g}"
    return f"{one.spelling}\n{one.place}{value}{times}"


def _draw_box(axes: Axes, row: int, one: Access) -> None:
    from matplotlib.patches import FancyBboxPatch

    width = 0.74
    colour = palette.untouched if one.kind == "fence" else palette.card
    axes.add_patch(
        FancyBboxPatch(
            (one.thread - width / 2, row - _HEIGHT / 2), width, _HEIGHT, boxstyle="round,pad=0.02",
            facecolor=colour, edgecolor=palette.of(one.thread), linewidth=2, zorder=2,
        )
    )  # fmt: skip
    axes.text(
        one.thread, row, label(one), ha="center", va="center", zorder=3, fontsize=11, linespacing=1.05,
        family="DejaVu Sans Mono",
    )  # fmt: skip


def _sides(watched: Watched, one: int, other: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The facing edges of two boxes."""
    a, b = watched.accesses[one].thread, watched.accesses[other].thread
    towards = 0.4 if b > a else -0.4
    return (a + towards, one), (b - towards, other)


def _draw_handover(axes: Axes, watched: Watched, tail: int, head: int) -> None:
    start, end = _sides(watched, tail, head)
    axes.annotate(
        "", xy=end, xytext=start, zorder=4,
        arrowprops={"arrowstyle": "-|>", "color": palette.ink, "linewidth": 2, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip


def _draw_race(axes: Axes, watched: Watched, one: int, other: int) -> None:
    (x0, y0), (x1, y1) = _sides(watched, one, other)
    steps = 8
    xs = [x0 + (x1 - x0) * n / steps for n in range(steps + 1)]
    ys = [
        y0 + (y1 - y0) * n / steps + (0.0 if n in (0, steps) else (-1) ** n * 0.1) for n in range(steps + 1)
    ]
    axes.plot(xs, ys, color=palette.wrong, linewidth=2.5, zorder=4)
    axes.text(
        (x0 + x1) / 2, (y0 + y1) / 2, "race", color=palette.ink, ha="center", va="center", fontweight="bold", zorder=5,
        bbox={"facecolor": palette.card, "edgecolor": palette.wrong, "boxstyle": "round,pad=0.15"},
    )  # fmt: skip
