"""What the warps of several launches waited for, one bar a launch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo", "++")
#: Reasons that take less than this share of a bar are put together as "others".
_SMALL = 0.05


def draw_stalls(stalls: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw for each launch the cycles that a warp spends for each instruction, split by reason.

    Args:
        stalls: a launch's name to its profile's ``stalls``: reason to cycles an instruction. A reason keeps
            its colour and hatching from bar to bar; the bars share one scale.

    Raises:
        ValueError: there is nothing to draw.
    """
    if not stalls or not all(any(reasons.values()) for reasons in stalls.values()):
        raise ValueError("draw_stalls needs a launch at least, and cycles in each")
    totals = {name: sum(reasons.values()) for name, reasons in stalls.items()}
    shown = [
        reason
        for reason in dict.fromkeys(r for reasons in stalls.values() for r in reasons)
        if any(reasons.get(reason, 0) >= _SMALL * totals[name] for name, reasons in stalls.items())
    ]
    rest = {name: totals[name] - sum(reasons.get(r, 0.0) for r in shown) for name, reasons in stalls.items()}
    last = ["others"] if any(cycles > 0.001 * totals[name] for name, cycles in rest.items()) else []
    widest = max(totals.values())
    rows = -(-len([*shown, *last]) // 2)
    fig = figure(height=0.62 * len(stalls) + 0.24 * rows + 0.8)
    axes = fig.subplots()
    for row, (name, reasons) in enumerate(stalls.items()):
        left = 0.0
        for at, reason in enumerate([*shown, *last]):
            cycles = rest[name] if reason == "others" else reasons.get(reason, 0.0)
            hatch = _HATCHES[at % len(_HATCHES)]
            colour = palette.line if reason == "others" else palette.of(at)
            label = reason.replace("_", " ") if row == 0 else None
            axes.barh(row, cycles, 0.46, left, color=colour, edgecolor=palette.card, hatch=hatch, label=label)
            left += cycles
        axes.text(0, row - 0.3, f"{name}: {totals[name]:.3g} cycles", va="bottom", color=palette.ink)
    axes.set_ylim(len(stalls) - 0.6, -0.8)
    axes.set_xlim(0, widest * 1.02)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("cycles of a warp for each instruction")
    fig.legend(loc="outside lower center", ncols=2)
    return fig
