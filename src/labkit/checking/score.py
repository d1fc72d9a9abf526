"""A figure that tells a right answer from a good one: sectors a request, instructions, cycles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labkit.checking.case import Case
from labkit.facts.units import number


@dataclass(frozen=True)
class Score:
    """How a right answer is measured, and what counts as good.

    Attributes:
        unit: what is counted, as it is printed: ``"sectors a request"``.
        measure: ``measure(answer, case)`` gives the figure on one case. It should use counts of the
            simulated SM, which are the same on every machine, never the wall clock.
        case: the case that is measured; its size and numbers are fixed.
        goal: the figure to reach; lower is better.
        too_much: above this the answer counts as wrong (``None``: it never does), and the sentence
            that then says what was asked for is ``advice``.
        beyond: what to look at when the answer is right and the goal is not reached.
    """

    unit: str
    measure: Callable[[Any, Case], float]
    case: Callable[[], Case]
    goal: float
    too_much: float | None = None
    advice: str = ""
    beyond: str = ""

    def take(self, answer: Any) -> float:
        return float(self.measure(answer, self.case()))

    def text(self, figure: float) -> str:
        reached = "goal reached" if figure <= self.goal else "goal not reached yet"
        hint = f" {self.beyond}" if self.beyond and figure > self.goal else ""
        return f"Score: {number(figure)} {self.unit} (goal: {number(self.goal)}; {reached}).{hint}"

    def fails(self, figure: float) -> bool:
        return self.too_much is not None and figure > self.too_much
