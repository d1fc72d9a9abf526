"""Warp by warp: which lanes were active at each instruction, drawn from a run that was stepped."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from smsim.stepping import Stepper

LANES = 32
_TALLEST = 3.4  # inches that one warp may take
_ROW = 0.06  # inches an instruction takes where there is room
_LABEL = 0.19  # inches between two labels, so that none covers another
_FEW = 12  # stretches that are named; more would be noise
_WIDE = 50.0  # lanes and the room for labels at their right
_COLOURS = 4  # different masks that get a colour each


@dataclass(frozen=True)
class Trace:
    """What one warp executed.

    Attributes:
        warp: its number in the block.
        active: bool ``(instructions, 32)``: which lanes stood before each instruction.
        lines: the Python line of each instruction, 0 where the compiler names none.
    """

    warp: int
    active: np.ndarray
    lines: tuple[int, ...]

    def stretches(self) -> list[tuple[np.ndarray, int, tuple[int, ...]]]:
        """Neighbouring instructions with one mask, in order: ``(mask, instructions, Python lines)``."""
        found = []
        at = 0
        for _, group in groupby(map(bytes, self.active)):
            count = len(list(group))
            lines = sorted({line for line in self.lines[at : at + count] if line})
            found.append((self.active[at], count, tuple(lines)))
            at += count
        return found


def follow(stepper: Stepper) -> Trace:
    """Go through the whole run of the warp that ``smsim.step`` follows. The stepper stays where it is."""
    here = stepper.position
    stepper.back(here)
    active, lines = [], []
    while not stepper.done:
        where = stepper.line
        active.append(stepper.active)
        lines.append((where.source_line if where is not None else None) or 0)
        stepper.next()
    stepper.back(stepper.position - here)
    return Trace(stepper.warp, np.array(active, bool).reshape(len(active), LANES), tuple(lines))


def draw_masks(*runs: Stepper | Trace, tallest: int = 0) -> Figure:
    """Draw the active mask of each instruction, one panel a warp, time downwards.

    ``runs`` are what ``smsim.step`` returns, or traces that :func:`follow` made of it. Filled cells are
    active lanes. Where a warp's mask changes only a few times, each stretch of instructions with one
    mask is labelled with their number and their Python lines. Figures with the same ``tallest``, a number
    of instructions, have the same scale and may be compared.
    """
    traces = [run if isinstance(run, Trace) else follow(run) for run in runs]
    if not traces or not all(len(trace.active) for trace in traces):
        raise ValueError("draw_masks needs one warp at least, and each must have executed something")
    tallest = max(tallest, *(len(trace.active) for trace in traces))
    scale = min(_ROW, _TALLEST / tallest)
    heights = [max(scale * len(trace.active), 0.5) for trace in traces]
    fig = figure(height=sum(heights) + 0.42 * len(traces) + 0.45)
    grid = fig.subplots(len(traces), 1, sharex=True, height_ratios=heights, squeeze=False)
    for axes, trace, height in zip(grid[:, 0], traces, heights):
        _draw_warp(axes, trace, height / len(trace.active))
    _lane_axis(grid[-1, 0])
    return fig


def _draw_warp(axes: Axes, trace: Trace, scale: float) -> None:
    total = len(trace.active)
    stretches = trace.stretches()
    colours = _colours(stretches)
    axes.bar(0, total, LANES, 0, color=palette.untouched, align="edge")
    _fill(axes, stretches, colours)
    top, labelled = 0, -1.0
    for _, count, lines in stretches:
        middle = (top + count / 2) * scale
        if len(stretches) <= _FEW and middle - labelled >= _LABEL:
            axes.text(LANES + 0.7, top + count / 2, _label(count, lines), va="center", color=palette.ink)
            labelled = middle
        top += count
    for lane in range(1, LANES):
        axes.axvline(lane, color=palette.card, linewidth=1.2 if lane % 8 else 2.4)
    if len(stretches) <= _FEW:
        for edge in np.cumsum([count for _, count, _ in stretches])[:-1]:
            axes.axhline(edge, 0, LANES / _WIDE, color=palette.card, linewidth=1.2)
    axes.set_facecolor(palette.card)
    axes.set_ylim(total, 0)
    axes.set_title(f"warp {trace.warp}: {total} instructions", loc="left", fontsize=11)
    axes.set_yticks([0, total], ["1", str(total)])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _fill(axes: Axes, stretches: list[tuple[np.ndarray, int, tuple[int, ...]]], colours: dict) -> None:
    """A rectangle for each unbroken row of lanes, all in one artist: a long run has thousands."""
    from matplotlib.collections import PolyCollection

    corners, faces, top = [], [], 0
    for mask, count, _ in stretches:
        for left, right in _edges(mask):
            corners.append([(left, top), (right, top), (right, top + count), (left, top + count)])
            faces.append(colours[bytes(mask)])
        top += count
    axes.add_collection(PolyCollection(corners, facecolors=faces, edgecolors="none"))


def _edges(mask: np.ndarray) -> list[tuple[int, int]]:
    """The unbroken rows of active lanes: ``[(first, past the last), ...]``."""
    steps = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(steps[::2], steps[1::2])]


def _colours(stretches: list[tuple[np.ndarray, int, tuple[int, ...]]]) -> dict[bytes, str]:
    """A colour for each mask, in order of appearance; one for all where there are many."""
    masks = list(dict.fromkeys(bytes(mask) for mask, _, _ in stretches))
    return {mask: palette.of(n if len(masks) <= _COLOURS else 0) for n, mask in enumerate(masks)}


def _label(count: int, lines: tuple[int, ...]) -> str:
    if not lines:
        return str(count)
    if len(lines) == 1:
        return f"{count}, line {lines[0]}"
    return f"{count}, lines {lines[0]} to {lines[-1]}"


def _lane_axis(axes: Axes) -> None:
    axes.set_xlim(0, _WIDE)
    axes.set_xticks([0.5, 8.5, 16.5, 24.5, 31.5], ["0", "8", "16", "24", "31"])
    axes.set_xlabel("lane", loc="left")
