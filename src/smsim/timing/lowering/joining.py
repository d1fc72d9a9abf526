"""Which registers of PTX share one register of the machine, so that the ``mov`` between them vanishes.

PTX leaves SSA form with a ``mov`` into a register that is written several times: one before a loop, one at its end.
An assembler computes the new value where the old one was, if the old one is needed no longer. These are the rules
of register coalescing: two registers share one unless one of them gets another value while the other is still
needed. Where they cannot, as in a swap or for sums that start from one value, the ``mov`` stays. Moves in the
innermost loops are looked at first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsim.ptx.nodes import Instruction, Register

if TYPE_CHECKING:
    from smsim.timing.lowering.folding import Folding


class Joined:
    """The registers of one function that share one.

    Attributes:
        gone: the moves that vanish for it.
    """

    def __init__(self, folding: Folding) -> None:
        self._facts, self._folding = folding.facts, folding
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._needed: dict[str, int] = {}
        self.gone: set[Instruction] = set()
        depth = self._depths()
        moves = [(depth[n], n) for n in range(len(depth)) if self._is_copy(folding.facts.function.body[n])]
        for _, number in sorted(moves, key=lambda one: (-one[0], one[1])):
            self._join(folding.facts.function.body[number])

    def leader(self, name: str) -> str:
        """The name of the machine's register for ``name``."""
        while name in self._parent:
            name = self._parent[name]
        return name

    def _depths(self) -> list[int]:
        """In how many loops each instruction is: branches that go back over it."""
        facts = self._facts
        depth = [0] * len(facts.function.body)
        for block in facts.blocks:
            for following in block.successors:
                for index in range(facts.blocks[following].start, block.end):
                    depth[index] += 1
        return depth

    def _is_copy(self, instruction: Instruction) -> bool:
        return (
            self._facts.form[instruction].row.semantics in ("move.move", "memory.convert_address")
            and instruction.guard is None
            and instruction not in self._folding.gone
            and isinstance(instruction.operands[0], Register)
            and isinstance(instruction.operands[-1], Register)
        )

    def _join(self, instruction: Instruction) -> None:
        source = self._folding.original(instruction.operands[-1].name)
        if not self._folding.is_there(source):
            return  # a constant, or something that only an operand can be
        one, other = self.leader(instruction.operands[0].name), self.leader(source)
        if one != other and (self._clash(one, other) or self._clash(other, one)):
            return
        self.gone.add(instruction)
        if one != other:
            members, needed = self._all(one) + self._all(other), self._live(one) | self._live(other)
            self._parent[other], self._members[one], self._needed[one] = one, members, needed

    def _all(self, leader: str) -> list[str]:
        return self._members.get(leader, [leader])

    def _live(self, leader: str) -> int:
        if leader not in self._needed:
            self._needed[leader] = self._facts.bits(self._folding.names(leader))
        return self._needed[leader]

    def _clash(self, changed: str, kept: str) -> bool:
        """Whether ``changed`` gets a value other than that of ``kept`` while ``kept`` is needed."""
        needed = self._live(kept)
        return any(
            self._facts.live_after[writer] & needed and not self._copies_from(writer, kept)
            for member in self._all(changed)
            for writer in self._facts.writers[member]
        )

    def _copies_from(self, instruction: Instruction, leader: str) -> bool:
        if not self._is_copy(instruction):
            return False
        return self.leader(self._folding.original(instruction.operands[-1].name)) == leader
