"""Sphinx extension: the page "What it executes" is made from the instruction table while the site is built.

``{instruction-counts}`` is a sentence of numbers, ``{executed-instructions}`` the table itself, each opcode
folded, and ``{refused-instructions}`` what the ISA has besides (see ptx_isa.py). So the page cannot drift.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from itertools import groupby
from typing import Any

from deepep import complaint, needed
from docutils import nodes
from ptx_isa import REFUSED, REFUSED_PARTS
from sphinx.util.docutils import SphinxDirective

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

_TOKEN = re.compile(r"\.[\w:]+|[{}|]")


def rows_by_subject() -> dict[str, tuple[Row, ...]]:
    """The rows under each heading. A module of the table without a heading is an error of the build."""
    modules = {m.name for m in pkgutil.iter_modules(table.__path__)}
    if modules != set(SUBJECTS):
        raise ValueError(f"these modules of the table need a heading here: {sorted(modules ^ set(SUBJECTS))}")
    return {
        heading: importlib.import_module(f"{table.__name__}.{name}").ROWS
        for name, heading in SUBJECTS.items()
    }


def spellings(syntax: str) -> set[str]:
    """Every opcode with modifiers that a row's syntax stands for: ``add.s32``, ``add.u32`` ..."""
    head = syntax.partition(" ")[0]
    opcode = re.match(r"\w+", head).group()
    found, rest = _alternatives(_TOKEN.findall(head[len(opcode) :]), top=True)
    assert not rest
    return {opcode + spelling for spelling in found}


def _alternatives(tokens: list[str], *, top: bool) -> tuple[set[str], list[str]]:
    """What ``.a{.b}|.c`` stands for, up to the brace that closes it. On top ``|`` joins single modifiers."""
    whole: set[str] = set()
    sequence = {""}
    while tokens and tokens[0] != "}":
        token, *tokens = tokens
        if token == "{":
            choices, tokens = _alternatives(tokens, top=False)
            tokens = tokens[1:]
            choices |= {""}
        elif token == "|":
            whole |= sequence
            sequence = {""}
            continue
        else:
            choices = {token}
            while top and tokens and tokens[0] == "|":
                choices.add(tokens[1])
                tokens = tokens[2:]
        sequence = {a + b for a in sequence for b in choices}
    return whole | sequence, tokens


def _html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def _paragraph(*parts: str | nodes.Node, classes: tuple[str, ...] = ()) -> nodes.paragraph:
    """A paragraph of texts and nodes; between backticks stands code."""
    paragraph = nodes.paragraph(classes=list(classes))
    for part in parts:
        if isinstance(part, nodes.Node):
            paragraph += part
            continue
        for number, piece in enumerate(part.split("`")):
            paragraph += nodes.literal(piece, piece) if number % 2 else nodes.Text(piece)
    return paragraph


class InstructionCounts(SphinxDirective):
    """How much there is: rows, opcodes, spellings."""

    def run(self) -> list[nodes.Node]:
        rows = table.ROWS
        different = set().union(*(spellings(row.syntax) for row in rows))
        sentence = f"The table has {len(rows)} rows for {len({row.opcode for row in rows})} opcodes. "
        sentence += f"With all their modifiers they stand for {len(different):,} spellings."
        return [_paragraph(sentence)]


class DeepEPInstructions(SphinxDirective):
    """How many of the instructions in DeepEP's sources are executed, and which they are."""

    def run(self) -> list[nodes.Node]:
        every = needed()
        executed = [one for one in every if complaint(one) is None]
        later = [one for one in every if one.needs]
        sentence = f"Of the {len(every)} instructions in DeepEP's sources {len(executed)} are executed. "
        if later:
            names = " and ".join(f"`{one.spelling}`" for one in later)
            sentence += f"{names} need {later[0].needs}, and NVIDIA's assembler refuses them for an H800."
        listed = nodes.definition_list()
        for title, group in groupby(every, key=lambda one: one.group):
            own = list(group)
            code = ", ".join(dict.fromkeys(f"`{one.said}`" for one in own))
            said = nodes.list_item("", _paragraph(code), _paragraph(f"In `{own[0].file}`."))
            definition = nodes.definition("", nodes.bullet_list("", said, classes=["rows"]))
            listed += nodes.definition_list_item("", nodes.term(title, title), definition)
        return [_paragraph(sentence), listed]


class ExecutedInstructions(SphinxDirective):
    """The table, a section a subject, each opcode folded."""

    def run(self) -> list[nodes.Node]:
        sections = []
        for heading, rows in rows_by_subject().items():
            section = nodes.section(ids=[nodes.make_id(heading)], names=[heading.lower()])
            section += nodes.title(heading, heading)
            for opcode, own in groupby(sorted(rows, key=lambda row: row.opcode), key=lambda row: row.opcode):
                section += _folded(opcode, list(own))
            sections.append(section)
        return sections


def _folded(opcode: str, rows: list[Row]) -> list[nodes.Node]:
    count = f"{len(rows)} rows" if len(rows) > 1 else "1 row"
    summary = f'<details class="opcode"><summary><code>{opcode}</code> <span>{count}</span></summary>'
    listed = nodes.bullet_list(classes=["rows"])
    for row in rows:
        # The ISA's way of writing has no spaces before the operands; a line may break at each modifier.
        facts = f"{UNITS[row.unit]}, PTX {'.'.join(map(str, row.ptx))}, sm_{row.sm}"
        listed += nodes.list_item(
            "",
            _paragraph(nodes.literal(row.syntax, row.syntax)),
            _paragraph(row.summary, " ", nodes.inline(facts, facts, classes=["row-facts"])),
        )
    return [_html(summary), listed, _html("</details>")]


class RefusedInstructions(SphinxDirective):
    """What the ISA has besides, by subject."""

    def run(self) -> list[nodes.Node]:
        listed = nodes.definition_list()
        for heading, (sentence, names) in REFUSED.items():
            code = ", ".join(f"`{name}`" for name in names)
            definition = nodes.definition("", _paragraph(sentence), _paragraph(code))
            listed += nodes.definition_list_item("", nodes.term(heading, heading), definition)
        parts = nodes.definition("", _paragraph("; ".join(REFUSED_PARTS) + "."))
        term = nodes.term("", "Parts of instructions that are executed otherwise")
        listed += nodes.definition_list_item("", term, parts)
        return [listed]


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_directive("instruction-counts", InstructionCounts)
    app.add_directive("deepep-instructions", DeepEPInstructions)
    app.add_directive("executed-instructions", ExecutedInstructions)
    app.add_directive("refused-instructions", RefusedInstructions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
