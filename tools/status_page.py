"""Sphinx extension: the status page, made while the site is built from what `make test-notebooks` measured.

`make test-notebooks` leaves a JUnit report of the notebooks' cells in ``_build/notebooks.xml``. ``{notebook-status}``
turns it into the date and the seconds of every notebook; without a report it says that nothing was measured.
``{build-versions}`` lists the versions in the environment that builds the site.
"""

from __future__ import annotations

import platform
from collections import defaultdict
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

REPORT = Path(__file__).resolve().parent.parent / "_build" / "notebooks.xml"
NOT_MEASURED = "Not measured in this build: the notebooks were not run before the site was built."
PACKAGES = (
    *("numba", "numba-cuda", "numpy", "lark", "nvidia-nvvm", "nvidia-nvjitlink"),
    *("matplotlib", "jupyter-book", "sphinx-book-theme", "nbval"),
)


class BadReport(ValueError):
    """The report is not what `make test-notebooks` writes: what is wrong, in one sentence."""


@dataclass
class Notebook:
    """How the cells of one notebook fared: seconds they took in all, and how many failed."""

    seconds: float = 0.0
    cells: int = 0
    failed: int = 0


def read_report(text: str) -> tuple[str, dict[str, Notebook]]:
    """Return the date of a JUnit report, as YYYY-MM-DD, and its notebooks by path without suffix, in order of path.

    Args:
        text: XML as pytest's ``--junitxml`` writes it when nbval has run notebooks.

    Raises:
        BadReport: this is no XML, no such report, or it names no notebook.
    """
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as problem:
        raise BadReport(f"expected a JUnit report in XML: {problem}") from None
    suite = root if root.tag == "testsuite" else root.find("testsuite")
    if suite is None or "timestamp" not in suite.attrib:
        raise BadReport("expected a <testsuite> with a timestamp, as pytest --junitxml writes it")
    found: defaultdict[str, Notebook] = defaultdict(Notebook)
    for case in suite.iter("testcase"):
        place = case.get("classname", "")
        if not place.endswith(".ipynb"):
            continue
        notebook = found[place.removesuffix(".ipynb").replace(".", "/")]
        notebook.seconds += float(case.get("time", "0"))
        notebook.cells += 1
        notebook.failed += case.find("failure") is not None or case.find("error") is not None
    if not found:
        raise BadReport("expected the cells of notebooks, and there are none")
    return suite.attrib["timestamp"][:10], dict(sorted(found.items()))


def versions() -> dict[str, str]:
    """Python's version, then those of the packages on which results and pages depend."""
    found = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


class NotebookStatus(SphinxDirective):
    """A sentence with the date, then a table of the notebooks."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(REPORT))
        if not REPORT.exists():
            return [_paragraph(NOT_MEASURED)]
        try:
            date, measured = read_report(REPORT.read_text(encoding="utf-8"))
        except BadReport as problem:
            logging.getLogger(__name__).warning("_build/notebooks.xml: %s", problem)
            return [_paragraph(NOT_MEASURED)]
        rows = [
            [_link(self.env, path), f"{one.cells}", f"{one.seconds:.1f}", _verdict(one)]
            for path, one in measured.items()
        ]
        said = f"Run on {date}, each in a process of its own, every output compared with the stored one: "
        return [
            _paragraph(said + summary(measured)),
            _table(["Notebook", "Code cells", "Seconds", "Outcome"], rows),
        ]


def summary(measured: dict[str, Notebook]) -> str:
    """How many notebooks passed, and the minutes they took together, in words."""
    good = sum(not one.failed for one in measured.values())
    minutes = sum(one.seconds for one in measured.values()) / 60
    return f"{good} of {len(measured)} notebooks passed, in {minutes:.1f} minutes of computing in all."


class BuildVersions(SphinxDirective):
    """A table of packages and versions."""

    def run(self) -> list[nodes.Node]:
        return [_table(["Package", "Version"], [[name, version] for name, version in versions().items()])]


def _verdict(one: Notebook) -> str:
    return "passed" if not one.failed else f"{one.failed} of {one.cells} cells failed"


def _link(env: Any, path: str) -> nodes.Node | str:
    """A link to the notebook's page, by its file's name; its path where the site leaves it out."""
    if path not in env.found_docs:
        return path
    link = nodes.reference("", path.rpartition("/")[2], internal=True)
    link["refuri"] = env.app.builder.get_relative_uri(env.docname, path)
    return link


def _paragraph(text: str) -> nodes.paragraph:
    return nodes.paragraph(text, text)


def _table(headings: list[str], rows: list[list[nodes.Node | str]]) -> nodes.table:
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in headings), cols=len(headings))
    group += nodes.thead("", _row(headings))
    group += nodes.tbody("", *(_row(row) for row in rows))
    return nodes.table("", group)


def _row(cells: list[nodes.Node | str]) -> nodes.row:
    made = (nodes.paragraph("", "", c) if isinstance(c, nodes.Node) else _paragraph(c) for c in cells)
    return nodes.row("", *(nodes.entry("", one) for one in made))


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_directive("notebook-status", NotebookStatus)
    app.add_directive("build-versions", BuildVersions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
