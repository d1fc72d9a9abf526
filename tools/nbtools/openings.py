"""What a chapter or a lab says of itself in its first cell: title, minutes, what it builds on, what it gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from nbtools import files
from nbtools.first_cell import ROOT

_TIME = re.compile(
    r"^\*\*Time:\*\* about (?P<minutes>\d+) minutes.*?\*\*Builds on:\*\* (?P<needs>.+)$", re.MULTILINE
)
_EXERCISE = re.compile(r"^\*About (\d+) minutes\.\*", re.MULTILINE)
#: Said in an opening for the reader's comfort, and no prerequisite.
_COMFORT = re.compile(
    r" (?:No GPU|No kernel|You need no GPU|Nothing in this chapter|Two words to recall)\b.*$"
)
_NUMBERS = re.compile(r"\b(?P<first>\d\d)\b(?:(?: to )(?P<last>\d\d)\b)?")
_TITLE = re.compile(r"\[[^\]]*\]\([^)]*\)|\*[^*]+\*")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class OpeningError(ValueError):
    """A first cell lacks something that every chapter and lab has; the message names file and part."""


@dataclass(frozen=True)
class Opening:
    """What a first cell says.

    Attributes:
        key: ``"01"`` for a chapter, ``"lab01"`` for a lab.
        path: the file below the repository's root, with ``/``.
        title: its heading.
        minutes: how long it takes, in minutes, by its own estimate.
        needs: what it builds on, in its words, without links.
        builds_on: the chapters that it names there: ``{"01", "04"}``.
        gives: what one can do afterwards, one text each.
        exercises: name -> minutes, for a lab.
    """

    key: str
    path: str
    title: str
    minutes: int
    needs: str
    builds_on: frozenset[str]
    gives: tuple[str, ...]
    exercises: dict[str, int]


def openings() -> dict[str, Opening]:
    """Of every chapter, then of every lab, by key."""
    return {each.key: each for each in map(opening, [*files.chapters(), *files.learners()])}


def opening(path: Path) -> Opening:
    notebook = files.read(path)
    text = notebook.cells[0].source
    time = _TIME.search(text)
    gives = tuple(line[2:].rstrip(",.") for line in text.splitlines() if line.startswith("- "))
    if time is None or not gives or not text.startswith("# "):
        raise OpeningError(f"{path.name}: its first cell has no heading, no time or nothing that it gives")
    exercises = {
        cell.id.removesuffix("-statement"): int(found[1])
        for cell in notebook.cells
        if cell.cell_type == "markdown" and (found := _EXERCISE.search(cell.source))
    }
    return Opening(
        key=path.name.partition("-")[0],
        path=path.relative_to(ROOT).as_posix(),
        title=text.splitlines()[0].removeprefix("# "),
        minutes=int(time["minutes"]),
        needs=_COMFORT.sub("", _LINK.sub(r"\1", time["needs"])).strip(),
        builds_on=_chapters_in(time["needs"]),
        gives=gives,
        exercises=exercises,
    )


def _chapters_in(needs: str) -> frozenset[str]:
    """The chapters' numbers in a sentence; titles may hold numbers of another kind (*why 20 of 132*)."""
    chapters = {path.name.partition("-")[0] for path in files.chapters()}
    found: set[str] = set()
    for match in _NUMBERS.finditer(_TITLE.sub("", needs)):
        first, last = int(match["first"]), int(match["last"] or match["first"])
        found |= {f"{number:02d}" for number in range(first, last + 1)}
    return frozenset(found & chapters)
