"""The built site as the tests see it: its folder, its pages, its notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"

#: Not written as pages: what is shown where there is none, an index, the search, the way from the root to the welcome.
GENERATED = {"404.html", "genindex.html", "index.html", "search.html"}


def pages() -> list[str]:
    """Return the addresses of the book's pages, relative to the site's root."""
    found = (path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    return sorted(page for page in found if not page.startswith("_") and page not in GENERATED)


def notebook_pages() -> list[str]:
    """Return the addresses of the pages that were written as notebooks."""
    return [page for page in pages() if (ROOT / page).with_suffix(".ipynb").exists()]


def opened(window: Any, address: str) -> Any:
    """The window, with the page in it and its formulas set."""
    window.goto(address, wait_until="load")
    window.evaluate("window.MathJax?.startup?.promise?.then(() => true)")
    return window
