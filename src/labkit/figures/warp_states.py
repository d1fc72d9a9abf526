"""What an SM's warps did over time, as stacked areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette
from smsim.profiling.stalls import TITLES
from smsim.profiling.timeline import Timeline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN = 5  # reasons with a colour of their own


def draw_warp_states(found: Timeline) -> Figure:
    """Draw a profile's timeline, ``smsim.profile(...).timeline()``: warps by what they did, the largest lowest.

    Raises:
        ValueError: no warp did anything.
    """
    if not found.largest:
        raise ValueError("this timeline is empty: no warp ran")
    shown = found.largest[:_SHOWN]
    layers = [found.warps[:, found.reasons.index(reason)] for reason in shown]
    names = [TITLES[reason] for reason in shown]
    rest = found.largest[_SHOWN:]
    if rest:
        layers.append(sum(found.warps[:, found.reasons.index(reason)] for reason in rest))
        names.append("others")
    edges = np.append(found.start, found.start[-1] + found.span)
    fig = figure(height=3.2)
    axes = fig.subplots()
    base = np.zeros(len(found.warps))
    for n, (name, layer) in enumerate(zip(names, layers)):
        colour = palette.faint if name == "others" else palette.of(n)
        axes.stairs(base + layer, edges, baseline=base, fill=True, facecolor=colour, label=name)
        axes.stairs(base + layer, edges, color=palette.ink, linewidth=0.6)
        base = base + layer
    axes.set_xlim(0, edges[-1])
    axes.set_ylim(0, max(base.max() * 1.05, 1))
    axes.set_xlabel("cycles from the first issue")
    axes.set_ylabel("warps of the SM")
    fig.legend(*_upside_down(axes), loc="outside lower center", ncols=2)
    return fig


def _upside_down(axes: object) -> tuple[list, list]:
    """The legend in the order of the stack."""
    handles, labels = axes.get_legend_handles_labels()
    return handles[::-1], labels[::-1]
