"""A listing as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from smsim.listing.folding import Folded, Group, Statement
from smsim.listing.source import NOWHERE

#: Where the operands begin, if the opcode leaves room: narrow enough for a phone.
OPCODE_WIDTH = 14


def listing(function: Folded, heading: str) -> str:
    """The whole function: what it is given, what it uses, and its instructions by Python line."""
    lines = [heading, ""]
    lines += [f"  {line}" for line in facts(function)]
    has_lines = any(isinstance(p, Group) and p.origin != NOWHERE for p in function.parts)
    for part in function.parts:
        lines.append("")
        if not isinstance(part, Group):
            lines.append(f"{part.name}:")
            continue
        if has_lines:
            lines.append(str(part.origin))
        lines += [f"{s.line:>4}  {statement(s)}" for s in part.statements]
    return "\n".join(_without_gap_after_label(lines))


def facts(function: Folded) -> list[str]:
    """Parameters, memory and registers, each on a line or a few."""
    count = sum(argument.count for argument in function.arguments)
    lines = [f"{plural(count, 'parameter')}"] if count else ["no parameters"]
    lines += [f"  {argument}" for argument in function.arguments]
    for name, space, size in function.memory:
        extent = plural(size, "byte") if size else "size given at launch"
        lines.append(f"{space} memory: {name}, {extent}")
    if function.registers:
        lines.append("registers: " + ", ".join(f"{n} {kind}" for kind, n in function.registers.items()))
    return lines


def statements(some: Iterable[Statement]) -> str:
    """Statements one a line, without line numbers."""
    return "\n".join(map(statement, some))


def statement(one: Statement) -> str:
    """Opcode and operands, the operands aligned."""
    return f"{one.head:<{OPCODE_WIDTH}} {one.operands}".rstrip()


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _without_gap_after_label(lines: list[str]) -> list[str]:
    """A label belongs to what follows it."""
    kept: list[str] = []
    for line in lines:
        if line == "" and kept and kept[-1].endswith(":") and not kept[-1].startswith((" ", "Python")):
            continue
        kept.append(line)
    return kept
