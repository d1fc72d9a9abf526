"""Runs of a part of an answer: what one block does when the other never comes."""

from __future__ import annotations

import re
from typing import Any

from labkit.exercises.lab09.program import STEPS


def left_by(launch: Any, *arguments: Any) -> Any:
    """The report of a launch, which may be endless; its ``results`` are what memory held at the end."""
    import smsim

    return smsim.check(launch, *arguments, budget=STEPS)


def accesses_of(launch: Any, thread: int, *arguments: Any) -> list[tuple[str, str]]:
    """What a thread did to global memory, as ``("write", "tail")``, in order; nothing where the run fails."""
    from labkit.figures.accesses import watch
    from smsim.errors import SimulationError

    try:
        watched = watch(launch, *arguments)
    except SimulationError:
        return []
    return [(a.kind, re.split(r"\W", a.place)[0]) for a in watched.accesses if a.thread == thread]
