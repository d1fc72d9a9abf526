"""The notation in which a row writes its syntax, as a pattern that instructions are matched against.

What the notation means is described in :mod:`smsim.ptx.rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

#: Width in bits of each PTX type. A predicate has none that a program could see.
TYPE_BITS = {
    "pred": 1, "b8": 8, "b16": 16, "b32": 32, "b64": 64, "b128": 128,
    "u8": 8, "u16": 16, "u32": 32, "u64": 64, "s8": 8, "s16": 16, "s32": 32, "s64": 64,
    "f16": 16, "bf16": 16, "tf32": 32, "f32": 32, "f64": 64,
    "f16x2": 32, "bf16x2": 32, "f32x2": 64, "u16x2": 32, "s16x2": 32,
    "e4m3": 8, "e5m2": 8, "e4m3x2": 16, "e5m2x2": 16, "e4m3x4": 32, "e5m2x4": 32,
    "e2m1x2": 8, "e2m3x2": 16, "e3m2x2": 16, "ue8m0x2": 16, "b1": 1, "u2": 2, "s2": 2, "u4": 4, "s4": 4,
}  # fmt: skip


@dataclass(frozen=True)
class OperandSpec:
    """What a row says of one operand. ``type`` is None where the operand has the instruction's."""

    name: str
    type: str | None = None
    memory: bool = False
    vector: bool = False
    pair: str = "no"  # "no", "may" or "must" have a second destination
    optional: bool = False
    length: int = 0  # of a vector; 0: any
    destination: bool = False


_OPCODE = re.compile(r"[a-zA-Z_]\w*")
_MODIFIER = r"\.[\w:]+"
_SYNTAX_TOKEN = re.compile(rf"{_MODIFIER}|[{{}}|]")
_OPERAND = re.compile(
    r"\{(?P<vector>\w+)\.\.\.(?P<length>\d*)\}(?::(?P<vtype>\w+))?"
    r"|\[(?P<memory>\w+)\](?::(?P<mtype>\w+))?"
    r"|(?:\{!\})?(?P<name>\w+)(?P<pair>\{\|\w+(?::pred)?\}|\|\w+(?::pred)?)?(?::(?P<type>\w+))?"
    r"(?P<late_pair>\{\|\w+(?::pred)?\}|\|\w+(?::pred)?)?"
)


@dataclass(frozen=True)
class Pattern:
    """A row's syntax, ready for use. ``groups`` are the alternatives at each place, in order."""

    modifiers: re.Pattern
    groups: tuple[frozenset[str], ...]
    operands: tuple[OperandSpec, ...]

    def fits(self, modifiers: tuple[str, ...]) -> bool:
        """Whether an instruction may have these modifiers.

        NVIDIA's assembler does not insist on the written order, except among the types, and compilers
        make use of that: ``ld.global.volatile``. So in a second try they are put into the row's order.
        """
        if self.modifiers.fullmatch(_dotted(modifiers)):
            return True
        ordered = self._in_order(modifiers)
        return ordered is not None and self.modifiers.fullmatch(_dotted(ordered)) is not None

    def _in_order(self, modifiers: tuple[str, ...]) -> list[str] | None:
        places: dict[int, str] = {}
        for modifier in modifiers:
            place = next((p for p, g in enumerate(self.groups) if modifier in g and p not in places), None)
            if place is None:
                return None
            places[place] = modifier
        ordered = [places[place] for place in sorted(places)]
        # .f32.s32 converts from integer to float and .s32.f32 back: types stay as they are.
        if [m for m in ordered if m in TYPE_BITS] != [m for m in modifiers if m in TYPE_BITS]:
            return None
        return ordered


def _dotted(modifiers: Iterable[str]) -> str:
    return "".join("." + modifier for modifier in modifiers)


def opcode_of(syntax: str) -> str:
    """``add`` of ``add{.sat}.s32 d, a, b``."""
    match = _OPCODE.match(syntax)
    if match is None:
        raise ValueError(f"a row begins with an opcode: {syntax!r}")
    return match.group()


@cache
def pattern(syntax: str) -> Pattern:
    """Read a row's syntax. Raises ValueError if it is not written in the notation."""
    head, _, tail = syntax.strip().partition(" ")
    text = head[len(opcode_of(head)) :]
    regex = re.compile(_modifier_regex(text, syntax))
    return Pattern(regex, _groups(text), _operand_specs(tail, syntax))


def _groups(text: str) -> tuple[frozenset[str], ...]:
    """The alternatives at each place: ``{.rn|.rz}.f32`` is {rn, rz}, {f32}."""
    groups: list[set[str]] = []
    joined = False
    for token in _SYNTAX_TOKEN.findall(text):
        if token == "|":
            joined = True
        elif token[0] == ".":
            if not joined:
                groups.append(set())
            groups[-1].add(token[1:])
            joined = False
    return tuple(map(frozenset, groups))


def _modifier_regex(text: str, syntax: str) -> str:
    """``{.rn|.rz}.f32|.f64`` as a regular expression over ``.rn.f32``."""
    tokens = _SYNTAX_TOKEN.findall(text)
    if "".join(tokens) != text:
        raise ValueError(f"not a list of modifiers: {text!r} in {syntax!r}")
    out: list[str] = []
    depth = 0
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token == "{":
            out.append("(?:")
            depth += 1
        elif token == "}":
            out.append(")?")
            depth -= 1
        elif token == "|":
            out.append("|")
        else:
            # Outside braces `.a|.b` needs a group of its own; inside, the braces are the group.
            opens = depth == 0 and after == "|" and (index == 0 or tokens[index - 1] != "|")
            closes = depth == 0 and after != "|" and index > 0 and tokens[index - 1] == "|"
            piece = re.escape(token) + r"(?![\w:])"
            out.append(("(?:" if opens else "") + piece + (")" if closes else ""))
    if depth:
        raise ValueError(f"braces do not match in {syntax!r}")
    return "".join(out)


def _operand_specs(text: str, syntax: str) -> tuple[OperandSpec, ...]:
    specs: list[OperandSpec] = []
    position, depth = 0, 0
    text = text.strip()
    while position < len(text):
        rest = text[position:]
        opening = re.match(r"\{\s*(?=,|\w+(?::\w+)?\s*[},](?!\.)|\[)", rest)
        separator = re.match(r"[\s,]+", rest)
        if opening:
            depth += 1
            position += opening.end()
        elif separator:
            position += separator.end()
        elif rest[0] == "}" and depth:
            depth -= 1
            position += 1
        else:
            match = _OPERAND.match(rest)
            if match is None or not match.end():
                raise ValueError(f"not an operand: {rest!r} in {syntax!r}")
            specs.append(_operand_spec(match, first=not specs, optional=depth > 0))
            position += match.end()
    if depth:
        raise ValueError(f"braces do not match in {syntax!r}")
    return tuple(specs)


def _operand_spec(match: re.Match, *, first: bool, optional: bool) -> OperandSpec:
    name = match["vector"] or match["memory"] or match["name"]
    pair = match["pair"] or match["late_pair"] or ""
    return OperandSpec(
        name=name,
        type=match["vtype"] or match["mtype"] or match["type"],
        memory=match["memory"] is not None,
        vector=match["vector"] is not None,
        pair="no" if not pair else "may" if pair.startswith("{") else "must",
        optional=optional,
        length=int(match["length"] or 0),
        destination=first and match["memory"] is None and (name[0] == "d" or name == "p"),
    )
