"""What right answers of lab 7 are measured by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.checking.case import Case
from labkit.checking.counted import INSTRUCTIONS, counted, counts
from labkit.checking.score import Score


def instructions(case: Callable[[], Case], goal: int, advice: str) -> Score:
    """Executed warp instructions; the goal leaves some room above our own solution."""
    return Score("warp instructions", counted(*INSTRUCTIONS), case, goal, advice=advice)


def atomic_updates(answer: Any, case: Case) -> float:
    """How many threads did an ``atom`` or a ``red``, all instructions together."""
    lines = counts(answer, case).ptx_lines
    return float(sum(row.tally.pred_on for row in lines if _is_atomic(row.text)))


def _is_atomic(text: str) -> bool:
    instruction = text.split(maxsplit=1)[1] if text.startswith("@") else text
    return instruction.startswith(("atom.", "red."))
