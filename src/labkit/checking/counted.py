"""Scores that the simulated SM counts: instructions, sectors, or whatever else ``smsim.count`` knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.checking.case import Case

INSTRUCTIONS = ("smsp__inst_executed.sum",)
#: Sectors of global memory that a launch asks for, however it asks.
SECTORS = tuple(f"l1tex__t_sectors_pipe_lsu_mem_global_op_{kind}.sum" for kind in ("ld", "st", "atom", "red"))
#: Turns that shared memory takes: accesses, and what bank conflicts and colliding atomics add.
PASSES = ("l1tex__data_pipe_lsu_wavefronts_mem_shared.sum",)


def counted(*metrics: str) -> Callable[[Any, Case], float]:
    """A ``measure`` for a :class:`~labkit.checking.score.Score`: the sum of ``metrics`` over one launch.

    The names are Nsight Compute's. Counts are the same on every machine, and the case stays as it is.
    """

    def measure(answer: Any, case: Case) -> float:
        import smsim

        counts = smsim.count(answer[case.blocks, case.threads], *case.arguments.values())
        return float(sum(counts[metric] for metric in metrics))

    return measure
