"""What a kernel reaches with so many warps on each SM, beside what a law allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = "osD^v"
_DASHES = (":", "--", "-.")


def draw_against_warps(
    reached: Mapping[str, Sequence[float]],
    warps: Sequence[int],
    laws: Mapping[str, Sequence[float]] | None = None,
    what: str = "",
    *,
    top: float | None = None,
) -> Figure:
    """Draw one line with marks for each kernel, and one without, in grey, for each law.

    Args:
        reached: a kernel's name to one value for each entry of ``warps``.
        warps: warps resident on each SM, ascending; the axis is logarithmic.
        laws: a law's name to what it allows, one value for each entry of ``warps``.
        what: the values' name and unit, for the axis.
        top: where the upright axis ends; a little above all values if left out.

    Raises:
        ValueError: there is nothing to draw, the warps do not ascend from 1, or a line has another length.
    """
    laws = laws or {}
    if not reached or not warps or warps[0] < 1 or any(a >= b for a, b in zip(warps, warps[1:])):
        raise ValueError("draw_against_warps needs a line at least, and warps that ascend from 1 or more")
    for name, values in (*reached.items(), *laws.items()):
        if len(values) != len(warps):
            raise ValueError(f"{name} has {len(values)} values for {len(warps)} numbers of warps")
    fig = figure(height=3.0 + 0.24 * ((len(reached) + len(laws) + 1) // 2))
    axes = fig.subplots()
    for at, (name, values) in enumerate(laws.items()):
        axes.plot(warps, values, _DASHES[at % 3], color=palette.faint, linewidth=1.5, label=name)
    for at, (name, values) in enumerate(reached.items()):
        mark = _MARKS[at % len(_MARKS)]
        axes.plot(warps, values, f"-{mark}", color=palette.of(at), markersize=6, label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks(list(warps), [f"{w}" for w in warps])
    axes.minorticks_off()
    axes.set_ylim(0, top)
    axes.set_xlabel("warps on each SM")
    axes.set_ylabel(what)
    fig.legend(loc="outside lower center", ncols=2)
    return fig
