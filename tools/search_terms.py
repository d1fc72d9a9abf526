"""Sphinx extension: what the search page knows beside its words: terms, instructions, metrics, names of functions.

Sphinx cuts what is searched for into words, so ``st.release`` finds every page with *st* and *release* somewhere. A
small index is written while the site is built, and book/assets/scripts/search-terms.js shows what fits above the
results: a term leads to the glossary, an instruction to its row of the PTX reference, and each name also to the
chapters that use it, the first of them first.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from reading_order import reading_order
from reference_page import rows_by_subject

from smsim.listing.reference import anchor
from smsim.ptx.special import SPECIAL_TYPES, SPECIAL_VECTORS

GLOSSARY, REFERENCE = "book/glossary", "book/ptx-reference"
#: Lists of everything, and second copies: to be told that a name stands there helps nobody.
NOT_A_USE = re.compile(rf"{GLOSSARY}|{REFERENCE}|book/coverage|labs/solutions/")
DATA = "scripts/search-terms-data.js"

#: Nsight Compute's way to name a metric: a unit, two underscores, a quantity, then what is made of it.
METRIC = r"(?:sm|smsp|l1tex|lts|dram|gpu|gpc|idc|launch|pcie|nvlrx|nvltx)__\w+(?:\.\w+)*"
FUNCTION = r"(?:cuda|smsim|labkit(?!\.figures)|trainmath)\.[A-Za-z_]\w*(?:\.\w+)*"
#: ``%tid`` stands for a vector too; the longest name first, so that none hides another.
SPECIAL = "|".join(sorted(map(re.escape, {*SPECIAL_TYPES, *SPECIAL_VECTORS}), key=len, reverse=True))


def name_pattern(opcodes: set[str]) -> re.Pattern[str]:
    """Return what finds names in text: metrics, functions, special registers, instructions of these opcodes."""
    instruction = rf"(?:{'|'.join(sorted(opcodes, key=len, reverse=True))})(?:\.[A-Za-z][\w:]*)+"
    return re.compile(rf"(?<![\w.%/-])(?:{METRIC}|{FUNCTION}|{SPECIAL}|{instruction})(?![\w/])")


def _section_of(node: nodes.Node) -> str:
    """The anchor of the section that a node stands in; none for a page's own title."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.section) and isinstance(node.parent, nodes.section):
            return node["ids"][0]
    return ""


def mentions(app: Any, pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """Return for each name where it is first used on each page: {"cuda.jit": ["notebooks/01-...#first", ...]}."""
    found: dict[str, dict[str, str]] = {}
    for page in reading_order(app):
        if NOT_A_USE.match(page):
            continue
        for text in app.env.get_doctree(page).findall(nodes.Text):
            for name in pattern.findall(text.astext()):
                found.setdefault(name, {}).setdefault(page, _section_of(text))
    return {
        name: [f"{page}.html" + (f"#{section}" if section else "") for page, section in pages.items()]
        for name, pages in sorted(found.items())
    }


def terms(app: Any) -> list[dict[str, str]]:
    """Return the glossary: each term, its anchor, its explanation in short."""
    listed = []
    for item in app.env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        names = [child for child in item.children if isinstance(child, nodes.term)]
        explained = next(child for child in item.children if isinstance(child, nodes.definition)).astext()
        for name in names:
            listed.append(
                {
                    "name": name.astext(),
                    "at": f"{GLOSSARY}.html#{name['ids'][0]}",
                    "says": " ".join(explained.split()),
                }
            )
    return listed


def instructions() -> list[dict[str, str]]:
    """Return the rows of the PTX reference."""
    return [
        {
            "opcode": row.opcode,
            "name": row.syntax,
            "at": f"{REFERENCE}.html#{anchor(row)}",
            "says": row.summary,
        }
        for rows in rows_by_subject().values()
        for row in rows
    ]


def index(app: Any) -> dict[str, Any]:
    """Return all that the search page is given."""
    rows = instructions()
    used = mentions(app, name_pattern({row["opcode"] for row in rows}))
    pages = {f"{page}.html": app.env.titles[page].astext() for page in reading_order(app)}
    return {"terms": terms(app), "instructions": rows, "mentions": used, "pages": pages}


def _write(app: Any, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        text = json.dumps(index(app), ensure_ascii=False, separators=(",", ":"))
        file = Path(app.outdir) / "_static" / DATA
        file.write_text(f"const bookTerms = {text};\n", encoding="utf-8")


def _load_on_search_page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    if page == "search":
        app.add_js_file(DATA, loading_method="defer")
        app.add_js_file("scripts/search-terms.js", loading_method="defer")


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("html-page-context", _load_on_search_page)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
