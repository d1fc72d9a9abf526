"""Ranges on one axis: where a quantity may lie, how it is known, and a published figure to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What a mark looks like: filled where a source stands behind it, hollow and dashed where the book assumes.
_KNOWN = ("measured", "published", "computed")


def draw_ranges(
    rows: Mapping[str, tuple[float, float, str]], *, unit: str, log: bool = True, line: float | None = None
) -> Figure:
    """One bar a row: ``{label: (low, high, mark)}``, ends in ``unit``. A row without width is a disc.

    Bars of measured, published or computed figures are filled; assumed or recalled ones are hollow, and the
    mark stands behind each label. ``line`` draws a value to compare with across all rows.
    """
    if not rows:
        raise ValueError("there is nothing to draw: give at least one row.")
    for label, (low, high, _) in rows.items():
        if low > high or (log and low <= 0):
            raise ValueError(
                f"{label!r} goes from {low} to {high}: lower end first, and above 0 on a log axis."
            )
    fig = figure(height=0.9 + 0.62 * len(rows))
    axes = fig.subplots()
    if log:
        axes.set_xscale("log")
    for number, (label, (low, high, mark)) in enumerate(rows.items()):
        _bar(axes, number, low, high, mark in _KNOWN)
        axes.annotate(
            f"{label} ({mark})",
            (0, number - 0.28),
            xycoords=("axes fraction", "data"),
            va="bottom",
            fontsize=11,
            # On the card's colour, so that the dotted line does not run through the words.
            bbox={"facecolor": palette.card, "edgecolor": "none", "pad": 1},
        )
    if line is not None:
        axes.axvline(line, color=palette.ink, linewidth=1, linestyle=":", zorder=0)
    if log:
        _plain_ticks(axes, [end for low, high, _ in rows.values() for end in (low, high)])
    axes.set_ylim(len(rows) - 0.4, -0.85)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(unit)
    axes.margins(x=0.04)
    return fig


def _plain_ticks(axes: Axes, ends: Sequence[float]) -> None:
    """Numbers as one says them, not as powers of ten; 2 and 5 between them where there is room."""
    from matplotlib.ticker import LogLocator, NullFormatter

    decades = np.log10(max(ends) / min(ends))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 2.5 else (1,)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.xaxis.set_minor_formatter(NullFormatter())


def _bar(axes: Axes, row: float, low: float, high: float, known: bool) -> None:
    colour = palette.of(0) if known else palette.of(5)
    if low == high:
        axes.plot(
            [low], [row], "o", markersize=9, color=colour, markerfacecolor=colour if known else palette.card
        )
        return
    axes.barh(
        [row],
        [high - low],
        left=[low],
        height=0.34,
        color=colour if known else palette.card,
        edgecolor=colour,
        linewidth=1.6,
        linestyle="-" if known else "--",
    )


def draw_spread(samples: np.ndarray, *, unit: str, marks: Mapping[str, float] | None = None) -> Figure:
    """How draws of a result, shape ``(draws,)``, are spread: 5 % and 95 % as an interval, and the median.

    ``marks`` are other figures to compare with, ``{label: value}``, drawn as dotted lines.
    """
    samples = np.asarray(samples, dtype=float)
    if samples.ndim != 1 or samples.size < 2 or not np.isfinite(samples).all():
        raise ValueError("samples is an array of one dimension with at least two finite numbers.")
    low, middle, high = np.quantile(samples, [0.05, 0.5, 0.95])
    fig = figure(height=2.9)
    axes = fig.subplots()
    counts, edges = np.histogram(samples, bins=60)
    inside = (edges[:-1] >= low) & (edges[1:] <= high)
    colours = [palette.of(0) if i else palette.line for i in inside]
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=colours, linewidth=0)
    top = counts.max()
    axes.axvline(middle, color=palette.ink, linewidth=1.5)
    axes.plot([low, high], [1.08 * top] * 2, color=palette.ink, marker="|", markersize=12, linewidth=1.5)
    axes.plot([middle], [1.08 * top], "o", color=palette.ink)
    text = f"nine of ten between {_short(low)} and {_short(high)}, half below {_short(middle)}"
    axes.set_title(text, fontsize=11, loc="left")
    for label, value in (marks or {}).items():
        axes.axvline(value, color=palette.wrong, linewidth=1.8, linestyle=":")
        box = {"facecolor": palette.card, "edgecolor": "none", "pad": 2}
        axes.annotate(label, (value, 0.12 * top), xytext=(5, 0), textcoords="offset points", bbox=box)
    axes.set_ylim(0, 1.2 * top)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(unit)
    return fig


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def draw_break_even(
    utilisation: np.ndarray, owned: Mapping[str, np.ndarray], rent: Sequence[float], *, unit: str
) -> Figure:
    """Price of an hour of work against utilisation (0 to 1): a curve for each kind of ownership, rent as a band.

    ``owned`` is ``{label: prices}``, arrays as long as ``utilisation``; ``rent`` are the band's two ends.
    """
    low, high = rent
    if any(len(prices) != len(utilisation) for prices in owned.values()):
        raise ValueError("each curve needs as many prices as there are utilisations.")
    fig = figure(height=3.2)
    axes = fig.subplots()
    axes.axhspan(low, high, color=palette.untouched, zorder=0)
    axes.annotate("rent", (0.99, high), xycoords=("axes fraction", "data"), ha="right", va="top", fontsize=11)
    for number, (label, prices) in enumerate(owned.items()):
        style = ("-", "--", ":")[number % 3]
        axes.plot(100 * np.asarray(utilisation), prices, style, color=palette.of(number), label=label)
    axes.set_ylim(0, 2.2 * high)
    axes.set_xlim(100 * min(utilisation), 100)
    axes.set_xlabel("utilisation, % of the hours of the year")
    axes.set_ylabel(unit)
    axes.legend(loc="upper right")
    return fig
