"""How often each element of an array was touched, for one way of doing it beside another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = ("-", "--", ":", "-.")


def draw_touches(counts: Mapping[str, np.ndarray], *, what: str = "reads", title: str = "") -> Figure:
    """Draw one stepped line a way: element index to the right, touches of that element upwards.

    ``counts`` maps a name to an integer array of shape ``(n,)``; all have one length. A kernel that adds 1
    to ``counts[k]`` whenever it touches element ``k`` makes them. Lines differ in colour and in dashes, and
    the legend gives each one's total.
    """
    arrays = {name: np.asarray(values) for name, values in counts.items()}
    shapes = {values.shape for values in arrays.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1 or not next(iter(shapes))[0]:
        raise ValueError(f"counts must be one-dimensional arrays of one length, not {sorted(shapes)}")
    fig = figure(height=2.6 + 0.25 * len(arrays))
    axes = fig.add_subplot()
    for number, (name, values) in enumerate(arrays.items()):
        axes.stairs(
            values,
            np.arange(values.size + 1) - 0.5,
            baseline=None,
            color=palette.of(number if number < 2 else number + 1),
            linestyle=STYLES[number % len(STYLES)],
            linewidth=2.4,
            label=f"{name}: {int(values.sum()):,} {what}",
        )
    top = max(int(values.max()) for values in arrays.values())
    axes.set_ylim(0, top * 1.12 + 0.3)
    axes.set_xlim(-0.5, next(iter(arrays.values())).size - 0.5)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("element")
    axes.set_ylabel(f"{what} of it")
    if title:
        axes.set_title(title, loc="left")
    fig.legend(loc="outside lower left", borderaxespad=0.4)
    return fig
