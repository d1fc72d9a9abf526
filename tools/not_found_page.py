"""Sphinx extension: 404.html, which GitHub Pages shows where there is no page.

It is shown at any depth, so its addresses may not be relative: they begin with the path of the site's public address,
which book_address.py derives from the repository's address in _config.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PAGE = "404"
BODY = """
<h1>There is no page here</h1>
<p>Perhaps it was renamed, or the address is not complete. From here you can</p>
<ul>
<li><a href="book/index.html">begin on the first page</a>,</li>
<li><a href="search.html">search</a> for an instruction, a metric or a word,</li>
<li>look a term up in the <a href="book/glossary.html">glossary</a>,</li>
<li>or choose a chapter from the list of contents.</li>
</ul>
"""
#: An address within the site: no scheme, no slash in front, not a place on the page itself.
RELATIVE = re.compile(r'(?P<what>\b(?:href|src|action|data-content_root)=")(?![a-z]+:|/|#)(?P<path>[^"]*)"')


def _collect(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    yield PAGE, {"title": "Page not found", "body": BODY}, "page.html"


def from_the_root(html: str, start: str) -> str:
    """Return the page with every address within the site beginning with ``start``, such as /book/."""
    return RELATIVE.sub(lambda found: f'{found["what"]}{start}{found["path"].removeprefix("./")}"', html)


def _make_absolute(app: Any, exception: Exception | None) -> None:
    file = Path(app.outdir) / f"{PAGE}.html"
    if exception is None and app.builder.format == "html":
        start = urlsplit(app.config.html_baseurl).path
        file.write_text(from_the_root(file.read_text(encoding="utf-8"), start), encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("html-collect-pages", _collect)
    app.connect("build-finished", _make_absolute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
