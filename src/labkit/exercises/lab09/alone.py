"""Runs of a part of an answer: what one block does when the other never comes."""

from __future__ import annotations

import re
from typing import Any

from labkit.exercises.lab09.program import STEPS


def left_by(launch: Any, *arguments: Any) -> Any:
    """The report of a launch, which may be endless; its ``results`` are what memory held at the end."""
    import smsim

    return smsim.check(launch, *arguments, budget=STEPS)


def accesses_of(launch: Any, threads: int, *arguments: Any) -> list[list[tuple[str, str]]]:
    """What each of ``threads`` threads did to global memory, as ``("write", "tail")``, in order.

    Nothing where the run fails or does not end.
    """
    from labkit.figures.accesses import watch
    from smsim.errors import SimulationError

    try:
        watched = watch(launch, *arguments, budget=STEPS)
    except SimulationError:
        return [[] for _ in range(threads)]
    return [
        [(a.kind, re.split(r"\W", a.place)[0]) for a in watched.accesses if a.thread == thread]
        for thread in range(threads)
    ]
