"""Instructions made from the rows of the table: each choice of modifiers, with operands that suit."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from smsim.ptx.rows import Form, Row, operand_type
from smsim.ptx.syntax import TYPE_BITS, OperandSpec, opcode_of

_REGISTERS = {
    "pred": "%p",
    "b8": "%c",
    "b16": "%h",
    "b32": "%r",
    "b64": "%rd",
    "b128": "%q",
    "f32": "%f",
    "f64": "%d",
}


def _places(modifiers: str) -> list[list[str]]:
    """The choices at each place of the outermost level; a place that may be empty begins with ''."""
    places: list[list[str]] = []
    tokens = re.findall(r"\.[\w:]+|[{}|]", modifiers)
    depth, joined = 0, False
    for token in tokens:
        if token == "{":
            depth += 1
            if depth == 1:
                places.append(["", ""])
        elif token == "}":
            depth -= 1
        elif token == "|":
            if depth == 1:
                places[-1].append("")
            joined = depth == 0
        elif depth == 1:
            places[-1][-1] += token
        elif depth == 0:
            if not joined:
                places.append([])
            places[-1].append(token)
            joined = False
    return places


def spellings(row: Row) -> Iterator[str]:
    """The shortest spelling, all that differ from it in one place, and all pairs of required choices."""
    head = row.syntax.partition(" ")[0]
    opcode = opcode_of(head)
    places = _places(head[len(opcode) :])
    base = [choices[0] for choices in places]
    seen: set[str] = set()
    required = [n for n, choices in enumerate(places) if choices[0]]
    changes: list[dict[int, str]] = [{n: c} for n, choices in enumerate(places) for c in choices]
    for a, b in itertools.combinations(required, 2):
        changes += [{a: x, b: y} for x in places[a] for y in places[b]]
    for change in [{}, *changes]:
        spelling = opcode + "".join(change.get(n, choice) for n, choice in enumerate(base))
        if spelling not in seen:
            seen.add(spelling)
            yield spelling


def _register(kind: str, number: int) -> str:
    if kind not in _REGISTERS:
        kind = f"b{max(16, TYPE_BITS.get(kind, 32))}"
    return _REGISTERS[kind] + str(number)


def _operand(spec: OperandSpec, types: tuple[str, ...], vector: int, number: int) -> str:
    if spec.memory:
        return "[%rd7]"
    kind = operand_type(spec, types)
    if spec.length:
        return "{" + ", ".join(_register(kind, 1 + (number + n) % 8) for n in range(spec.length)) + "}"
    if spec.vector:
        half = f"b{TYPE_BITS[kind] // 2}"
        return "{" + _register(half, number) + ", " + _register(half, number + 1) + "}"
    if vector > 1 and spec.type is None:
        return "{" + ", ".join(_register(kind, number + n) for n in range(vector)) + "}"
    return _register(kind, number) + ("|%p8" if spec.pair == "must" else "")


def statement(row: Row, spelling: str) -> str:
    """``spelling`` with registers of the right types, and without the operands that may be left out."""
    opcode, *modifiers = spelling.split(".")
    types = tuple(m for m in modifiers if m in TYPE_BITS)
    flags = frozenset(m for m in modifiers if m not in TYPE_BITS)
    vector = Form(row, opcode, types, flags, (), ()).vector
    operands = []
    for number, spec in enumerate(row.operands):
        wanted = not spec.optional or (spec.name == "policy" and "L2::cache_hint" in flags)
        if wanted:
            operands.append(_operand(spec, types, vector, min(number, 4)))
    if opcode == "cp" and "size" in [spec.name for spec in row.operands] and "bulk" not in flags:
        operands[2] = "16"
    if opcode == "cp" and "wait_group" in flags:
        operands[0] = "1"
    if opcode == "lop3":
        operands[4] = "0x80"
    if opcode == "setmaxnreg":
        operands[0] = "40"
    return f"{spelling} {', '.join(operands)};"
