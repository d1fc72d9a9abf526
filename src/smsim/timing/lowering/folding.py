"""Which PTX instructions leave nothing of their own behind, and which registers are one value.

Seen in SASS for sm_90a, rule by rule:

- a parameter is an operand, ``c[0x0][0x210]`` or a uniform register loaded once; so is a constant;
- ``mov`` and ``cvta`` rename; the ``mov`` at a loop's end puts the new value where the old one was
  (:mod:`.joining`);
- widening an unsigned index and cutting a 64-bit number to 32 bits pick registers of a pair;
- an address plus a constant is ``[R2+0x40]``;
- a product or a shift, and the sum that alone uses it, are one IMAD, IMAD.WIDE or LEA; three summands are one
  IADD3; two logic operations on three operands one LOP3; an f32 product and sum that may be contracted one FFMA;
- the sign of a float and its absolute value are modifiers of an operand; the conjunction of two comparisons goes
  into the second (``ISETP.AND``).
"""

from __future__ import annotations

from collections import defaultdict

from smsim.ptx.nodes import Immediate, Instruction, Register, Special, Symbol, Vector
from smsim.ptx.syntax import TYPE_BITS
from smsim.timing.lowering.facts import IN_CONSTANTS, Facts
from smsim.timing.lowering.joining import Joined
from smsim.timing.lowering.narrow import address_only, narrow

_LOGIC = ("bits.bitwise_and", "bits.bitwise_or", "bits.bitwise_xor")
_ROUNDINGS = {"rn", "rz", "rm", "rp"}


