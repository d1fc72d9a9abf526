"""Figures of chapter 16: the time of a step, and what the network gets, against the SMs that are given away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trainmath.reserve import Sweep

_STYLES = ("-", "--", "-.", ":")
_MARKS = "osD^v"


def draw_sweeps(sweeps: Mapping[str, Sweep], *, most: int = 60) -> Figure:
    """Step times in ms against k, one line a case, and a mark at each line's best k.

    Args:
        sweeps: case to its sweep.
        most: the largest k that is drawn.

    Raises:
        ValueError: there is no sweep.
    """
    if not sweeps:
        raise ValueError("draw_sweeps needs one sweep at least")
    fig = figure(height=3.2)
    axes = fig.subplots()
    lowest = min(float(sweep.step.min()) for sweep in sweeps.values())
    for n, (name, sweep) in enumerate(sweeps.items()):
        shown = sweep.k <= most
        style, colour = _STYLES[n % len(_STYLES)], palette.of(n)
        axes.plot(sweep.k[shown], 1e3 * sweep.step[shown], style, color=colour, label=f"{name}: {sweep.best}")
        if sweep.best <= most:
            axes.plot([sweep.best], [1e3 * sweep.at(sweep.best)], _MARKS[n % len(_MARKS)], color=colour)
    axes.set_ylim(0.9e3 * lowest, 2.0e3 * lowest)
    axes.set_xlim(0, most)
    axes.set_xlabel("SMs that move data, k")
    axes.set_ylabel("step, ms")
    fig.legend(loc="outside lower center", ncols=1, title="case: best k")
    return fig


def draw_bandwidth(
    lines: Mapping[str, tuple[Sequence[int], Sequence[float]]],
    published: Mapping[str, tuple[float, float]],
    link: float,
) -> Figure:
    """GB/s on the network against k: lines that are modelled, points that are published, and the link's rate.

    Args:
        lines: case to ``(k, GB/s)``.
        published: words to ``(k, GB/s)``.
        link: GB/s of the link.

    Raises:
        ValueError: there is no line.
    """
    if not lines:
        raise ValueError("draw_bandwidth needs one line at least")
    fig = figure(height=2.6 + 0.24 * (len(lines) + len(published)))
    axes = fig.subplots()
    for n, (name, (k, rate)) in enumerate(lines.items()):
        axes.plot(np.asarray(k), rate, _STYLES[n % len(_STYLES)], color=palette.of(n), label=name)
    for n, (name, (k, rate)) in enumerate(published.items()):
        axes.plot(
            [k], [rate], _MARKS[n % len(_MARKS)], color=palette.ink, markersize=8, label=name, linestyle=""
        )
    axes.axhline(link, color=palette.faint, linewidth=1)
    axes.text(axes.get_xlim()[1], link, f"link: {link:g} ", ha="right", va="bottom", color=palette.faint)
    axes.set_ylim(0, 1.12 * axes.get_ylim()[1])
    axes.set_xlim(left=0)
    axes.set_xlabel("SMs that move data, k")
    axes.set_ylabel("GB/s of a GPU")
    fig.legend(loc="outside lower center", ncols=1)
    return fig
