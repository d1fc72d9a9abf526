"""The roofline: what a kernel reaches, under what memory and arithmetic allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labkit.facts.units import number
from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = "osD^v"


def draw_roofline(points: Mapping[str, tuple[float, float]], peak: float, bandwidth: float) -> Figure:
    """Draw the two roofs, and each kernel as a mark with a thread down to its arithmetic intensity.

    Args:
        points: a kernel's name to its intensity in FLOP a byte and its rate in FLOP/s, both above 0.
        peak: FLOP/s of the arithmetic.
        bandwidth: bytes a second of the memory.

    Raises:
        ValueError: there is nothing to draw, or a number is not above 0.
    """
    values = [value for point in points.values() for value in point]
    if not points or min(*values, peak, bandwidth) <= 0:
        raise ValueError("draw_roofline needs a kernel at least, and numbers above 0")
    ridge = peak / bandwidth
    intensities = [intensity for intensity, _ in points.values()]
    left, right = min([*intensities, ridge]) / 3, max([*intensities, ridge]) * 3
    lowest = min([rate for _, rate in points.values()] + [left * bandwidth]) / 2
    fig = figure(height=3.6)
    axes = fig.subplots()
    roof = np.array([left, ridge, right])
    axes.plot(roof, np.minimum(peak, roof * bandwidth) / 1e12, color=palette.ink)
    axes.axvline(ridge, color=palette.line, linestyle=":", linewidth=1.5)
    axes.annotate(
        f"ridge: {number(round(ridge, 1))}", (ridge, lowest / 1e12), (4, 4), textcoords="offset points"
    )
    for at, (name, (intensity, rate)) in enumerate(points.items()):
        colour = palette.of(at)
        axes.plot([intensity] * 2, [lowest / 1e12, rate / 1e12], color=colour, linewidth=1)
        axes.plot(intensity, rate / 1e12, _MARKS[at % 5], color=colour, markersize=9, label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")  # raised digits are too small for a phone
        axis.set_minor_formatter("")
    axes.set_xlim(left, right)
    axes.set_ylim(lowest / 1e12, 2 * peak / 1e12)
    axes.set_xlabel("arithmetic intensity, FLOP a byte")
    axes.set_ylabel("TFLOP/s")
    axes.legend(loc="upper left")
    return fig
