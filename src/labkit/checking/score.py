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

    A right answer that misses the goal stays right. It is told the figure, the goal, where its cost lies
    (``place``) and what to think about (``advice``).

    Attributes:
        unit: what is counted, as it is printed: ``"sectors a request"``.
        measure: ``measure(answer, case)`` gives the figure on one case. It should use counts of the
            simulated SM, which are the same on every machine, never the wall clock.
        case: the case that is measured; its size and numbers are fixed.
        goal: the figure to reach; lower is better.
        too_much: above this the answer counts as wrong (``None``: it never does).
        advice: a sentence for who has not reached the goal.
        place: ``place(answer, case)`` says in a sentence which line the figure comes from.
        blame: ``blame(answer, case)`` names the misconception behind a figure above the goal, and says in a
            sentence what to do; ``None`` where it finds nothing, and ``advice`` is told.
    """

    unit: str
    measure: Callable[[Any, Case], float]
    case: Callable[[], Case]
    goal: float
    too_much: float | None = None
    advice: str = ""
    place: Callable[[Any, Case], str] | None = None
    blame: Callable[[Any, Case], tuple[str, str] | None] | None = None

    def take(self, answer: Any) -> float:
        return float(self.measure(answer, self.case()))

    def text(self, figure: float) -> str:
        reached = "goal reached" if figure <= self.goal else "goal not reached yet"
        return f"Score: {number(figure)} {self.unit} (goal: {number(self.goal)}; {reached})."

    def guidance(self, answer: Any, figure: float) -> str:
        """Where the cost lies and what to do about it; empty when the goal is reached."""
        if figure <= self.goal:
            return ""
        place = self.place(answer, self.case()) if self.place else ""
        return f"{place} {self.cause(answer)[1]}".strip()

    def cause(self, answer: Any) -> tuple[str, str]:
        """Name of the misconception and what to do about it, for an answer above the goal."""
        found = self.blame(answer, self.case()) if self.blame else None
        return found or ("too costly", self.advice)

    def fails(self, figure: float) -> bool:
        return self.too_much is not None and figure > self.too_much
