"""Sphinx extension: what others are told about a page: social cards, search engines, crawlers.

Each page gets a title, a description (its first sentences) and a picture for whoever shows a link to it. The site
gets sitemap.xml and robots.txt. All absolute addresses begin with ``html_baseurl``, which book_address.py derives from
the repository's address in _config.yml. A crawler looks for robots.txt at the root of a host only, so on a project's
GitHub Pages it is found by nobody unless the site has a domain of its own; the sitemap can be handed in by hand.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as escape_xml

from docutils import nodes
from social_card import HEIGHT, WIDTH, write_card

CARD = "_static/social-card.png"
CARD_SHOWS = (
    "A grid of 132 cells, 112 squares for SMs that compute and 20 discs, in pairs, for SMs that communicate."
)
LINES = ("From CUDA to PTX on a GPU you can see through,", "and what it costs to let SMs talk.")
LONGEST = 200


def description(doctree: nodes.document) -> str:
    """Return the first paragraph of a page that is a sentence or more, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 60 and "page-facts" not in paragraph["classes"] and not text.startswith("Time:"):
            return text if len(text) <= LONGEST else text[: LONGEST - 1].rpartition(" ")[0] + " …"
    return ""


def tags(address: str, book: str, page: str, title: str, told: str) -> str:
    """Return the meta elements of one page."""
    pairs = [
        ("og:type", "website"),
        ("og:site_name", book),
        ("og:title", title if title == book else f"{title} - {book}"),
        ("og:description", told),
        ("og:url", f"{address}{page}.html"),
        ("og:image", address + CARD),
        ("og:image:width", str(WIDTH)),
        ("og:image:height", str(HEIGHT)),
        ("og:image:alt", CARD_SHOWS),
    ]
    lines = [f'<meta property="{name}" content="{escape(text)}" />' for name, text in pairs if text]
    lines.append('<meta name="twitter:card" content="summary_large_image" />')
    if told:
        lines.append(f'<meta name="description" content="{escape(told)}" />')
    return "\n".join(lines)


def sitemap(address: str, pages: list[str]) -> str:
    """Return sitemap.xml; no dates, since a build does not know when a text was last changed."""
    listed = "\n".join(f"<url><loc>{escape_xml(address + page)}.html</loc></url>" for page in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}\n</urlset>\n'
    )


def _tag(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if doctree is not None:
        title = app.env.titles[page].astext()
        made = tags(app.config.html_baseurl, app.config.html_title, page, title, description(doctree))
        context["metatags"] = context.get("metatags", "") + made


def _write(app: Any, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    out, address = Path(app.outdir), app.config.html_baseurl
    write_card(out / CARD, app.config.html_title, LINES)
    (out / "sitemap.xml").write_text(sitemap(address, sorted(app.env.found_docs)), encoding="utf-8")
    robots = f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n"
    (out / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("html-page-context", _tag)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
