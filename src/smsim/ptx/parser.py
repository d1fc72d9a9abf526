"""From a PTX text to a :class:`~smsim.ptx.nodes.Module`.

Four steps, each in a file of its own: the grammar (grammar.lark) says which sequences of tokens are
PTX; tree.py records what was written; builder.py and body.py look up what the names mean; data.py lays
out variables. Whatever is wrong with a text comes out as a :class:`~smsim.errors.PTXSyntaxError`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, UnexpectedInput

from smsim.errors import PTXSyntaxError
from smsim.ptx.builder import build_module
from smsim.ptx.link import link
from smsim.ptx.messages import explain, syntax_error
from smsim.ptx.nodes import Module
from smsim.ptx.tree import ModuleText, TreeBuilder

_COMMENT = re.compile(r'"[^"\n]*"|//[^\n]*|/\*.*?\*/|/\*', re.DOTALL)


@cache
def _grammar() -> Lark:
    text = files("smsim.ptx").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=TreeBuilder(), maybe_placeholders=False)


def parse(text: str) -> Module:
    """Read a PTX text. If it holds several modules, each with its ``.version``, they are linked.

    Raises:
        PTXSyntaxError: with line, column and what was expected there.
    """
    return link(parse_modules(text))


def parse_modules(text: str) -> list[Module]:
    """Read a PTX text that may hold several modules one after the other."""
    text = text.rstrip("\0")  # as C hands texts over
    try:
        blanked = _without_comments(text)
        written, complaint = _read(blanked)
        if complaint is not None:
            literals = {t.name: t.pattern.value for t in _grammar().terminals if t.pattern.type == "str"}
            explain(complaint, blanked, literals)
        if not written:
            syntax_error("the text holds no PTX; it begins with .version", 1, 1)
        return [build_module(module, text, blanked) for module in written]
    except PTXSyntaxError as error:
        if error.text is None and error.line is not None:
            lines = text.split("\n")
            error.text = error.ptx_text = lines[error.line - 1].strip() if error.line <= len(lines) else None
        raise


def _read(text: str) -> tuple[list[ModuleText], UnexpectedInput | None]:
    """What was written, or the parser's complaint: returned, so that no reader has to see its traceback."""
    try:
        return _grammar().parse(text), None
    except UnexpectedInput as complaint:
        return [], complaint


@lru_cache(maxsize=64)
def load_text(text: str) -> Module:
    """Read and link a PTX text, once: the same text gives the same module again."""
    return parse(text)


def _without_comments(text: str) -> str:
    """The text with every comment replaced by spaces, so that all positions stay as they are."""

    def blank(match: re.Match) -> str:
        comment = match.group()
        if comment[0] == '"':
            return comment
        if comment == "/*":
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            syntax_error("a comment begins here and never ends; */ is missing", line, column)
        return "\n".join(" " * len(line) for line in comment.split("\n"))

    return _COMMENT.sub(blank, text)
