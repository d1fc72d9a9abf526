"""One line of the table: what came of one returned file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class State(Enum):
    """How far a file was graded, as the table has it."""

    GRADED = "graded"
    IN_PART = "graded in part"
    NOT_GRADED = "not graded"


class Result(Enum):
    """What is known of one exercise, as the table has it; the order is that of merit."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    NOT_CHECKED = "not checked"

    @property
    def merit(self) -> int:
        return -list(Result).index(self)


@dataclass(frozen=True)
class Mark:
    """One exercise: its result, the misconception that was named, and its score, where it has one."""

    result: Result
    misconception: str = ""
    score: float | None = None

    def __str__(self) -> str:
        return f"{self.result.value}: {self.misconception}" if self.misconception else self.result.value


@dataclass(frozen=True)
class Row:
    """What came of one returned file.

    Attributes:
        file: its path below the graded folder, with ``/``.
        lab: ``"lab01"``, or empty where no lab was recognised.
        state: graded, graded in part, or not graded.
        note: why not, or what else the teacher should know; empty where there is nothing to say.
        marks: exercise name -> mark, for every exercise of the lab, in its order.
        seconds: what the run took here, wall clock.
    """

    file: str
    lab: str
    state: State
    note: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def learner(self) -> str:
        """The folder that the file lies in, or the file's name without its ending."""
        first, _, rest = self.file.partition("/")
        return first if rest else first.removesuffix(".ipynb")

    def count(self, *results: Result) -> int:
        return sum(mark.result in results for mark in self.marks.values())

    @property
    def solved(self) -> int:
        return self.count(Result.RIGHT)

    @property
    def attempted(self) -> int:
        return self.count(Result.RIGHT, Result.WRONG)
