"""Syntax errors in words: what stands there, what was expected, and on which line.

The parser knows both as names of grammar tokens. A learner should not have to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

from lark import Token, UnexpectedInput, UnexpectedToken

from smsim.errors import PTXSyntaxError

#: Grammar token to words. Tokens that start the same thing share their words, and are named once.
_WORDS = {
    "SEMI": "';'",
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'a text in "quotes"',
    "LABEL": "a label",
    "OPCODE": "an instruction",
    "CALL": "an instruction",
    "AT": "an instruction",
    "OPERATOR": "an operator",
    "NOT": "'!'",
    "LINKAGE": "a declaration such as .visible",
    "FUNCTION_KIND": ".entry or .func",
    "SPACE": "a state space such as .global",
    "REG": ".reg",
    "TYPE": "a type such as .u32",
    "VECTOR": ".v2 or .v4",
    "DIRECTIVE": "a directive such as .maxntid",
    "TARGETS": ".branchtargets",
    "_ATTRIBUTE": ".attribute",
    "LPAR": "'('",
    "RPAR": "')'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "LSQB": "'['",
    "RSQB": "']'",
    "COMMA": "','",
    "COLON": "':'",
    "QMARK": "'?'",
    "EQUAL": "'='",
    "LESSTHAN": "'<'",
    "MORETHAN": "'>'",
    "$END": "the end of the text",
}

#: Sets of tokens that together mean one thing.
_VALUE = {"NAME", "NUMBER", "LPAR", "OPERATOR", "NOT"}
_STATEMENT = {"OPCODE", "CALL", "AT", "LABEL"}
_DECLARATION = {"SPACE", "LINKAGE", "FUNCTION_KIND"}


def syntax_error(message: str, line: int | None, column: int | None = None, **facts: object) -> NoReturn:
    """Raise a :class:`PTXSyntaxError` whose message begins with the place."""
    place = "" if line is None else f"line {line}: " if column is None else f"line {line}, column {column}: "
    raise PTXSyntaxError(place + message, line=line, column=column, **facts)


def error_at(message: str, token: Token) -> NoReturn:
    """Raise a :class:`PTXSyntaxError` at a token of the text."""
    syntax_error(message, token.line, token.column)


def explain(error: UnexpectedInput, text: str, literals: Mapping[str, str]) -> NoReturn:
    """Raise what the parser complains about as a :class:`PTXSyntaxError` a learner can use.

    ``literals`` gives the text of the grammar's unnamed tokens, such as ``.address_size``.
    """
    allowed = _allowed(error)
    position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        position = len(text)
    found = _found(text, position)
    expected = _expected(allowed, literals)
    before = text[:position].rstrip()
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    if "SEMI" in allowed and ("\n" in text[len(before) : position] or position == len(text)):
        # The next line is innocent: it is the statement before it that does not end.
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"expected ';' at the end of the statement, found {found}"
        syntax_error(message, line, column, expected=("';'",))
    message = f"expected {_either(expected)}, found {found}" if expected else f"unexpected {found}"
    syntax_error(message + _advice(text, position), line, column, expected=expected)


def _allowed(error: UnexpectedInput) -> set[str]:
    """The tokens with which the text could go on."""
    parser = getattr(error, "interactive_parser", None)
    if parser is not None:
        return parser.accepts()  # exact, where the lexer's own list is a guess
    return set(getattr(error, "allowed", None) or getattr(error, "expected", None) or ())


def _expected(allowed: set[str], literals: Mapping[str, str]) -> tuple[str, ...]:
    words: list[str] = []
    rest = set(allowed) - {"SECTION", "DWARF"}
    if rest >= _STATEMENT:
        words.append("an instruction, a label, a declaration")
        rest &= {"RBRACE"}
    elif rest >= _DECLARATION:
        words.append("a declaration such as .visible .entry")
        rest = set()
    if rest >= _VALUE:
        words.append("a register, a name or a number")
        rest -= _VALUE
    elif "OPERATOR" in rest and rest - {"OPERATOR", "QMARK"}:
        rest -= {"OPERATOR", "QMARK"}  # what ends an operand is the likelier wish
    words.extend(sorted({_WORDS.get(name) or literals.get(name, name) for name in rest}))
    return tuple(words)


def _either(words: tuple[str, ...]) -> str:
    words = words[:6]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _found(text: str, position: int) -> str:
    if position >= len(text.rstrip()):
        return "the end of the text"
    word = re.compile(r'[\w.%$@:]{1,60}|"[^"\n]{0,60}"?|.', re.DOTALL).match(text, position).group()
    if word.isprintable():
        return f"'{word}'" if "'" not in word else f'"{word}"'
    return f"the character {word!r}"


def _advice(text: str, position: int) -> str:
    rest = text[position : position + 40]
    if re.match(r"0[fF][0-9A-Za-z]", rest):
        return ". A float is written 0f and eight hexadecimal digits, such as 0f3F800000"
    if re.match(r"0[dD][0-9A-Za-z]", rest):
        return ". A double is written 0d and sixteen hexadecimal digits, such as 0d3FF0000000000000"
    if re.match(r"[0-9]", rest):
        return ". A number is written 42, -1, 0x2A, 052, 0b101010 or 1.5"
    if rest.startswith('"'):
        return ". A text ends on the line where it began"
    return ""
