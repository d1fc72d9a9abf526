"""Figures of chapter 14: what the links carry, against the experts of a token; how uneven experts are liked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = "osD^v"


def draw_links(
    experts: Sequence[int], times: Mapping[str, Sequence[float]], *, unit: str, marked: Mapping[str, float]
) -> Figure:
    """One line for each link: how long it is taken, against the number of experts that a token visits.

    Args:
        experts: numbers of experts, ascending.
        times: link to its times, one for each of ``experts``.
        unit: of the times.
        marked: words to numbers of experts, each drawn as an upright line.

    Raises:
        ValueError: a line has not as many values as there are numbers of experts.
    """
    for name, values in times.items():
        if len(values) != len(experts):
            raise ValueError(f"{name} has {len(values)} values for {len(experts)} numbers of experts")
    fig = figure(height=3.0)
    axes = fig.subplots()
    for n, (name, values) in enumerate(times.items()):
        axes.plot(experts, values, marker=_MARKS[n % len(_MARKS)], markersize=5, label=name)
    top = 1.3 * max(max(values) for values in times.values())
    for n, (name, place) in enumerate(marked.items()):
        axes.axvline(place, color=palette.faint, linewidth=1, linestyle="--")
        axes.text(place + 0.2, top * (0.93 - 0.1 * n), name, ha="left", va="center", color=palette.ink)
    axes.set_ylim(0, top)
    axes.set_xlabel("experts of a token")
    axes.set_ylabel(f"busiest link, {unit}")
    fig.legend(loc="outside lower center", ncols=len(times))
    return fig


def draw_loads(loads: Mapping[str, np.ndarray]) -> Figure:
    """Experts in order of their load, as multiples of the mean: one line for each case.

    Args:
        loads: case to tokens of each expert, ``(experts,)``.

    Raises:
        ValueError: there is no case, or one in which no expert has a token.
    """
    if not loads or any(np.sum(load) == 0 for load in loads.values()):
        raise ValueError("draw_loads needs one case at least, with tokens in each")
    fig = figure(height=2.8)
    axes = fig.subplots()
    for (name, load), style in zip(loads.items(), ("-", "--", ":", "-."), strict=False):
        load = np.sort(np.asarray(load, float))[::-1]
        axes.plot(np.arange(1, load.size + 1), load / load.mean(), style, label=name)
    axes.axhline(1, color=palette.faint, linewidth=1)
    axes.set_yscale("log")
    axes.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.set_xlabel("experts, the most visited first")
    axes.set_ylabel("load, times the mean")
    axes.set_ylim(bottom=0.004)
    fig.legend(loc="outside lower center", ncols=2)
    return fig
