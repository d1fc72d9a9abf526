"""Sphinx extension: what the theme leaves unsaid for those who hear a page or walk it by keyboard.

The arrow that unfolds a lab in the sidebar gets a name, the list of references keeps only roles that browsers still
know, and the empty corner of a table is no heading.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

#: A page in the sidebar, and the arrow that unfolds the pages under it.
_UNFOLDING = re.compile(r"(?P<link><a [^>]*>(?P<title>[^<]*)</a>\s*<details[^>]*>\s*)<summary>")
#: Deprecated in DPUB-ARIA 1.1, and wrong on what docutils puts them on.
_ROLES = re.compile(r' role="doc-biblioentry"|(?<=<div) role="list"(?= class="citation-list">)')

#: A column's heading that says nothing: the corner above the headings of rows.
_EMPTY_HEADING = re.compile(r'<th class="(head[^"]*)">(?:<p></p>)?</th>')


def with_named_arrows(contents: str) -> str:
    """Return the sidebar's HTML, each arrow named after the page whose pages it unfolds."""
    return _UNFOLDING.sub(r'\g<link><summary aria-label="Pages under \g<title>">', contents)


def without_old_roles(body: str) -> str:
    """Return a page's HTML without the roles of docutils' citations."""
    return _ROLES.sub("", body)


def without_empty_headings(body: str) -> str:
    """Return a page's HTML in which an empty heading of a table is an ordinary cell."""
    return _EMPTY_HEADING.sub(r'<td class="\1"></td>', body)


def _mend(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    if "body" in context:
        context["body"] = without_empty_headings(without_old_roles(context["body"]))
    if "generate_toctree_html" in context:
        context["generate_toctree_html"] = _named(context["generate_toctree_html"])


def _named(generate: Callable[..., Any]) -> Callable[..., Any]:
    def generated(kind: str, *arguments: Any, **options: Any) -> Any:
        made = generate(kind, *arguments, **options)
        return with_named_arrows(str(made)) if kind == "sidebar" else made

    return generated


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("html-page-context", _mend, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
