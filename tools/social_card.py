"""The picture that stands beside a link to the book: an H800's SMs, those that communicate as discs in pairs."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from labkit.facts.table import fact

#: What those who show links ask for, in pixels.
WIDTH, HEIGHT = 1200, 630
COLUMNS = 22
COMPUTE, COMMUNICATE, PAPER, INK, QUIET = "#8fa3b8", "#d55e00", "#ffffff", "#1d2733", "#4a5866"


def card(title: str, lines: tuple[str, ...]) -> bytes:
    """Return the card as a PNG of 1200 by 630 pixels."""
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT), aspect="equal")
    axes.axis("off")
    axes.text(72, 560, title, fontsize=46, fontweight="bold", color=INK, va="top")
    for number, line in enumerate(lines):
        axes.text(72, 455 - 42 * number, line, fontsize=21, color=QUIET, va="top")
    _draw_sms(axes, int(fact("h800.sms").value), int(fact("v3.communication_sms").value))
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=100)
    return written.getvalue()


def _draw_sms(axes: object, sms: int, communicating: int) -> None:
    """A grid of SMs; the last ones, two below each other, are discs."""
    pitch, left, top = 48, 72, 320
    rows = -(-sms // COLUMNS)
    pairs = communicating // 2
    discs = {
        (2 * (n % (rows // 2)) + half, COLUMNS - 1 - n // (rows // 2))
        for n in range(pairs)
        for half in (0, 1)
    }
    for row, column in [divmod(n, COLUMNS) for n in range(sms)]:
        x, y = left + pitch * column, top - pitch * row
        if (row, column) in discs:
            axes.add_patch(Circle((x + 18, y - 18), 19, color=COMMUNICATE))
            if row % 2 == 0:
                axes.add_patch(Rectangle((x + 12, y - 18 - pitch), 12, pitch, color=COMMUNICATE))
        else:
            axes.add_patch(Rectangle((x, y - 36), 36, 36, color=COMPUTE))


def write_card(file: Path, title: str, lines: tuple[str, ...]) -> None:
    """Write the card to ``file``."""
    file.write_bytes(card(title, lines))
