"""The roofline of profiled kernels: what each reaches, under what its arithmetic intensity allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette
from smsim.profiling.roofline import Roofline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = "osD^vP"
_DECADES = 1.0  # of intensity shown on either side of the points


def draw_roofline(rooflines: Sequence[Roofline], *, level: str = "DRAM") -> Figure:
    """Draw kernels as points under the roofs of one device.

    Args:
        rooflines: as ``smsim.profile(...).roofline()`` gives them, all of one device.
        level: the memory whose bytes count: ``"DRAM"``, ``"L2"`` or ``"L1"``.

    Raises:
        ValueError: there is nothing to draw, the devices differ, or a kernel has no floating-point
            operations or moves no bytes at that level.
    """
    if not rooflines:
        raise ValueError("draw_roofline needs one roofline at least")
    levels = [next((one for one in r.levels if one.name == level), None) for r in rooflines]
    if None in levels:
        raise ValueError(f"a roofline has the levels DRAM, L2 and L1, not {level!r}")
    if len({one.bandwidth for one in levels}) > 1 or len({(r.kind, r.peak) for r in rooflines}) > 1:
        raise ValueError("these rooflines are of different devices or number types: draw them apart")
    for r, one in zip(rooflines, levels):
        if not r.flop or not one.bytes:
            raise ValueError(f"{r.kernel} has no point: it does no floating-point work or moves no bytes")
    peak, bandwidth = rooflines[0].peak, levels[0].bandwidth
    ridge = peak / bandwidth
    least = min([one.intensity for one in levels] + [ridge]) / 10**_DECADES
    most = max([one.intensity for one in levels] + [ridge]) * 10**_DECADES
    fig = figure(height=3.2)
    axes = fig.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.plot([least, ridge, most], [least * bandwidth, peak, peak], color=palette.ink)
    axes.text(most, peak * 1.15, f"{rooflines[0].kind} peak {peak / 1e12:.3g} TFLOP/s", ha="right")
    middle = (least * ridge) ** 0.5
    axes.annotate(
        f"{level} {bandwidth / 1e12:.3g} TB/s",
        (middle, middle * bandwidth),
        (-8, 8),
        textcoords="offset points",
        ha="right",
    )
    for n, (r, one) in enumerate(zip(rooflines, levels)):
        axes.plot(
            one.intensity,
            r.achieved,
            _MARKS[n % len(_MARKS)],
            color=palette.of(n),
            markeredgecolor=palette.ink,
            markersize=9,
            label=r.kernel,
            linestyle="none",
        )
    axes.set_xlim(least, most)
    axes.set_ylim(min([r.achieved for r in rooflines] + [least * bandwidth]) / 2, peak * 3)
    axes.set_xlabel(f"FLOP for each byte of {level}")
    axes.set_ylabel("FLOP/s")
    axes.legend(loc="lower right")
    return fig
