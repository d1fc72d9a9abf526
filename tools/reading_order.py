"""All pages in the order of the table of contents, for Sphinx extensions that list them."""

from __future__ import annotations

from typing import Any


def reading_order(app: Any) -> list[str]:
    """Return the names of all pages, as Sphinx names them, each before those below it."""
    ordered: list[str] = []

    def visit(page: str) -> None:
        ordered.append(page)
        for below in app.env.toctree_includes.get(page, []):
            visit(below)

    visit(app.config.root_doc)
    return ordered
