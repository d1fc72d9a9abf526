"""What right answers of lab 7 are measured by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.checking.case import Case
from labkit.checking.counted import INSTRUCTIONS, counted, counts
from labkit.checking.score import Score

Blame = Callable[[Any, Case], tuple[str, str] | None]


def instructions(case: Callable[[], Case], goal: int, advice: str, blame: Blame | None = None) -> Score:
    """Executed warp instructions; the goal leaves some room above our own solution."""
    return Score("warp instructions", counted(*INSTRUCTIONS), case, goal, advice=advice, blame=blame)


def bytes_stored(answer: Any, case: Case) -> int:
    """What all threads together store in global memory, in bytes: what is stored twice counts twice."""
    lines = [row for row in counts(answer, case).ptx_lines if "global" in row.tally.traffic]
    return sum(row.tally.traffic["global"].bytes for row in lines if _instruction(row.text).startswith("st."))


def atomic_updates(answer: Any, case: Case) -> float:
    """How many threads did an ``atom`` or a ``red``, all instructions together."""
    lines = counts(answer, case).ptx_lines
    return float(sum(row.tally.pred_on for row in lines if _is_atomic(row.text)))


def _is_atomic(text: str) -> bool:
    return _instruction(text).startswith(("atom.", "red."))


def _instruction(text: str) -> str:
    """The instruction behind its guard."""
    return text.split(maxsplit=1)[1] if text.startswith("@") else text
