"""One look for all figures: palette, fonts, and a light card that stays light in the dark theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: CSS pixels an inch: a figure 5 inches wide is 480 pixels on the page, and shrinks by a quarter on a
#: phone 390 pixels wide, which leaves its smallest text (11 points here) readable.
CSS_DPI = 96
WIDTH = 5.0


@dataclass(frozen=True)
class Palette:
    """Colours that stay apart for readers who do not see red and green alike.

    ``series`` are the eight hues of Okabe and Ito, ordered so that neighbours differ in lightness
    too; the others have fixed meanings. Nothing is told by colour alone: marks and labels repeat it.
    """

    series: tuple[str, ...] = (
        "#0072B2",
        "#E69F00",
        "#009E73",
        "#CC79A7",
        "#56B4E9",
        "#D55E00",
        "#F0E442",
        "#000000",
    )
    card: str = "#FCFCF9"
    ink: str = "#1B1B1B"
    faint: str = "#6B6B6B"
    line: str = "#BDBDB8"
    untouched: str = "#ECECE6"
    wrong: str = "#D55E00"

    def of(self, number: int) -> str:
        """The colour of block, warp or series ``number``; they repeat after the seventh."""
        return self.series[number % 7]

    def text_on(self, colour: str) -> str:
        """Black or white, whichever is easier to read on ``colour`` (relative luminance, WCAG 2)."""
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return "#000000" if luminance > 0.179 else "#FFFFFF"


palette = Palette()


def settings() -> dict[str, object]:
    """Matplotlib settings of the book, for ``matplotlib.rc_context``."""
    return {
        "font.family": "DejaVu Sans",
        "font.size": 11,
        "axes.titlesize": 12,
        "axes.labelsize": 11,
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        "legend.fontsize": 11,
        "legend.frameon": False,
        "figure.facecolor": palette.card,
        "axes.facecolor": palette.card,
        "savefig.facecolor": palette.card,
        "text.color": palette.ink,
        "axes.labelcolor": palette.ink,
        "axes.edgecolor": palette.faint,
        "xtick.color": palette.ink,
        "ytick.color": palette.ink,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "lines.linewidth": 2,
    }


def figure(height: float = 2.8, width: float = WIDTH) -> Figure:
    """An empty figure in the book's style; sizes in inches (96 CSS pixels each).

    It is not registered with pyplot, so it appears only where ``labkit.show`` puts it.
    """
    import matplotlib
    from cycler import cycler
    from matplotlib.figure import Figure

    matplotlib.rcParams.update(settings())
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=palette.series[:6])
    return Figure(figsize=(width, height), layout="constrained", facecolor=palette.card)
