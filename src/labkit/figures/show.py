"""Shows a figure with its alternative text: what a screen reader says, and what nbval compares."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from labkit.figures.style import CSS_DPI, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def show(fig: Figure, alt: str) -> None:
    """Display ``fig`` as a PNG at double resolution on an opaque card.

    ``alt`` says in words what the figure shows; it becomes the output's text/plain, and the tool
    that stores notebooks copies it to the cell's metadata, where the site takes it from. Outside a
    notebook only the text is printed.
    """
    alt = " ".join(str(alt).split())
    if len(alt) < 10:
        raise ValueError("The alternative text should say what the figure shows, in at least a few words.")
    buffer = io.BytesIO()
    # Without the version of matplotlib in the file, the same figure gives the same bytes.
    fig.savefig(buffer, format="png", dpi=2 * CSS_DPI, facecolor=palette.card, metadata={"Software": None})
    _forget(fig)
    if not _in_notebook():
        print(alt)
        return
    from IPython.display import display

    width, height = (round(inches * CSS_DPI) for inches in fig.get_size_inches())
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode("ascii"), "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"width": width, "height": height}})


def _forget(fig: Figure) -> None:
    """Close a figure made by pyplot, or the notebook would show it a second time."""
    import sys

    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(fig)


def _in_notebook() -> bool:
    import sys

    shell = sys.modules.get("IPython")
    return shell is not None and shell.get_ipython() is not None
