"""Sphinx extension: ticks for what a reader has done, and the page that shows them all.

``{progress-overview}`` lists all chapters and labs in the order of the table of contents, each lab with its exercises'
names as labkit writes them into a progress file. The list stands in the page; book/assets/scripts/progress.js adds the
boxes. What is ticked is kept in the reader's browser and sent nowhere.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from reading_order import reading_order
from sphinx.util.docutils import SphinxDirective

from labkit import exercises

TICKED = re.compile(r"notebooks/\d\d-|labs/(lab\d\d)-")

TOOLS = """
<div class="progress-tools" hidden>
<p><strong data-count="chapter"></strong> and <strong data-count="lab"></strong> are done.</p>
<p><label for="progress-file">Import what <code>labkit.export_progress()</code> wrote:</label>
<input type="file" id="progress-file" accept=".json,application/json">
<button type="button" class="progress-save">Save to a file</button></p>
<p role="status"></p>
</div>
<noscript><p>Ticks need JavaScript. The list works without.</p></noscript>
"""


class progress_overview(nodes.General, nodes.Element):
    """Stands for the list until all titles are known."""


class ProgressOverview(SphinxDirective):
    """The list of chapters and labs, to be ticked."""

    def run(self) -> list[nodes.Node]:
        return [progress_overview()]


def ticked_pages(app: Any) -> list[str]:
    """Return the chapters and labs, without solutions, in the order of the table of contents."""
    return [page for page in reading_order(app) if TICKED.match(page)]


def overview_html(app: Any, page: str) -> str:
    """Return the overview as it stands on ``page``."""
    items = {"notebooks": [], "labs": []}
    for target in ticked_pages(app):
        title = escape(app.env.titles[target].astext())
        lab = TICKED.match(target)[1]
        names = f' data-exercises="{" ".join(exercises.of_lab(lab))}"' if lab else ""
        count = ' <span class="progress-exercises"></span>' if lab else ""
        link = f'<a href="{app.builder.get_relative_uri(page, target)}">{title}</a>'
        items[target.partition("/")[0]].append(f'<li data-page="{target}"{names}>{link}{count}</li>')
    lists = [
        f'<h2 id="{heading.lower()}">{heading}</h2><ul>{"".join(items[folder])}</ul>'
        for folder, heading in (("notebooks", "Chapters"), ("labs", "Labs"))
    ]
    return f'<div class="progress-overview">{TOOLS}{"".join(lists)}</div>'


def _fill(app: Any, doctree: nodes.document, page: str) -> None:
    for place in doctree.findall(progress_overview):
        place.replace_self(nodes.raw("", overview_html(app, page), format="html"))


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_node(progress_overview)
    app.add_directive("progress-overview", ProgressOverview)
    app.connect("doctree-resolved", _fill)
    for script in ("scripts/progress-store.js", "scripts/progress.js", "scripts/print.js"):
        app.add_js_file(script, loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
