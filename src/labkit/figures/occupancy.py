"""How occupancy falls with what a kernel uses: a staircase for registers, and one for shared memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from smsim.occupying import Occupancy


def draw_staircases(found: Occupancy) -> Figure:
    """Draw occupancy against registers a thread and against shared memory a block, with a dot for what is.

    Each panel varies one of the two and leaves everything else as it is in ``found``.
    """
    spec = found.spec
    registers = np.arange(1, spec.registers_per_thread + 1)
    shared = np.arange(0, spec.shared_per_block_optin + 1, 256)
    fig = figure(height=4.2)
    upper, lower = fig.subplots(2, 1)
    for axes, x, y, here, label in (
        (upper, registers, found.against("registers", registers), found.registers, "registers a thread"),
        (
            lower,
            shared / 1024,
            found.against("shared", shared),
            found.shared / 1024,
            "KiB of shared memory a block",
        ),
    ):
        axes.step(x, 100 * y, where="post", color=palette.of(0))
        axes.plot([here], [100 * found.occupancy], "o", color=palette.of(5), markersize=9, clip_on=False)
        axes.set_xlim(0, x[-1])
        axes.set_ylim(0, 105)
        axes.set_yticks([0, 25, 50, 75, 100])
        axes.set_xlabel(label)
        axes.set_ylabel("occupancy, %")
    return fig
