"""Which thread touched which element, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Elements in one row of a one-dimensional drawing: more would be too small on a phone.
ROW = 8
NOBODY = -1


def draw_threads(
    block: np.ndarray, thread: np.ndarray, *, title: str = "", idle: int = 0, word: str = "block"
) -> Figure:
    """Draw the elements of an array, each with the thread that wrote it.

    ``block`` and ``thread`` are integer arrays of one shape, ``(n,)`` or ``(height, width)``: for
    every element the block's and the thread's index, or -1 where nobody wrote. A kernel that stores
    ``cuda.blockIdx.x`` and ``cuda.threadIdx.x`` makes them. ``idle`` is the number of threads that
    were launched but had no element. Colours show the block, numbers the thread; untouched elements
    are hatched. The grey numbers are indices: of a row's first element, or of row and column. With
    another ``word`` the groups are called so: ``draw_threads(warp, lane, word="warp")``.
    """
    block, thread = np.asarray(block), np.asarray(thread)
    if block.shape != thread.shape or block.ndim not in (1, 2) or block.size == 0:
        raise ValueError(
            f"block and thread must be two arrays of one shape, not {block.shape}, {thread.shape}"
        )
    rows, columns = _layout(block.shape)
    legend_rows = -(-_legend_entries(block, idle) // 3)
    fig = figure(height=0.55 * rows + 0.3 * legend_rows + (0.55 if title else 0.25))
    axes = fig.add_subplot()
    for number, where in enumerate(np.ndindex(block.shape)):
        row, column = (number // columns, number % columns) if block.ndim == 1 else where
        _draw_element(axes, row, column, int(block[where]), int(thread[where]))
        if column == 0:
            first = number if block.ndim == 1 else row
            axes.text(-0.15, row + 0.5, str(first), ha="right", va="center", color=palette.faint)
        if block.ndim == 2 and row == 0:
            axes.text(column + 0.5, -0.1, str(column), ha="center", va="bottom", color=palette.faint)
    _finish(axes, rows, columns, title, labelled=block.ndim == 2)
    _legend(axes, block, idle, word)
    return fig


def _layout(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) == 2:
        return shape
    return -(-shape[0] // ROW), min(ROW, shape[0])


def _draw_element(axes: Axes, row: int, column: int, block: int, thread: int) -> None:
    from matplotlib.patches import Rectangle

    nobody = block == NOBODY
    colour = palette.untouched if nobody else palette.of(block)
    axes.add_patch(
        Rectangle(
            (column + 0.04, row + 0.06),
            0.92,
            0.88,
            facecolor=colour,
            edgecolor=palette.faint if nobody else palette.ink,
            linewidth=0.8,
            hatch="////" if nobody else None,
        )
    )
    if not nobody:
        ink = palette.text_on(colour)
        axes.text(column + 0.5, row + 0.52, str(thread), ha="center", va="center", color=ink, fontsize=12)


def _finish(axes: Axes, rows: int, columns: int, title: str, labelled: bool) -> None:
    axes.set_xlim(-0.6, max(columns, ROW) + 0.1)
    axes.set_ylim(rows + 0.05, -0.05)
    axes.axis("off")
    if title:
        axes.set_title(title, loc="left", pad=18 if labelled else 6)


def _blocks(block: np.ndarray) -> list[int]:
    return [int(b) for b in np.unique(block) if b != NOBODY]


def _legend_entries(block: np.ndarray, idle: int) -> int:
    return len(_blocks(block)) + bool(np.any(block == NOBODY)) + bool(idle)


def _legend(axes: Axes, block: np.ndarray, idle: int, word: str) -> None:
    from matplotlib.patches import Patch

    entries = [
        Patch(facecolor=palette.of(b), edgecolor=palette.ink, label=f"{word} {b}") for b in _blocks(block)
    ]
    if np.any(block == NOBODY):
        entries.append(
            Patch(facecolor=palette.untouched, edgecolor=palette.faint, hatch="////", label="nobody")
        )
    if idle:
        entries.append(Patch(facecolor="none", edgecolor="none", label=f"{idle} threads idle"))
    # Matplotlib fills a legend column by column; readers go row by row.
    entries = [entry for column in range(3) for entry in entries[column::3]]
    axes.legend(handles=entries, ncols=3, loc="upper left", bbox_to_anchor=(0, 0), borderaxespad=0.2)
