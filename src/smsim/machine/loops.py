"""The loops of a function: those in which lanes may wait for others, those that poll, those that never end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.program import Code
    from smsim.ptx.flow import Block

_WAITS_ON_OTHERS = {"volatile", "acquire", "relaxed", "mmio"}


def mark_loops(blocks: list[Code], graph: list[Block]) -> None:
    """Find loops in which lanes may wait for others, and loops that nothing can end."""
    for number, block in enumerate(graph):
        for target in block.successors:
            if target > number:
                continue
            body = blocks[target : number + 1]
            if any(may_wait(step) for code in body for step in code.steps):
                waits = [step.form.row.semantics for code in body for step in code.steps if may_wait(step)]
                only = all(name == "async.wait" for name in waits)
                blocks[target].awaits = only and (blocks[target].awaits or not blocks[target].spins)
                blocks[target].spins = True
                if _ends_by_what_it_sees(blocks, graph, target, number):
                    blocks[target].polls_to = max(blocks[target].polls_to, number)
    for number, code in enumerate(blocks):
        if code.polls_to >= 0:
            for inside in blocks[number : code.polls_to + 1]:
                inside.polls = True
            _mark_peeled(blocks, graph, number, code.polls_to)
    _mark_endless(blocks, graph)


def _mark_peeled(blocks: list[Code], graph: list[Block], first: int, last: int) -> None:
    """Find the turns of a polling loop that stand before it: compilers turn ``while`` into ``if`` and
    ``do while``."""
    looks = {_look(step) for code in blocks[first : last + 1] for step in code.steps if may_wait(step)}
    for number, block in enumerate(graph):
        if first not in block.successors or first <= number <= last:
            continue
        at = number
        while True:
            if any(may_wait(step) and _look(step) in looks for step in blocks[at].steps):
                blocks[at].peels = first
                break
            if not at or at not in graph[at - 1].successors:
                break
            at -= 1


def _ends_by_what_it_sees(blocks: list[Code], graph: list[Block], first: int, last: int) -> bool:
    """Whether a branch out of the loop of blocks ``first`` to ``last`` depends on a strong load or an
    atomic in it."""
    body = blocks[first : last + 1]
    steps = [step for code in body for step in code.steps]
    seen = 0
    for step in steps:
        if may_wait(step):
            seen |= step.writes
    before = None
    while seen != before:
        before = seen
        for step in steps:
            if any(seen >> slot & 1 for slot in step.reads):
                seen |= step.writes
    return any(
        code.ending is not None
        and any(seen >> slot & 1 for slot in code.ending.reads)
        and _outside(graph[number].successors, first, last)
        for number, code in enumerate(body, first)
    )


def _mark_endless(blocks: list[Code], graph: list[Block]) -> None:
    leads_out = set()
    changed = True
    while changed:
        changed = False
        for number, block in enumerate(graph):
            ends = (
                not block.successors
                or any(s in leads_out or s >= len(graph) for s in block.successors)
                or _may_leave(blocks[number].ending)
            )
            if number not in leads_out and ends:
                leads_out.add(number)
                changed = True
    stuck = {n for n, block in enumerate(graph) if block.in_loop and n not in leads_out}
    polling = {n for n in stuck if any(map(_touches_memory, blocks[n].steps))}
    before = None
    while polling != before:
        before = set(polling)
        polling |= {n for n in stuck if not polling.isdisjoint(graph[n].successors)}
    for number in stuck - polling:
        blocks[number].endless = True


def _look(step: Step) -> tuple[str, ...]:
    """What an instruction does to which address, whatever registers the rest is in."""
    return step.instruction.spelling, str(step.instruction.operands[1])


def _outside(successors: Iterable[int], first: int, last: int) -> bool:
    return any(not first <= s <= last for s in successors)


def may_wait(step: Step) -> bool:
    """Whether a thread may learn by it of what another did: an atomic, a strong load."""
    name = step.form.row.semantics
    return name in ("memory.atomic", "async.wait") or (
        name == "memory.load" and bool(_WAITS_ON_OTHERS & step.form.flags)
    )


def _may_leave(ending: Step | None) -> bool:
    """Whether lanes may end here, all of them or those that a guard picks."""
    return ending is not None and ending.form.row.semantics in (
        "control.return",
        "control.exit",
        "control.trap",
    )


def _touches_memory(step: Step) -> bool:
    return step.form.row.semantics.startswith(("memory.", "async.")) and step.form.space != "param"
