"""Models in pictures: where parameters lie, what a longer sequence costs, how far a chain of figures is off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo", "++")
#: Parts below this share of a bar are put together, since nobody could see them.
_SMALL = 0.015


def draw_parts(by_part: Mapping[str, tuple[float, float]]) -> Figure:
    """Two bars, each as long as the other: all stored parameters by part, and those that one token meets.

    ``by_part`` is ``{part: (stored, active)}``. Parts too thin to see are one part, *the rest*.
    """
    stored = np.array([pair[0] for pair in by_part.values()], dtype=float)
    active = np.array([pair[1] for pair in by_part.values()], dtype=float)
    thin = np.maximum(stored / stored.sum(), active / active.sum()) < _SMALL
    names = [name for name, small in zip(by_part, thin, strict=True) if not small]
    bars = [np.append(v[~thin], v[thin].sum()) for v in (stored, active)]
    names += ["the rest"] if thin.any() else []
    fig = figure(height=3.6)
    axes = fig.subplots()
    for row, values in enumerate(bars):
        left = 0.0
        shares = 100 * values / values.sum()
        for number, (name, share) in enumerate(zip(names, shares, strict=False)):
            axes.barh(
                [row],
                [share],
                left=[left],
                height=0.5,
                color=palette.of(number),
                edgecolor=palette.card,
                hatch=_HATCHES[number % len(_HATCHES)],
                label=name if row == 0 else None,
            )
            left += share
        text = f"{'stored' if row == 0 else 'met by one token'}: {values.sum() / 1e9:,.4g} billion"
        axes.annotate(text, (0, row - 0.31), va="bottom", fontsize=11)
    axes.set_ylim(1.4, -0.75)
    axes.set_xlim(0, 100)
    axes.set_yticks([])
    axes.set_xlabel("% of the bar's parameters")
    axes.spines["left"].set_visible(False)
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def draw_flop_by_length(lengths: np.ndarray, matrices: float, attention: np.ndarray, here: float) -> Figure:
    """GFLOP a trained token against sequence length: the matrices' part is level, attention grows.

    ``matrices`` is in FLOP, ``attention`` in FLOP with one entry a length; ``here`` is the length in use.
    """
    lengths, attention = np.asarray(lengths, float), np.asarray(attention, float) / 1e9
    if lengths.shape != attention.shape:
        raise ValueError("attention needs one entry for each length.")
    level = np.full(len(lengths), matrices / 1e9)
    fig = figure(height=3.2)
    axes = fig.subplots()
    axes.fill_between(lengths, 0, level, color=palette.of(0), label="matrices, 6N")
    axes.fill_between(
        lengths,
        level,
        level + attention,
        color=palette.of(1),
        hatch="//",
        edgecolor=palette.card,
        label="attention",
    )
    axes.set_xscale("log", base=2)
    axes.set_xticks([2**k for k in range(10, 18)], [f"{2**k // 1024}K" for k in range(10, 18)])
    axes.axvline(here, color=palette.ink, linewidth=1.5, linestyle=":")
    axes.set_xlim(lengths.min(), lengths.max())
    axes.set_ylim(0, None)
    axes.set_xlabel("sequence length, tokens")
    axes.set_ylabel("GFLOP a token")
    axes.legend(loc="upper left", frameon=True, facecolor=palette.card, edgecolor=palette.card, framealpha=1)
    return fig


def draw_links(links: Mapping[str, tuple[float, float]], *, band: float = 1.0) -> Figure:
    """How far each link, ``{label: (computed, published)}``, is off, in percent; the band is ``± band``."""
    fig = figure(height=1.0 + 0.5 * len(links))
    axes = fig.subplots()
    axes.axvspan(-band, band, color=palette.untouched, zorder=0)
    axes.axvline(0, color=palette.faint, linewidth=1)
    for row, (label, (computed, published)) in enumerate(links.items()):
        off = 100 * (computed / published - 1)
        inside = abs(off) <= band
        axes.plot([0, off], [row, row], color=palette.of(0) if inside else palette.wrong, linewidth=2)
        axes.plot([off], [row], "o" if inside else "X", color=palette.of(0) if inside else palette.wrong)
        axes.annotate(f"{label}  {off:+.2f} %", (-1.95 * band, row - 0.16), va="bottom", fontsize=11)
    axes.set_xlim(-2 * band, 2 * band)
    axes.set_ylim(len(links) - 0.5, -0.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("computed against published, %")
    return fig