class Folding:
    """The instructions of one function that vanish, and the values behind their results.

    Attributes:
        gone: instructions that leave no micro-operation.
        absorbed: for an instruction that took another in, that other one.
        narrow: registers of which the lower half is all that is needed.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.narrow = narrow(facts)
        self.gone: set[Instruction] = set()
        self.absorbed: dict[Instruction, Instruction] = {}
        self._means: dict[str, tuple[str, ...]] = {}
        self._named: dict[str, set[str]] = defaultdict(set)
        self._copies: dict[str, str] = {}
        self._parameter: dict[str, str] = {}
        for instruction in facts.function.body:
            self._vanish(instruction)
        for instruction in facts.function.body:
            self._absorb(instruction)
        self._joined = Joined(self)
        self.gone |= self._joined.gone

    def roots(self, name: str) -> tuple[str, ...]:
        """The values that have to be there for register ``name`` to be; none for a constant."""
        return tuple(found for found in self._ends(name) if found not in self._means)

    def parameters(self, name: str) -> tuple[str, ...]:
        """The kernel's parameters that are operands where register ``name`` is one."""
        return tuple(self._parameter[found] for found in self._ends(name) if found in self._parameter)

    def _ends(self, name: str) -> tuple[str, ...]:
        """What ``name`` stands for in the end: values, and constants."""
        found: dict[str, None] = {}
        pending, seen = [name], set()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            if self._means.get(current):
                pending.extend(reversed(self._means[current]))
            else:
                found[current] = None
        return tuple(found)

    def places(self, name: str) -> tuple[str, ...]:
        """The registers of the machine that hold :meth:`roots`, each by the name of one of its values."""
        return tuple(dict.fromkeys(map(self._joined.leader, self.roots(name))))

    def names(self, root: str) -> set[str]:
        """All registers for which the value of ``root`` has to be there: itself and what stands for it."""
        found, pending = {root}, [root]
        while pending:
            new = self._named[pending.pop()] - found
            found |= new
            pending.extend(new)
        return found

    def is_there(self, name: str) -> bool:
        """Whether an instruction that stays writes register ``name``."""
        return name not in self._means

    def original(self, name: str) -> str:
        """The register of which ``name`` is a plain copy that vanished, through any number of copies."""
        while name in self._copies:
            name = self._copies[name]
        return name

    def _drop(self, instruction: Instruction, reads: tuple[str, ...] | None = None) -> bool:
        """Let ``instruction`` vanish, so that what it writes stands for what it reads, if that is always the same.

        It is not where a source gets a new value while the old one is still needed under its other name.
        """
        facts = self.facts
        sources = facts.reads[instruction] if reads is None else reads
        needed = facts.bits(other for name in facts.writes[instruction] for other in self.names(name))
        for root in dict.fromkeys(root for source in sources for root in self.roots(source)):
            if any(facts.live_after[writer] & needed for writer in facts.writers[root]):
                return False
        self.gone.add(instruction)
        for name in facts.writes[instruction]:
            self._means[name] = sources
            for source in sources:
                self._named[source].add(name)
        return True

    # -- alone ----------------------------------------------------------------------------------------

    def _vanish(self, instruction: Instruction) -> None:
        facts, form = self.facts, self.facts.form[instruction]
        name, once = form.row.semantics, facts.written_once(instruction)
        if name == "memory.load" and form.space == "param" and once:
            if instruction not in facts.cell:
                self._drop(instruction, ())
                address = instruction.operands[1]
                self._parameter |= dict.fromkeys(facts.writes[instruction], str(address))
            elif facts.calls_none:
                self._drop(instruction, (facts.cell[instruction],))
        elif name in ("control.nothing", "memory.policy", "memory.prefetch"):
            self._drop(instruction)
        elif name in ("move.move", "memory.convert_address"):
            if once:
                self._move(instruction)
        elif name == "convert.integer_to_integer" and once and self._only_renames(instruction):
            self._copy(instruction)
        elif name in ("floating.neg", "floating.absolute") and once and "ftz" not in form.flags:
            self._drop(instruction)
        elif name == "integer.add" and once and self._is_offset(instruction):
            self._drop(instruction)
        elif form.type == "pred" and name.startswith("bits.") and once and self._of_comparisons(instruction):
            self._drop(instruction)

    def _move(self, instruction: Instruction) -> None:
        source = instruction.operands[-1]
        items = source.items if isinstance(source, Vector) else (source,)
        specials = [item.name for item in items if isinstance(item, Special)]
        if all(name.startswith(IN_CONSTANTS) for name in specials):
            self._copy(instruction)

    def _copy(self, instruction: Instruction) -> None:
        target, source = instruction.operands[0], instruction.operands[-1]
        if self._drop(instruction) and isinstance(target, Register) and isinstance(source, Register):
            self._copies[target.name] = source.name

    def _is_offset(self, instruction: Instruction) -> bool:
        """Whether a sum with a constant is used for nothing but addresses."""
        target, _, added = instruction.operands
        if not isinstance(added, (Immediate, Symbol)):
            return False
        return self._only_addresses(target.name)

    def _only_addresses(self, name: str) -> bool:
        """Whether a register, or a plain copy of it, is used for addresses and for nothing else."""
        readers = self.facts.readers[name]
        return bool(readers) and all(
            self._only_addresses(reader.operands[0].name)
            if reader.spelling.startswith("mov.b64")
            and self.facts.written_once(reader)
            and isinstance(reader.operands[0], Register)
            else address_only(reader, name)
            for reader in readers
        )

    def _of_comparisons(self, instruction: Instruction) -> bool:
        if instruction.opcode == "not":
            return True
        writers = [w for name in self.facts.reads[instruction] for w in self.facts.writers[name]]
        return any(
            w.opcode == "setp" and self.facts.block[w] == self.facts.block[instruction] for w in writers
        )

    def _only_renames(self, instruction: Instruction) -> bool:
        """Whether a conversion picks or pairs whole registers."""
        types = self.facts.form[instruction].types
        to, of = TYPE_BITS[types[0]], TYPE_BITS[types[1]]
        if to == of or (to, of) == (32, 64):
            return True
        unsigned = types[1].startswith("u") or self.narrow.issuperset(self.facts.writes[instruction])
        return (to, of) == (64, 32) and unsigned

    # -- with the instruction that uses it ------------------------------------------------------------

    def _absorb(self, instruction: Instruction) -> None:
        """Let the sum or logic operation that alone uses a result take its instruction in."""
        facts = self.facts
        if instruction in self.gone or not facts.written_once(instruction) or instruction in self.absorbed:
            return
        if len(facts.writes[instruction]) != 1:
            return
        reader = facts.only_reader(facts.writes[instruction][0])
        if reader is None or reader in self.gone or reader in self.absorbed or reader.guard is not None:
            return
        if facts.block[reader] != facts.block[instruction]:
            return
        if self._fits(instruction, reader) and self._drop(instruction):
            self.absorbed[reader] = instruction

    def _fits(self, first: Instruction, second: Instruction) -> bool:
        one, two = self.facts.form[first], self.facts.form[second]
        name, reader = one.row.semantics, two.row.semantics
        if reader == "integer.add" and TYPE_BITS[two.type] in (32, 64):
            if name in ("integer.mul", "bits.shl"):
                constant = isinstance(first.operands[2], Immediate)
                return "hi" not in one.flags and (name == "integer.mul" or constant)
            return name == "integer.add" and TYPE_BITS[one.type] == TYPE_BITS[two.type] == 32
        if name in _LOGIC and reader in _LOGIC:
            return one.type == two.type and one.type != "pred"
        if reader == "floating.add" and name == "floating.mul" and one.type == two.type:
            return not (_ROUNDINGS & one.flags or _ROUNDINGS & two.flags)
        return False
