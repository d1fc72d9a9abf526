"""What is missing, found by putting it in: single repairs of a wrong program's PTX, until one makes it right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labkit.checking.case import Outcome
from labkit.exercises.lab09.program import Program, first_wrong, instructions

Change = Callable[[Program, Outcome], Program | None]


@dataclass(frozen=True)
class Repair:
    """A change that adds one order, and the misconception of who needs it.

    ``change`` returns ``None`` where there is nothing to change.
    """

    name: str
    message: str
    change: Change


def _rewritten(rewrite: Callable[[str, Program], str]) -> Change:
    """Changes every line by ``rewrite``; nothing to change where all lines stay."""

    def change(program: Program, outcome: Outcome) -> Program | None:
        lines = {n: rewrite(line, program) for n, line in enumerate(program.lines)}
        changed = program.with_lines(lines)
        return changed if changed != program else None

    return change


def has_fence(program: Program) -> bool:
    return any(one.words[0] in ("fence", "membar") for one in instructions(program))


def _only(fenced: bool, change: Change) -> Change:
    def guarded(program: Program, outcome: Outcome) -> Program | None:
        return change(program, outcome) if has_fence(program) == fenced else None

    return guarded


def _release(line: str, program: Program) -> str:
    line = re.sub(r"\b(st|red|atom)\.relaxed\b", r"\1.release", line)
    line = re.sub(r"\bst\.volatile\b", "st.release.sys", line)
    return re.sub(r"\b(red|atom)\.(global|add|exch|max)\b", r"\1.release.gpu.\2", line)


def _acquire(line: str, program: Program) -> str:
    line = re.sub(r"\b(ld|atom)\.relaxed\b", r"\1.acquire", line)
    line = re.sub(r"\bld\.volatile\b", "ld.acquire.sys", line)
    return re.sub(r"\batom\.(global|add|exch|or|cas|max)\b", r"atom.acquire.gpu.\1", line)


def _wide(line: str, program: Program) -> str:
    return re.sub(r"\b((?:ld|st|red|atom|fence|membar)\b[\w.]*)\.cta\b", r"\1.gpu", line).replace(
        "membar.gpu", "membar.gl"
    )


def _barrier(kind: str, where: str, neighbour: bool = False) -> Change:
    """A block barrier before or after the racing load or store of the data.

    ``neighbour`` puts it at the access of the same kind next to it instead: the racing one may be in a branch
    that not all threads take.
    """

    def change(program: Program, outcome: Outcome) -> Program | None:
        error = next((e for e in outcome.errors if type(e).__name__ == "DataRace"), None)
        racing = {number - 1 for number in getattr(error, "ptx_lines", ()) if number}
        all_of_kind = [n for n, text in enumerate(program.lines) if re.search(rf"\b{kind}\.global\b", text)]
        chosen = {}
        for position, number in enumerate(all_of_kind):
            if number in racing:
                at = position + (neighbour if where == "after" else -neighbour)
                if 0 <= at < len(all_of_kind):
                    text = program.lines[all_of_kind[at]]
                    barred = f"bar.sync 0;{text}" if where == "before" else f"{text}bar.sync 0;"
                    chosen[all_of_kind[at]] = barred
        return program.with_lines(chosen) if chosen else None

    return change


_ORDERS = (
    Repair(
        "scope of the block",
        "`.cta` is the own block, and the other end is in another block. Take a scope that holds both, `.gpu`.",
        _rewritten(_wide),
    ),
    Repair(
        "fence missing before the store",
        "there is a fence, but none that stands between the data and the store of the counter. In the sender it "
        "belongs after the barrier and before the store.",
        _only(True, _rewritten(_release)),
    ),
    Repair(
        "fence missing after the load",
        "there is a fence, but none that stands between the load of the counter and the data. In the receiver it "
        "belongs after the poll that succeeded, in the thread that polled.",
        _only(True, _rewritten(_acquire)),
    ),
    Repair(
        "relaxed store",
        "the counter is stored without an order: its new value may be seen before the data are. The store must "
        "*release* what was done before it.",
        _only(False, _rewritten(_release)),
    ),
    Repair(
        "relaxed load",
        "the counter is read without an order: the data may have been read before it. The load must *acquire* what "
        "came with the value.",
        _only(False, _rewritten(_acquire)),
    ),
    Repair(
        "no barrier before publishing",
        "one thread publishes the slot while others may still be writing into it. It can only speak for what it "
        "knows of: put a barrier between the writes and the publishing thread.",
        _barrier("st", "after"),
    ),
    Repair(
        "no barrier after awaiting",
        "one thread waits for the slot, and the others do not wait for that thread. Put a barrier between the wait "
        "and the reads.",
        _barrier("ld", "before"),
    ),
    Repair(
        "no barrier before releasing the slot",
        "one thread gives the slot back while others may still be reading it. Put a barrier between the reads and "
        "the thread that gives it back.",
        _barrier("ld", "after"),
    ),
    Repair(
        "no barrier after awaiting space",
        "one thread waits until the slot is free, and the others write into it without waiting for that thread. Put "
        "a barrier between the wait and the writes.",
        _barrier("st", "before"),
    ),
)


#: The barriers once more, at the neighbouring access.
_BARRIERS = {
    "no barrier before publishing": ("st", "after"),
    "no barrier after awaiting": ("ld", "before"),
    "no barrier before releasing the slot": ("ld", "after"),
    "no barrier after awaiting space": ("st", "before"),
}
REPAIRS = (
    *_ORDERS,
    *(
        Repair(one.name, one.message, _barrier(*_BARRIERS[one.name], neighbour=True))
        for one in _ORDERS
        if one.name in _BARRIERS
    ),
)


def diagnosed(program: Program, outcome: Outcome, cases: Sequence) -> Repair | None:
    """The repair that makes ``program`` right on ``cases``; where it takes two, the first of them.

    ``outcome`` is what went wrong. A second repair is made where the first has led to.
    """
    tried: list[tuple[Repair, Program, Outcome]] = []
    for repair in REPAIRS:
        changed = repair.change(program, outcome)
        if changed is None:
            continue
        wrong = first_wrong(changed, cases)
        if wrong is None:
            return repair
        tried.append((repair, changed, wrong))
    for repair, changed, wrong in tried:
        for second in REPAIRS:
            twice = second.change(changed, wrong) if second is not repair else None
            if twice is not None and first_wrong(twice, cases) is None:
                return repair
    return None
