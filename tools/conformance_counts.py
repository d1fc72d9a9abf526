"""Sphinx extension: what became of numba-cuda's own tests, from the numbers that conformance.py stored.

``{conformance-counts}`` is a sentence of numbers and a table of the groups of tests that did not pass. A test
that no group of conformance_groups.toml claims is counted under "Not yet explained", never left out.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

DATA = Path(__file__).resolve().parent.parent / "book" / "data"
UNEXPLAINED = ("Not yet explained", "Nobody has looked at these.")
MISSED = ("failed", "error", "not reached")


def counts(data: dict[str, Any]) -> Counter[str]:
    """How many tests ended how, over all modules."""
    found: Counter[str] = Counter()
    for module in data["modules"].values():
        found.update({outcome: n for outcome, n in module.items() if type(n) is int})
    return found


def groups(data: dict[str, Any], known: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """How many tests that did not pass each group has, by its title and reason; the largest first."""
    found: Counter[tuple[str, str]] = Counter()
    for module, entry in data["modules"].items():
        for name, test in entry.get("tests", {}).items():
            if test["outcome"] in MISSED:
                text = f"{module}.{name}: {test['why']}"
                found[_group(text, known)] += 1
    return dict(found.most_common())


def _group(text: str, known: list[dict[str, Any]]) -> tuple[str, str]:
    for group in known:
        if any(re.search(pattern, text) for pattern in group["patterns"]):
            return group["title"], group["reason"]
    return UNEXPLAINED


def sentences(data: dict[str, Any]) -> str:
    """The numbers in words."""
    n = counts(data)
    versions = data["versions"]
    missed = sum(n[outcome] for outcome in MISSED)
    return (
        f"Of {n.total():,} tests in {len(data['modules'])} modules of numba-cuda {versions['numba-cuda']}, "
        f"{n['passed']:,} pass. {n['expected']} fail as their authors expect, {n['skipped']} are skipped, "
        f"and {missed} do not pass: {n['failed']} fail, {n['error']} end in an error, "
        f"{n['not reached']} were not reached within {data['seconds_a_module']:g} seconds a module. "
        f"Counted on {data['date']} with Numba {versions['numba']} and Python {versions['python']}."
    )


class ConformanceCounts(SphinxDirective):
    """The sentences, then the groups."""

    def run(self) -> list[nodes.Node]:
        paths = [DATA / "conformance.toml", DATA / "conformance_groups.toml"]
        for path in paths:
            self.env.note_dependency(str(path))
        data, known = (tomllib.loads(path.read_text(encoding="utf-8")) for path in paths)
        listed = nodes.definition_list()
        for (title, reason), number in groups(data, known["groups"]).items():
            heading = f"{title}: {number} {'test' if number == 1 else 'tests'}"
            definition = nodes.definition("", _paragraph(reason))
            listed += nodes.definition_list_item("", nodes.term(heading, heading), definition)
        return [_paragraph(sentences(data)), *([listed] if listed.children else [])]


def _paragraph(text: str) -> nodes.paragraph:
    """A paragraph; between backticks stands code."""
    paragraph = nodes.paragraph()
    for number, piece in enumerate(text.split("`")):
        paragraph += nodes.literal(piece, piece) if number % 2 else nodes.Text(piece)
    return paragraph


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_directive("conformance-counts", ConformanceCounts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
