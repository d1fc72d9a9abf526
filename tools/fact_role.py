"""Sphinx extension: figures in prose come from the book's sourced tables.

Pages write ``{fact}`v3.gpus` `` for a figure with its unit and ``{fact-number}`h800.sms` `` for the number alone. Who
points at it reads how it is known and where it comes from. A key that no table has is an error of the build.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from labkit.facts.table import UnknownFact, fact
from labkit.facts.units import number


class FactRole(SphinxRole):
    """One figure from the tables behind ``labkit.fact``."""

    def __init__(self, with_unit: bool) -> None:
        super().__init__()
        self.with_unit = with_unit

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the figure as text that explains itself."""
        try:
            figure = fact(self.text)
        except UnknownFact as unknown:
            return [], [self.inliner.reporter.error(str(unknown), line=self.lineno)]
        text = str(figure) if self.with_unit else number(figure.value)
        told = f"{figure.mark}, {figure.date}: {figure.source}"
        return [nodes.abbreviation(self.rawtext, text, explanation=told, classes=["fact"])], []


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_role("fact", FactRole(with_unit=True))
    app.add_role("fact-number", FactRole(with_unit=False))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
