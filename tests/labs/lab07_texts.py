"""Answers to lab 7 are texts: our own, from the solution notebook, and what is made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nbtools import files
from nbtools.first_cell import ROOT

from labkit import exercises

SOLUTION = ROOT / "labs" / "solutions" / "lab07-write-ptx.ipynb"


@dataclass(frozen=True)
class Text:
    """An answer that is PTX.

    Attributes:
        label: says in a few words what it does.
        misconception: what it must be rejected for; ``None``: it is right.
    """

    exercise: str
    label: str
    ptx: str
    misconception: str | None = None

    @property
    def id(self) -> str:
        return f"{self.exercise}-{self.label.replace(' ', '_')}"


@cache
def ours(exercise: str) -> str:
    """Our own answer, from the solution notebook."""
    name = exercise.partition(".")[2]
    cell = next(cell for cell in files.read(SOLUTION).cells if cell.id == f"{name}-answer")
    scope: dict[str, str] = {}
    exec(cell.source, scope)
    return scope[name]


def changed(exercise: str, *edits: tuple[str, str]) -> str:
    """Our own answer after ``edits``: each replaces every place where its first text stands, and there is one."""
    text = re.sub(r" *//[^\n]*", "", ours(exercise))
    for old, new in edits:
        assert old in text, f"{exercise} has no {old!r}"
        text = text.replace(old, new)
    return text


def written(exercise: str, body: str) -> str:
    """The given frame with ``body`` where the learner's code goes."""
    frame = exercises.skeletons("lab07")[exercise]
    assert frame.count("    // your code here\n") == 1
    return frame.replace("    // your code here\n", body)
