"""Instructions that bring constants: PTX takes parameters and addresses of the stack for granted.

Read off SASS. From Hopper on, an instruction takes a parameter from a uniform register, and each basic block loads
those that it uses itself, with ULDC, even in a loop. The instruction that reads the register stands as close as
two cycles behind, so nothing waits for ULDC here: it costs a slot. Before Hopper an operand is ``c[0x0][0x160]``.
From Ampere on, global memory is reached through a descriptor, loaded once. Every kernel begins by loading the stack
pointer.
"""

from __future__ import annotations

from smsim.machine.bind.binding import Step
from smsim.timing.figures import Timing
from smsim.timing.lowering.classes import CLASSES
from smsim.timing.lowering.folding import Folding
from smsim.timing.lowering.operation import Operation

_FIRST_LOADS = (9, 0)
_FIRST_DESCRIPTOR = (8, 0)
_THROUGH_DESCRIPTOR = ("global", "generic", "")


class Constants:
    """What the blocks of one function load."""

    def __init__(self, folding: Folding, compute_capability: tuple[int, int], timing: Timing) -> None:
        self._folding, self._capability, self._timing = folding, compute_capability, timing
        self._facts = folding.facts

    def before(self, step: Step, pc: int, loaded: set[str]) -> list[Operation]:
        """The loads in front of an instruction; ``loaded`` are the parameters that its block already has."""
        found = []
        if step.instruction is self._facts.function.body[0] and step.function.kind == "entry":
            found += self._first(pc)
        if self._capability >= _FIRST_LOADS and step.instruction not in self._folding.gone:
            for parameter in self._used(step):
                if parameter not in loaded:
                    loaded.add(parameter)
                    found.append(self._slot("uniform", pc))
        return found

    def _first(self, pc: int) -> list[Operation]:
        found = [self._slot("ldc" if self._capability >= _FIRST_LOADS else "logic", pc)]
        reaches = any(
            form.row.semantics.startswith("memory.") and form.row.semantics != "memory.convert_address"
            and form.space in _THROUGH_DESCRIPTOR
            for form in self._facts.form.values()
        )  # fmt: skip
        if reaches and self._capability >= _FIRST_DESCRIPTOR:
            found.append(self._slot("uniform", pc))
        return found

    def _used(self, step: Step) -> dict[str, None]:
        read = list(self._facts.reads[step.instruction])
        absorbed = self._folding.absorbed.get(step.instruction)
        if absorbed is not None:
            read += self._facts.reads[absorbed]
        return dict.fromkeys(p for name in read for p in self._folding.parameters(name))

    def _slot(self, name: str, pc: int) -> Operation:
        kind = CLASSES[name]
        return Operation(
            kind.kind, kind.pipe, kind.interval(self._timing), kind.cycles(self._timing), pc, (), ()
        )
