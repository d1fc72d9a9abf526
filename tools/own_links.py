"""Sphinx extension: links of notebooks to this very book stay within the site.

A notebook names its neighbours by full address, since in Colab there is no other. On the site, a link to a page's
source on GitHub, or to the site's public address, becomes a link to the page beside it. Links to Colab stay.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from book_address import site_address
from docutils import nodes


def page_named_by(link: str, address: str, branch: str) -> tuple[str, str] | None:
    """Return (page without suffix, what follows it) if the link leads to a page's source or to the site.

    What follows is a question with its ?, an anchor with its #, both or nothing.
    """
    target = re.match("[^?#]*", link)[0]
    for start, suffixes in (
        (f"{address}/blob/{branch}/", (".ipynb", ".md")),
        (site_address(address), (".html",)),
    ):
        path = PurePosixPath(target.removeprefix(start))
        if target.startswith(start) and path.suffix in suffixes:
            return path.with_suffix("").as_posix(), link[len(target) :].rstrip("#?")
    return None


def _keep_within(app: Any, doctree: nodes.document, page: str) -> None:
    options = app.config.html_theme_options
    for link in doctree.findall(nodes.reference):
        found = page_named_by(link.get("refuri", ""), options["repository_url"], options["repository_branch"])
        if found and found[0] in app.env.found_docs:
            link["refuri"] = app.builder.get_relative_uri(page, found[0]) + found[1]
            link["internal"] = True
    site = site_address(options["repository_url"])
    for raw in doctree.findall(nodes.raw):  # listings among the outputs of notebooks
        if raw.get("format") == "html" and site in raw.astext():
            raw[:] = [nodes.Text(_within(raw.astext(), app, page, site))]


def _within(html: str, app: Any, page: str, site: str) -> str:
    def relative(link: re.Match[str]) -> str:
        if link["page"] not in app.env.found_docs:
            return link[0]
        return f'href="{app.builder.get_relative_uri(page, link["page"])}'

    return re.sub(rf'href="{re.escape(site)}(?P<page>[^"#]+)\.html', relative, html)


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("doctree-resolved", _keep_within)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
