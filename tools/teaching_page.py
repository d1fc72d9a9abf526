"""Sphinx extension: the tables of the teaching page come from the notebooks' own openings while the site is built.

``{teaching-path} two-hours`` is a way through the book with its minutes, ``{teaching-needs} chapters`` (or ``labs``)
what each needs and gives. The ways are in book/data/teaching.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

from docutils import nodes
from nbtools.first_cell import ROOT
from nbtools.openings import Opening, openings
from sphinx.util.docutils import SphinxDirective

Step = dict[str, Any]


@cache
def known() -> dict[str, Opening]:
    return openings()


def paths() -> dict[str, dict[str, Any]]:
    """Key -> path, as book/data/teaching.toml has it."""
    text = (ROOT / "book" / "data" / "teaching.toml").read_text(encoding="utf-8")
    return {path["key"]: path for path in tomllib.loads(text)["path"]}


def minutes_of(step: Step) -> int:
    """How long a step takes: a chapter's or a lab's own minutes, those of some exercises, or what stands there."""
    if "unit" not in step:
        return step["minutes"]
    unit = known()[step["unit"]]
    return sum(unit.exercises[name] for name in step["exercises"]) if "exercises" in step else unit.minutes


def text_of(step: Step) -> str:
    """The step in Markdown."""
    if "unit" not in step:
        return step.get("talk") or step["pause"]
    names = step.get("exercises")
    some = f": exercises {', '.join(f'`{name}`' for name in names)}" if names else ""
    return linked(known()[step["unit"]]) + some


def linked(unit: Opening) -> str:
    return f"[{unit.title}](../{unit.path})"


def path_lines(key: str) -> Iterator[str]:
    """A path as Markdown: one table a session, the total in its heading."""
    path = paths()[key]
    yield from (path["goal"], "")
    for session in path["session"]:
        yield from (f"**{session['title']}, {sum(map(minutes_of, session['steps']))} minutes**", "")
        yield from ("| what | minutes |", "|---|---:|")
        yield from (f"| {text_of(step)} | {minutes_of(step)} |" for step in session["steps"])
        yield ""


def needs_lines(labs: bool) -> Iterator[str]:
    """Every chapter, or every lab: minutes, what it needs, what it gives."""
    for unit in known().values():
        if unit.key.startswith("lab") == labs:
            yield from (f"**{linked(unit)}**, {unit.minutes} minutes. *Needs:* {unit.needs}", "")
            yield from (f"- {text}" for text in unit.gives)
            yield ""


class TeachingPath(SphinxDirective):
    """A way through the book: ``{teaching-path} one-day``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(path_lines(self.arguments[0])))


class TeachingNeeds(SphinxDirective):
    """What each chapter or lab needs and gives: ``{teaching-needs} labs``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(needs_lines(self.arguments[0] == "labs")))


def setup(app: Any) -> dict[str, bool]:
    app.add_directive("teaching-path", TeachingPath)
    app.add_directive("teaching-needs", TeachingNeeds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
