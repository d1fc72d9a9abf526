"""Who hands a token to whom in dispatch: the roles and rings of one channel, over three GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SLOTS, _FULL = 4, 2
#: Each GPU on the way: its name, the role that works there, and what follows.
_WAY = (
    ("node 0, GPU 1: the token's own", "senders", "block 1"),
    ("node 1, GPU 1: the same index", "forwarders", "block 0"),
    ("node 1, GPU 3: where an expert is", "receivers", "block 1"),
)
_LINKS = ("network", "NVLink")


def draw_channel() -> Figure:
    """Draw the way of a token: sender, ring over the network, forwarder, ring over NVLink, receiver."""
    fig = figure(height=5.0)
    axes = fig.add_subplot()
    for number, (name, role, block) in enumerate(_WAY):
        top = 4.6 * number
        _box(axes, 0, top, 20, 3.4, palette.untouched)
        axes.text(0.4, top + 2.85, name, va="center", color=palette.ink)
        _box(axes, 11.5, top + 0.4, 8.1, 1.8, palette.of(0))
        axes.text(
            15.55, top + 1.3, f"{role} ({block})", ha="center", va="center",
            color=palette.text_on(palette.of(0)),
        )  # fmt: skip
        if number:
            _ring(axes, 0.8, top + 0.8)
            _arrow(axes, (9.9, top + 1.3), (11.4, top + 1.3), "")
            _arrow(axes, (15.5, top - 2.4), (3.4, top + 0.7), _LINKS[number - 1])
    _arrow(axes, (15.5, 11.4), (15.5, 13.6), "")
    axes.text(14.9, 13.6, "received, in the order sent", ha="right", va="center", color=palette.ink)
    axes.set_xlim(-0.1, 20.1)
    axes.set_ylim(14.1, -0.2)
    axes.axis("off")
    return fig


def _ring(axes: Axes, left: float, top: float) -> None:
    for slot in range(_SLOTS):
        _box(axes, left + 1.3 * slot, top, 1.3, 1.0, palette.of(1) if slot < _FULL else palette.card)
        if slot < _FULL:
            axes.plot(left + 1.3 * slot + 0.65, top + 0.5, "o", color=palette.ink, markersize=4)
    axes.text(left + 1.3 * _SLOTS + 0.2, top + 0.5, "ring, tail", va="center", color=palette.ink)


def _box(axes: Axes, x: float, y: float, wide: float, high: float, colour: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), wide, high, facecolor=colour, edgecolor=palette.ink, linewidth=0.8))


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], label: str) -> None:
    style = {"arrowstyle": "-|>", "color": palette.ink, "linewidth": 1.4}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)
    if label:
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        axes.text(x + 0.2, y + 0.55, label, ha="left", va="center", color=palette.ink)
