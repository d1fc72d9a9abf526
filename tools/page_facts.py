"""Sphinx extension: under the title of a chapter or lab stands how long it takes and what it builds on.

A notebook says both once, in the last paragraph of its opening: ``**Time:** about 45 minutes. **Builds on:** ...``.
On the site that paragraph moves up under the title. Where it names a chapter or lab by number without a link, as labs
do, the site adds the link.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes

#: "chapter 04", "chapters 19", ", and 20", "lab 12": what may stand in front of a title in emphasis.
NUMBERED = re.compile(r"(?:(?P<kind>chapter|lab)s? )?(?P<number>\d{1,2}),\s*$", re.IGNORECASE)
PAGES = {"chapter": re.compile(r"notebooks/(\d\d)-"), "lab": re.compile(r"labs/lab(\d\d)-")}


def facts_of(section: nodes.Element) -> nodes.paragraph | None:
    """Return the paragraph of a page's opening that begins with **Time:**, if there is one."""
    for child in section.children:
        if isinstance(child, nodes.paragraph) and child.astext().startswith("Time:"):
            return child
    return None


def numbered_pages(documents: set[str]) -> dict[tuple[str, int], str]:
    """Return which page is chapter or lab number so and so: {("chapter", 4): "notebooks/04-shared-memory"}."""
    found = {}
    for page in documents:
        for kind, pattern in PAGES.items():
            match = pattern.match(page)
            if match:
                found[kind, int(match[1])] = page
    return found


def link_titles(facts: nodes.paragraph, page: str, app: Any) -> None:
    """Turn *Title* after "chapter 04, " into a link to that chapter."""
    known = numbered_pages(app.env.found_docs)
    kind = ""
    for before, title in zip(list(facts.children), list(facts.children)[1:]):
        match = NUMBERED.search(before.astext()) if isinstance(before, nodes.Text) else None
        if match is None:
            continue
        kind = (match["kind"] or kind).lower()
        target = known.get((kind, int(match["number"])))
        if target and isinstance(title, nodes.emphasis):
            address = app.builder.get_relative_uri(page, target)
            link = nodes.reference("", title.astext(), refuri=address, internal=True)
            facts.replace(title, link)


def _under_the_title(app: Any, doctree: nodes.document, page: str) -> None:
    if PurePosixPath(page).parts[0] not in ("notebooks", "labs"):
        return
    section = next(doctree.findall(nodes.section), None)
    facts = facts_of(section) if section is not None else None
    if facts is None:
        return
    section.remove(facts)
    facts["classes"].append("page-facts")
    link_titles(facts, page, app)
    section.insert(1, facts)  # 0 is the title


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect(
        "doctree-resolved", _under_the_title, priority=600
    )  # after the links were made to stay within
    return {"parallel_read_safe": True, "parallel_write_safe": True}
