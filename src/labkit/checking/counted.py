"""Measures for scores, in counts of the simulated SM: the same on every machine."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labkit.checking.case import Case
from labkit.checking.engine import STEPS

if TYPE_CHECKING:
    from smsim.counting.counts import Counts

_GLOBAL = "l1tex__t_{}_pipe_lsu_mem_global_op_{}.sum"
_CONFLICTS = "l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum"

INSTRUCTIONS = ("smsp__inst_executed.sum",)
#: Sectors of global memory that a launch asks for, however it asks.
SECTORS = tuple(f"l1tex__t_sectors_pipe_lsu_mem_global_op_{kind}.sum" for kind in ("ld", "st", "atom", "red"))
#: Turns that shared memory takes: accesses, and what bank conflicts and colliding atomics add.
PASSES = ("l1tex__data_pipe_lsu_wavefronts_mem_shared.sum",)


def counts(answer: Any, case: Case) -> Counts:
    """What one launch of a kernel executed and touched."""
    import smsim

    with contextlib.redirect_stdout(io.StringIO()):
        return smsim.count(answer[case.blocks, case.threads], *case.arguments.values(), budget=STEPS)


def counted(*metrics: str) -> Callable[[Any, Case], float]:
    """A ``measure`` for a :class:`~labkit.checking.score.Score`: the sum of ``metrics`` over one launch.

    The names are Nsight Compute's. Counts are the same on every machine, and the case stays as it is.
    """

    def measure(answer: Any, case: Case) -> float:
        found = counts(answer, case)
        return float(sum(found[metric] for metric in metrics))

    return measure


def _loads_and_stores(found: Counts, what: str) -> int:
    return sum(found[_GLOBAL.format(what, operation)] for operation in ("ld", "st"))


def sectors(answer: Any, case: Case) -> float:
    """32-byte sectors of all loads and stores of global memory."""
    return _loads_and_stores(counts(answer, case), "sectors")


def sectors_a_request(answer: Any, case: Case) -> float:
    """Sectors of global memory that a load or a store of one warp takes, on average."""
    found = counts(answer, case)
    return _loads_and_stores(found, "sectors") / max(_loads_and_stores(found, "requests"), 1)


def bank_conflicts(answer: Any, case: Case) -> float:
    """Passes through shared memory that were needed only because lanes met in a bank."""
    return counts(answer, case)[_CONFLICTS]


def dearest_line(answer: Any, case: Case) -> str:
    """``"Most of it: 32 sectors a request in `out[x, y] = a[y, x]`."``; empty where no line is known."""
    lines = [row for row in counts(answer, case).python_lines if "global" in row.tally.traffic]
    lines = [row for row in lines if row.text and row.tally.traffic["global"].requests]
    if not lines:
        return ""
    row = max(lines, key=lambda row: row.tally.traffic["global"].sectors)
    traffic = row.tally.traffic["global"]
    return f"Most of it: {traffic.sectors / traffic.requests:.4g} sectors a request in `{row.text}`."
