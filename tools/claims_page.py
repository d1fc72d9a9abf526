"""Sphinx extension: the page of the article's claims is made from the claims' data while the site is built.

``{claims-at-a-glance}`` is a list of all claims with verdict and finding, ``{claims-counts}`` one sentence that
counts the verdicts. Numbers in a finding are computed by trainmath.claims, so the page cannot drift.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from coverage_page import _html, _paragraph
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from trainmath import claims
from trainmath.claims import Claim, Source

READ = {"primary": "read in the authors' own file", "copy": "read in a copy", "secondary": "second-hand"}


def verdict_counts() -> str:
    """``"2 misleading, 9 incomplete"``: the verdicts that occur, in their order."""
    count = Counter(claim.verdict for claim in claims.table())
    return ", ".join(f"{count[verdict]} {verdict}" for verdict in claims.VERDICTS if count[verdict])


class ClaimsCounts(SphinxDirective):
    """How many claims got which verdict, and what each verdict means."""

    def run(self) -> list[nodes.Node]:
        listed = nodes.bullet_list()
        for verdict, meaning in claims.VERDICTS.items():
            badge = _html(f'<span class="verdict {verdict}">{verdict}</span>')
            listed += nodes.list_item("", _paragraph(badge, f" {meaning}."))
        sentence = f"Of {len(claims.table())} claims: {verdict_counts()}."
        return [_paragraph(sentence), listed]


class ClaimsAtAGlance(SphinxDirective):
    """Each claim with its verdict, what the sources say, and, folded, where to look and what would change it."""

    def run(self) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for claim in claims.table():
            found += [
                _html(f'<div class="claim" id="claim-{claim.number}">'),
                *_entry(claim),
                _html("</div>"),
            ]
        return found


def _entry(claim: Claim) -> list[nodes.Node]:
    badge = f'<span class="verdict {claim.verdict}">{claim.verdict}</span>'
    head = nodes.paragraph(classes=["claim-head"])
    head += [nodes.strong("", f"{claim.number}. {claim.claim} "), _html(badge)]
    rows = nodes.bullet_list()
    for row in claim.inputs():
        # The mark stands with every input, as everywhere in the book.
        text = f"{row.key}: {row.mark}, {row.date}; {row.source}"
        rows += nodes.list_item("", _paragraph(text))
    sources = nodes.paragraph("", "Sources: ")
    for number, source in enumerate(claim.sources):
        sources += [nodes.Text("; " if number else ""), *_source(source)]
    sources += nodes.Text(".")
    return [
        head,
        _marked(claim.finding),
        _html("<details><summary>Sources, inputs, what would change it</summary>"),
        sources,
        _paragraph(f"Would change it: {claim.change[0].lower() + claim.change[1:]}"),
        _paragraph(f"Computed by `trainmath.claims.numbers.{claim.computes}` from:"),
        rows,
        _html("</details>"),
    ]


def _source(source: Source) -> list[nodes.Node]:
    name = nodes.reference("", source.name, refuri=source.url) if source.url else nodes.Text(source.name)
    return [name, nodes.Text(f" ({source.date}, {READ[source.read]})")]


def _marked(text: str) -> nodes.paragraph:
    """A paragraph in which what stands between asterisks is emphasised."""
    paragraph = nodes.paragraph()
    for number, piece in enumerate(text.split("*")):
        paragraph += nodes.emphasis(piece, piece) if number % 2 else nodes.Text(piece)
    return paragraph


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_directive("claims-counts", ClaimsCounts)
    app.add_directive("claims-at-a-glance", ClaimsAtAGlance)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
