"""The figures that the exercises of lab 4 are measured by, once an answer is right."""

from __future__ import annotations

from collections.abc import Callable

from labkit.checking.case import Case
from labkit.checking.counted import INSTRUCTIONS, PASSES, SECTORS, counted
from labkit.checking.score import Score


def budget(
    case: Callable[[], Case],
    instructions: int,
    sectors: int,
    passes: int | None = None,
    *,
    slow: str,
    wide: str,
    crowded: str = "",
) -> tuple[Score, ...]:
    """Goals for ``case``; ``slow``, ``wide`` and ``crowded`` say what to look at beyond each.

    ``passes`` of shared memory count where an exercise uses it. Goals leave room above our own
    solution, since another version of the compiler writes a few instructions more or fewer.
    """
    scores = (
        Score("warp instructions", counted(*INSTRUCTIONS), case, instructions, advice=slow),
        Score("sectors of global memory", counted(*SECTORS), case, sectors, advice=wide),
    )
    if passes is None:
        return scores
    return (*scores, Score("passes of shared memory", counted(*PASSES), case, passes, advice=crowded))


INT64 = (
    "If `smsim.count` shows more than five shuffles a warp, a sum has become `int64`: say `int32(...)`. And no "
    "lane should do alone what the warp can do together."
)
NEIGHBOURS = "Neighbouring lanes should touch neighbouring elements, and each element once."
