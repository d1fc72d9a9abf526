"""Sphinx extension: the PTX reference is made from the instruction table while the site is built.

``{ptx-reference}`` is the whole table, a section a subject; each row and each opcode has an anchor. So the page
cannot drift from what the machine executes. Listings link to the anchors: see smsim/listing/reference.py.
"""

from __future__ import annotations

import importlib
import pkgutil
from itertools import groupby
from typing import Any

from coverage_page import _html, _paragraph
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from smsim.listing.reference import anchor
from smsim.ptx import table
from smsim.ptx.rows import Row

#: Which module of the table goes under which heading, in the order of the page.
SUBJECTS = {
    "arithmetic": "Integers, floats and doubles",
    "approx": "Approximate functions",
    "half": "Floats of 16 bits",
    "packed": "Pairs of integers, dot products",
    "bits": "Bits",
    "compare": "Comparison and selection",
    "convert": "Conversion",
    "convert_small": "Conversion of short floats",
    "memory": "Memory",
    "control": "Control, barriers, warps",
    "tensor": "Tensor cores",
    "asynchronous": "Asynchronous copies and mbarriers",
}
UNITS = {
    "alu": "ALU", "fma": "FMA pipe", "fp64": "FP64 pipe", "xu": "special function unit",
    "lsu": "load/store unit", "tensor": "tensor core",
    "branch": "branch unit", "barrier": "barrier unit", "none": "no unit",
}  # fmt: skip


def rows_by_subject() -> dict[str, tuple[Row, ...]]:
    """The rows under each heading. A module of the table without a heading is an error of the build."""
    modules = {m.name for m in pkgutil.iter_modules(table.__path__)}
    if modules != set(SUBJECTS):
        raise ValueError(f"these modules of the table need a heading here: {sorted(modules ^ set(SUBJECTS))}")
    return {
        heading: importlib.import_module(f"{table.__name__}.{name}").ROWS
        for name, heading in SUBJECTS.items()
    }


class PTXReference(SphinxDirective):
    """The table, a section a subject, under each opcode its rows."""

    def run(self) -> list[nodes.Node]:
        sections = []
        named: set[str] = set()
        for heading, rows in rows_by_subject().items():
            section = nodes.section(ids=[nodes.make_id(heading)], names=[heading.lower()])
            section += nodes.title(heading, heading)
            for opcode, own in groupby(sorted(rows, key=lambda row: row.opcode), key=lambda row: row.opcode):
                section += _of_opcode(opcode, list(own), "" if opcode in named else f"ptx-{opcode}")
                named.add(opcode)
            sections.append(section)
        return sections


def _of_opcode(opcode: str, rows: list[Row], name: str) -> list[nodes.Node]:
    """``name`` is the opcode's anchor; an opcode that has rows in several sections is anchored at the first.
    A row without operands and modifiers has that anchor itself."""
    listed = nodes.bullet_list(classes=["rows"])
    for row in rows:
        # The ISA's way of writing has no spaces before the operands; a line may break at each modifier.
        facts = f"{UNITS[row.unit]}, PTX {'.'.join(map(str, row.ptx))}, sm_{row.sm}"
        listed += nodes.list_item(
            "",
            _paragraph(nodes.literal(row.syntax, row.syntax)),
            _paragraph(row.summary, " ", nodes.inline(facts, facts, classes=["row-facts"])),
            ids=[anchor(row)],
        )
    named = f' id="{name}"' if name and name not in {anchor(row) for row in rows} else ""
    return [
        _html(f'<div class="opcode" data-opcode="{opcode}"><p{named}><code>{opcode}</code></p>'),
        listed,
        _html("</div>"),
    ]


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_directive("ptx-reference", PTXReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
