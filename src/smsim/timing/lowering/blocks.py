"""From the steps of a basic block to its micro-operations, still in the order of the PTX."""

from __future__ import annotations

from collections.abc import Callable

from smsim.devices.spec import DeviceSpec
from smsim.machine.bind.binding import Step
from smsim.ptx.nodes import Function, Instruction, Special
from smsim.ptx.syntax import TYPE_BITS
from smsim.timing import microops as m
from smsim.timing.lowering import memory
from smsim.timing.lowering.classes import CLASSES
from smsim.timing.lowering.constants import Constants
from smsim.timing.lowering.facts import Facts
from smsim.timing.lowering.folding import Folding
from smsim.timing.lowering.operation import FIXED, FREE, Operation
from smsim.timing.lowering.sequences import Sequence, sequence
from smsim.timing.lowering.uniform import uniform

#: Turing has the first uniform datapath.
_FIRST_UNIFORM = (7, 5)
_HALVES_APART = ("bits.bitwise", "compare.selp", "move.move")
_WARP = {"warp.shuffle": ("shfl",), "warp.match": ("bits",), "warp.redux": ("bits",)}


class Lowered:
    """What is known of one function for a GPU."""

    def __init__(self, function: Function, spec: DeviceSpec) -> None:
        self.facts = Facts(function)
        self.folding = Folding(self.facts)
        self.constants = Constants(self.folding, spec.compute_capability, spec.timing)
        self.uniform = uniform(self.facts) if spec.compute_capability >= _FIRST_UNIFORM else set()
        self.timing = spec.timing

    def operations(
        self,
        step: Step,
        pc: int,
        record: int,
        place: Callable[[str], int],
        fresh: Callable[[], int],
        loaded: set[str],
    ) -> list[Operation]:
        """The micro-operations of one step.

        ``place`` numbers a value, ``fresh`` a value between two of them; ``loaded`` are the parameters that the
        block already has.
        """
        return [*self.constants.before(step, pc, loaded), *self._own(step, pc, record, place, fresh)]

    def _own(
        self, step: Step, pc: int, record: int, place: Callable[[str], int], fresh: Callable[[], int]
    ) -> list[Operation]:
        instruction = step.instruction
        if instruction in self.folding.gone:
            return []
        src = self._places(self._read(instruction), place)
        dst = self._places(self.facts.writes[instruction], place)
        if instruction in self.facts.cell:
            cell = (place(self.facts.cell[instruction]),)
            src, dst = (src, cell) if instruction.opcode == "st" else (cell, dst)
        found = memory.access(step, pc, record, dst, src, self.timing)
        if found is not None:
            return [*memory.fence_before(step, pc), found]
        if step.form.row.semantics == "tensor.mma":
            return [self._tensor(step, pc, dst, src)]
        return self._chain(step, pc, dst, src, fresh)

    def _read(self, instruction: Instruction) -> tuple[str, ...]:
        absorbed = self.folding.absorbed.get(instruction)
        own = self.facts.reads[instruction]
        return own if absorbed is None else (*own, *self.facts.reads[absorbed])

    def _places(self, names: tuple[str, ...], place: Callable[[str], int]) -> tuple[int, ...]:
        held = dict.fromkeys(one for name in names for one in self.folding.places(name))
        return tuple(place(one) for one in held)

    def _chain(
        self, step: Step, pc: int, dst: tuple[int, ...], src: tuple[int, ...], fresh: Callable[[], int]
    ) -> list[Operation]:
        """A sequence in which each instruction needs the one before it, or the two halves of 64 bits."""
        classes = self._classes(step)
        apart = len(classes) == 2 and step.form.row.semantics.startswith(_HALVES_APART)
        apart = apart or step.instruction in self.facts.cell
        order = FIXED if _reads_clock(step.instruction) else FREE
        operations, before = [], src
        for number, name in enumerate(classes):
            kind = CLASSES[name]
            last = number == len(classes) - 1
            link = () if last or apart else (fresh(),)
            operations.append(
                Operation(
                    kind.kind, kind.pipe, kind.interval(self.timing), kind.cycles(self.timing), pc,
                    dst if last or apart else link, before, order=order,
                )
            )  # fmt: skip
            if not apart:
                before = link if len(classes) > 2 and number < len(classes) - 2 else (*src, *link)
        return operations

    def _classes(self, step: Step) -> Sequence:
        instruction, form = step.instruction, step.form
        name = form.row.semantics
        if name in _WARP:
            return _WARP[name]
        if instruction in self.facts.cell:
            return ("logic",) * max(1, TYPE_BITS[form.type] * form.vector // 32)
        if name == "memory.load":
            return ("ldc",)
        if any(isinstance(operand, Special) for operand in instruction.operands):
            return ("s2r",)
        absorbed = self.folding.absorbed.get(instruction)
        classes = sequence(instruction, form)
        if absorbed is not None:
            classes = _together(classes, absorbed, self.facts)
        writes = self.facts.writes[instruction]
        if writes and len(classes) > 1 and self.folding.narrow.issuperset(writes):
            classes = _lower_half(classes)
        if writes and self.uniform.issuperset(writes) and set(classes) <= {"iadd", "logic", "imad"}:
            return ("uniform",) * len(classes)
        return classes

    def _tensor(self, step: Step, pc: int, dst: tuple[int, ...], src: tuple[int, ...]) -> Operation:
        shape = next(flag for flag in step.instruction.modifiers if flag.startswith("m16n8"))
        cycles = self.timing.mma_cycles.get(shape)
        if cycles is None:
            raise ValueError(f"This GPU has no figure for a tensor core's {shape} ({step.instruction.text}).")
        return Operation(m.COMPUTE, m.TENSOR, cycles, self.timing.mma_latency, pc, dst, src)


def _together(own: Sequence, absorbed: Instruction, facts: Facts) -> Sequence:
    """A product and its sum are the product's instructions; a shift and its sum LEA, or LEA and LEA.HI.X."""
    form = facts.form[absorbed]
    if form.row.semantics in ("integer.mul", "floating.mul"):
        return sequence(absorbed, form)
    return own


def _lower_half(classes: Sequence) -> Sequence:
    """A product without the terms of the upper half, or the first of two halves."""
    return ("imad",) if "imad" in classes else classes[: len(classes) // 2]


def _reads_clock(instruction: Instruction) -> bool:
    return any(isinstance(o, Special) and "clock" in o.name for o in instruction.operands)
