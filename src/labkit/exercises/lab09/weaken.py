"""Weaker versions of a right program: one order less in each. Where one still passes, that order was not needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labkit.exercises.lab09.program import Instruction, Program, first_wrong, instructions

_SCOPES = ("gpu", "sys", "gl", "cluster")
_ORDERS = ("release", "acquire", "acq_rel")
_BARRIERS = ("bar", "barrier")
_ACCESSES = ("ld", "st", "atom", "red")


@dataclass(frozen=True)
class Weakening:
    """One change.

    Attributes:
        at: the instructions that it changes: all copies that the compiler made of one.
        old, new: the opcode before and after; ``new`` is ``"nothing"`` where it is taken away.
        source_line: as the file counts, or ``None``.
    """

    at: tuple[Instruction, ...]
    old: str
    new: str
    source_line: int | None

    def applied(self, program: Program) -> Program:
        changed = {}
        for one in self.at:
            line = changed.get(one.line, program.lines[one.line])
            if self.new == "nothing":
                line = re.sub(rf"(@!?%\w+\s+)?{re.escape(self.old)}\b[^;]*;", "", line)
            else:
                line = line.replace(self.old, self.new)
            changed[one.line] = line
        return program.with_lines(changed)


def weakenings(program: Program) -> list[Weakening]:
    """Every order and scope of the program, each weakened alone."""
    groups: dict[tuple[str, str], list[Instruction]] = {}
    for one in instructions(program):
        groups.setdefault((one.place, one.opcode), []).append(one)
    return [
        Weakening(tuple(group), opcode, new, group[0].source_line)
        for (_, opcode), group in groups.items()
        for new in _weaker(group[0].words)
    ]


def _weaker(words: Sequence[str]) -> Iterator[str]:
    if words[0] in ("fence", "membar") and "proxy" not in words:
        yield "nothing"
        if words[-1] in _SCOPES:
            yield ".".join((*words[:-1], "cta"))
    elif words[0] in _BARRIERS and "warp" not in words:
        yield "nothing"
    elif words[0] in _ACCESSES:
        if any(word in _ORDERS for word in words):
            yield ".".join("relaxed" if word in _ORDERS else word for word in words)
        if any(word in _SCOPES for word in words):
            yield ".".join("cta" if word in _SCOPES else word for word in words)


def survivors(program: Program, cases: Sequence, *, barriers: bool) -> tuple[int, list[Weakening]]:
    """How many weakenings there are, and those that no case and no seed tells from the original.

    Barriers are weakened, too, where ``barriers`` says so.
    """
    tried = [one for one in weakenings(program) if barriers or one.at[0].words[0] not in _BARRIERS]
    return len(tried), [one for one in tried if first_wrong(one.applied(program), cases) is None]
