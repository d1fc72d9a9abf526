"""Who read from whom: the lanes of a warp as a row, and an arrow for every value that moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LANES = 32


def draw_shuffles(sources: Mapping[str, Sequence[int]], *, title: str = "") -> Figure:
    """Draw one panel a shuffle: from the lane that gave, above, to the lane that received, below.

    ``sources`` maps a name to ``(32,)`` lane numbers: entry ``i`` is the lane that lane ``i`` read. A kernel
    finds them by shuffling each lane's own number. A lane that received its own value is drawn as a
    dashed line with a ring at its end.
    """
    panels = {name: _lanes(given) for name, given in sources.items()}
    if not panels:
        raise ValueError("there is no shuffle to draw")
    fig = figure(height=1.0 * len(panels) + (1.0 if title else 0.75))
    for axes, (name, source) in zip(
        fig.subplots(len(panels), 1, squeeze=False, sharex=True)[:, 0], panels.items(), strict=True
    ):
        _draw_arrows(axes, 0, source, np.ones(LANES, bool))
        _draw_kept(axes, 0, source)
        _draw_row(axes, 0, np.ones(LANES, bool))
        _draw_row(axes, 1, np.ones(LANES, bool))
        axes.set_yticks([0, 1], ["from", "to"])
        axes.set_title(name, loc="left", fontsize=11, family="DejaVu Sans Mono")
        _finish(axes, 1)
    axes.set_xlabel("lane")
    if title:
        fig.suptitle(title, x=0.02, ha="left", fontsize=12)
    return fig


def draw_shuffle_steps(
    sources: Sequence[Sequence[int]], *, into: Sequence[int] = (0,), title: str = ""
) -> Figure:
    """Draw rounds of shuffles from top to bottom, and which of them a result depends on.

    ``sources`` has shape ``(rounds, 32)``: in each round lane ``i`` adds what lane ``sources[round][i]``
    held to what it held itself. ``into`` are the lanes whose last value counts. Values that reach one of
    them are filled discs and strong arrows, the number of arrows at the right; all others are computed
    too, and are drawn faintly.
    """
    rounds = [_lanes(row) for row in sources]
    if not rounds:
        raise ValueError("there is no round to draw")
    needed = needed_values(rounds, into)
    fig = figure(height=0.72 * len(rounds) + (1.25 if title else 0.95))
    axes = fig.add_subplot()
    for step, source in enumerate(rounds):
        below = needed[step + 1]
        _draw_arrows(axes, step, source, below)
        for lane in np.flatnonzero(below):
            axes.plot([lane, lane], [step, step + 1], color=palette.line, linewidth=1, zorder=1)
        useful = np.count_nonzero(below & (source != np.arange(LANES)))
        axes.text(LANES + 0.2, step + 0.5, str(useful), va="center", color=palette.ink)
    for row, values in enumerate(needed):
        _draw_row(axes, row, values)
    axes.set_yticks(range(len(rounds) + 1), ["start", *(str(r + 1) for r in range(len(rounds)))])
    axes.set_ylabel("after round")
    axes.set_xlabel("lane (at the right: values that count)")
    _finish(axes, len(rounds))
    axes.set_xlim(-0.9, LANES + 1.9)
    if title:
        axes.set_title(title, loc="left")
    return fig


def needed_values(sources: Sequence[np.ndarray], into: Sequence[int]) -> np.ndarray:
    """``(rounds + 1, 32)`` bool: the values, before the first round and after each, that reach ``into``."""
    needed = np.zeros((len(sources) + 1, LANES), bool)
    needed[-1, list(into)] = True
    for step in range(len(sources) - 1, -1, -1):
        needed[step] = needed[step + 1]
        needed[step, sources[step][needed[step + 1]]] = True
    return needed


def _lanes(given: Sequence[int]) -> np.ndarray:
    lanes = np.asarray(given)
    if lanes.shape != (LANES,) or lanes.dtype.kind not in "iu":
        raise ValueError(f"a shuffle is {LANES} lane numbers, not {lanes.dtype} of shape {lanes.shape}")
    if lanes.min() < 0 or lanes.max() >= LANES:
        raise ValueError(f"lanes are numbered 0 to {LANES - 1}; there is {lanes.min()} to {lanes.max()} here")
    return lanes.astype(np.int64)


def _draw_arrows(axes: Axes, above: float, source: np.ndarray, into: np.ndarray) -> None:
    """Arrows from ``source`` in row ``above`` to the lanes of ``into`` (bool) in the row below."""
    lane = np.arange(LANES)
    strong, pale = into & (source != lane), ~into & (source != lane)
    axes.plot(
        np.stack([source[pale], lane[pale]]),
        np.array([[above], [above + 1]]).repeat(pale.sum(), axis=1),
        color=palette.line,
        linewidth=0.8,
        zorder=0,
    )
    axes.quiver(
        source[strong],
        np.full(strong.sum(), above),
        (lane - source)[strong],
        np.full(strong.sum(), 0.93),
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.0042,
        headwidth=5,
        headlength=6,
        headaxislength=5.5,
        color=palette.of(0),
        zorder=2,
    )


def _draw_kept(axes: Axes, above: float, source: np.ndarray) -> None:
    """Lanes that received their own value."""
    kept = np.flatnonzero(source == np.arange(LANES))
    for lane in kept:
        axes.plot(
            [lane, lane], [above, above + 0.9], color=palette.wrong, linewidth=1.6, linestyle=":", zorder=2
        )
    rings = np.full(kept.size, above + 1.0)
    axes.plot(kept, rings, "o", markersize=9, markerfacecolor="none", color=palette.wrong, zorder=2)


def _draw_row(axes: Axes, row: float, filled: np.ndarray) -> None:
    lane = np.arange(LANES)
    axes.scatter(lane[filled], np.full(filled.sum(), row), s=16, color=palette.ink, zorder=3)
    axes.scatter(
        lane[~filled],
        np.full((~filled).sum(), row),
        s=14,
        facecolor=palette.card,
        edgecolor=palette.line,
        zorder=3,
    )


def _finish(axes: Axes, rows: float) -> None:
    axes.set_xlim(-0.9, LANES - 0.1)
    axes.set_ylim(rows + 0.25, -0.25)
    axes.set_xticks([0, 8, 16, 24, 31])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
