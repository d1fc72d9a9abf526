"""What a check says: one line, and where something is wrong, why and on which smallest case."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import Enum

WIDTH = 88


class Mark(Enum):
    """The three things a check can say, as the text that opens its line."""

    NOT_ATTEMPTED = "[ ]"
    RIGHT = "[v]"
    WRONG = "[x]"


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check.

    Attributes:
        exercise: the exercise's name, such as ``"lab01.saxpy"``.
        mark: not attempted, right or wrong.
        message: one or two sentences.
        misconception: short stable name of what was misunderstood, or ``None``.
        details: further paragraphs (the simulator's own sentence, a note), each wrapped.
        table: lines shown as they are: the smallest failing case.
        score: the measured figure, where the exercise has one.
    """

    exercise: str
    mark: Mark
    message: str
    misconception: str | None = None
    details: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    score: float | None = None

    @property
    def right(self) -> bool:
        return self.mark is Mark.RIGHT

    @property
    def attempted(self) -> bool:
        return self.mark is not Mark.NOT_ATTEMPTED

    def __str__(self) -> str:
        head = f"{self.mark.value} {self.exercise}: {self.message}"
        lines = textwrap.wrap(head, WIDTH, subsequent_indent="    ", break_long_words=False)
        for paragraph in self.details:
            lines += textwrap.wrap(
                paragraph, WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False
            )
        if self.table:
            lines += [""] + ["    " + line.rstrip() for line in self.table]
        return "\n".join(lines)
