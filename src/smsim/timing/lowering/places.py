"""Scoreboard places for registers: copies share one, as registers that the assembler merges do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smsim.machine.chunk import bits

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.program import Code

#: Instructions that only give a value another name, or none that costs anything.
_COPIES = ("move.move", "memory.convert_address")


class Places:
    """Numbers for the registers of all functions in a list of blocks."""

    def __init__(self, codes: Sequence[Code]) -> None:
        self._parent: dict[tuple[int, int], tuple[int, int]] = {}
        self._number: dict[tuple[int, int], int] = {}
        for code in codes:
            for step in code.steps:
                if step.form.row.semantics in _COPIES and step.instruction.guard is None:
                    for written in bits(step.writes):
                        for read in step.reads[:1] if len(step.reads) == 1 else ():
                            self._merge(_key(step, written), _key(step, read))

    def reads(self, step: Step) -> list[int]:
        """The places that ``step`` reads."""
        return sorted({self._at(_key(step, slot)) for slot in step.reads})

    def writes(self, step: Step) -> list[int]:
        """The places that ``step`` writes."""
        return sorted({self._at(_key(step, slot)) for slot in bits(step.writes)})

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._number)

    def _at(self, key: tuple[int, int]) -> int:
        return self._number.setdefault(self._root(key), len(self._number))

    def _root(self, key: tuple[int, int]) -> tuple[int, int]:
        while key in self._parent:
            key = self._parent[key]
        return key

    def _merge(self, a: tuple[int, int], b: tuple[int, int]) -> None:
        a, b = self._root(a), self._root(b)
        if a != b:
            self._parent[max(a, b)] = min(a, b)


def _key(step: Step, slot: int) -> tuple[int, int]:
    return (id(step.function), slot)
