"""Which basic blocks a warp may run with some of its lanes only."""

from __future__ import annotations

from collections.abc import Container

from smsim.ptx.flow import Block
from smsim.timing.lowering.facts import Facts

_LEAVES = ("ret", "exit")


class Divergence:
    """The blocks of one kernel behind branches that lanes take differently, until all paths have met again.

    A path on which a lane only leaves the kernel does not count: those that stay are together.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        body = facts.function.body
        leaves = {
            number
            for number, block in enumerate(facts.blocks)
            if block.end == block.start + 1 and body[block.start].opcode in _LEAVES
        }
        self._next = [_staying(block, leaves) for block in facts.blocks]
        self._branches = {
            number: body[block.end - 1]
            for number, block in enumerate(facts.blocks)
            if len(self._next[number]) > 1
        }
        self._always_behind = self._post_dominators()

    def blocks(self, same: Container[str]) -> set[int]:
        """Numbers of these blocks, where ``same`` are the registers that are equal in all lanes of a warp."""
        found: set[int] = set()
        for number, branch in self._branches.items():
            if any(name not in same for name in self._facts.reads[branch]):
                found |= self._until_met(number)
        return found

    def _until_met(self, number: int) -> set[int]:
        met = self._always_behind[number] & ~(1 << number)
        found: set[int] = set()
        pending = list(self._next[number])
        while pending:
            block = pending.pop()
            if block not in found and not met >> block & 1:
                found.add(block)
                pending.extend(self._next[block])
        return found

    def _post_dominators(self) -> list[int]:
        """For each block those that every path from it comes to, as bits, itself among them."""
        every = (1 << len(self._next)) - 1
        behind = [every if nexts else 1 << number for number, nexts in enumerate(self._next)]
        changed = True
        while changed:
            changed = False
            for number in range(len(behind) - 1, -1, -1):
                common = every
                for following in self._next[number]:
                    common &= behind[following]
                new = 1 << number | (common if self._next[number] else 0)
                changed |= new != behind[number]
                behind[number] = new
        return behind


def _staying(block: Block, leaves: set[int]) -> tuple[int, ...]:
    return tuple(n for n in block.successors if n not in leaves)
