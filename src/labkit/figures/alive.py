"""How many 32-bit registers a kernel's values need from instruction to instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette
from smsim.ptx.living import words, words_alive

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from smsim.listing import Views


def draw_alive(view: Views, machine: int | None = None) -> Figure:
    """Draw what is alive before each PTX instruction of a kernel, in words of 32 bits.

    Args:
        view: what ``smsim.views`` returns.
        machine: registers a thread that the assembler gave the kernel, a line across; left out if ``None``.
    """
    alive, named = words_alive(view.function), words(view.function)
    fig = figure(height=2.9)
    axes = fig.add_subplot(xlabel="PTX instruction", ylabel="words of 32 bits")
    axes.bar(range(1, len(alive) + 1), alive, width=0.85, color=palette.of(1), label="alive before it")
    axes.axhline(named, color=palette.of(2), label=f"a place for every name: {named}")
    if machine is not None:
        axes.axhline(machine, color=palette.of(3), linestyle="--", label=f"the assembler: {machine}")
    axes.set_ylim(0, max(named, machine or 0) * 1.15)
    axes.set_xlim(0, len(alive) + 1)
    axes.legend(loc="center right")
    return fig
