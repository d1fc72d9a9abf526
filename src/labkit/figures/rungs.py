"""Figures of a ladder of kernels: speeds beside published ones, and where the warps' cycles went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from labkit.facts.units import number
from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: A reason below this share of a bar is drawn without its figure.
READABLE = 0.11


def draw_speeds(modelled: Mapping[str, float], published: Mapping[str, float]) -> Figure:
    """Two bars a kernel, in TFLOP/s from FLOP/s, both on one scale; a published one may stand alone."""
    names = list(dict.fromkeys([*modelled, *published]))
    if not names:
        raise ValueError("there is nothing to draw")
    fig = figure(height=0.62 * len(names) + 0.7)
    axes = fig.subplots()
    most = max([*modelled.values(), *published.values()]) / 1e12
    series = (
        ("modelled", modelled, -0.2, palette.series[0]),
        ("published", published, 0.2, palette.series[1]),
    )
    for label, speeds, shift, colour in series:
        places = [row + shift for row, name in enumerate(names) if name in speeds]
        values = [speeds[name] / 1e12 for name in names if name in speeds]
        axes.barh(places, values, 0.36, color=colour, edgecolor=palette.ink, linewidth=0.6, label=label)
        for place, value in zip(places, values, strict=True):
            axes.text(value + 0.01 * most, place, number(value), va="center", color=palette.ink)
    axes.set_xlim(0, 1.16 * most)
    axes.set_xlabel("TFLOP/s")
    _rows(axes, names)
    fig.legend(loc="outside upper left", ncols=2)
    return fig


def draw_reasons(
    stalls: Mapping[str, Mapping[str, float]], titles: Mapping[str, str], most: int = 6
) -> Figure:
    """One bar a kernel: the shares of its warps' cycles by reason.

    Args:
        stalls: a kernel's name to ``profile.stalls``.
        titles: a reason to the words in the legend.
        most: reasons that get a colour of their own, those with the largest shares; the rest is *other*.
    """
    if not stalls:
        raise ValueError("there is nothing to draw")
    shares = {name: {r: v / sum(found.values()) for r, v in found.items()} for name, found in stalls.items()}
    reasons = sorted({r for found in shares.values() for r in found}, key=lambda r: _largest(shares, r))[::-1]
    shown, names = reasons[:most], list(stalls)
    fig = figure(height=0.5 * len(names) + 0.35 * (len(shown) // 2 + 1) + 0.6)
    axes = fig.subplots()
    left = [0.0] * len(names)
    for at, reason in enumerate([*shown, "other"]):
        widths = [_width(shares[name], reason, shown) for name in names]
        colour = palette.of(at) if reason != "other" else palette.untouched
        axes.barh(
            range(len(names)),
            widths,
            0.7,
            left,
            color=colour,
            edgecolor=palette.ink,
            linewidth=0.6,
            label=titles.get(reason, reason),
        )
        for row, width in enumerate(widths):
            if width >= READABLE:
                ink = palette.text_on(colour)
                axes.text(
                    left[row] + width / 2, row, f"{100 * width:.0f} %", ha="center", va="center", color=ink
                )
        left = [begun + width for begun, width in zip(left, widths, strict=True)]
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    _rows(axes, names)
    fig.legend(loc="outside lower left", ncols=2)
    return fig


def _largest(shares: Mapping[str, Mapping[str, float]], reason: str) -> tuple[float, str]:
    return max(found.get(reason, 0.0) for found in shares.values()), reason


def _width(found: Mapping[str, float], reason: str, shown: Sequence[str]) -> float:
    if reason == "other":
        return max(0.0, sum(v for r, v in found.items() if r not in shown))
    return found.get(reason, 0.0)


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
