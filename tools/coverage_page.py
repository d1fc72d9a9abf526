"""Sphinx extension: the page "What it executes" is made from the instruction table while the site is built.

``{instruction-counts}`` is a sentence of numbers, and ``{refused-instructions}`` what the ISA has besides (see
ptx_isa.py). So the page cannot drift. The table itself is another page: see reference_page.py.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from deepep import complaint, needed
from docutils import nodes
from ptx_isa import REFUSED, REFUSED_PARTS
from sphinx.util.docutils import SphinxDirective

from smsim.ptx import table

_TOKEN = re.compile(r"\.[\w:]+|[{}|]")


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
            code = ", ".join(f"`{one.spelling}`" for one in own)
            definition = nodes.definition("", _paragraph(code), _paragraph(f"In `{own[0].file}`."))
            listed += nodes.definition_list_item("", nodes.term(title, title), definition)
        return [_paragraph(sentence), listed]


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
    app.add_directive("refused-instructions", RefusedInstructions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
