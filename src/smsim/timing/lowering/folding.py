"""Which PTX instructions leave nothing of their own behind, and which registers are one value.

Seen in SASS for sm_90a, rule by rule:

- a parameter is an operand, ``c[0x0][0x210]`` or a uniform register loaded once; so is a constant;
- ``mov`` and ``cvta`` rename; the ``mov`` at a loop's end puts the new value where the old one was;
- widening an unsigned index and cutting a 64-bit number to 32 bits pick registers of a pair;
- an address plus a constant is ``[R2+0x40]``;
- a product or a shift, and the sum that alone uses it, are one IMAD, IMAD.WIDE or LEA; three summands are one
  IADD3; two logic operations on three operands one LOP3; an f32 product and sum that may be contracted one FFMA;
- the sign of a float and its absolute value are modifiers of an operand; the conjunction of two comparisons goes
  into the second (``ISETP.AND``).
"""

from __future__ import annotations

from smsim.ptx.nodes import Address, Immediate, Instruction, Register, Special, Symbol, Vector
from smsim.ptx.syntax import TYPE_BITS
from smsim.timing.lowering.facts import IN_CONSTANTS, Facts

_LOGIC = ("bits.bitwise_and", "bits.bitwise_or", "bits.bitwise_xor")
_ROUNDINGS = {"rn", "rz", "rm", "rp"}


class Folding:
    """The instructions of one function that vanish, and the values behind their results.

    Attributes:
        gone: instructions that leave no micro-operation.
        absorbed: for an instruction that took another in, that other one.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.gone: set[Instruction] = set()
        self.absorbed: dict[Instruction, Instruction] = {}
        self._means: dict[str, tuple[str, ...]] = {}
        self._joined: dict[str, str] = {}
        for instruction in facts.function.body:
            self._vanish(instruction)
        for instruction in facts.function.body:
            self._absorb(instruction)

    def roots(self, name: str) -> tuple[str, ...]:
        """The values that have to be there for register ``name`` to be; none for a constant."""
        found: dict[str, None] = {}
        pending, seen = [name], set()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            if current in self._means:
                pending.extend(reversed(self._means[current]))
            else:
                found[self._leader(current)] = None
        return tuple(found)

    def _leader(self, name: str) -> str:
        while name in self._joined:
            name = self._joined[name]
        return name

    def _drop(self, instruction: Instruction, reads: tuple[str, ...] | None = None) -> None:
        """``instruction`` vanishes: what it writes stands for what it reads."""
        self.gone.add(instruction)
        for name in self.facts.writes[instruction]:
            self._means[name] = self.facts.reads[instruction] if reads is None else reads

    # -- alone ----------------------------------------------------------------------------------------

    def _vanish(self, instruction: Instruction) -> None:
        facts, form = self.facts, self.facts.form[instruction]
        name, once = form.row.semantics, facts.written_once(instruction)
        if name in ("memory.load", "memory.store") and form.space == "param":
            self._drop(instruction, () if name == "memory.load" else None)
        elif name in ("control.nothing", "memory.policy", "memory.prefetch"):
            self._drop(instruction)
        elif name in ("move.move", "memory.convert_address"):
            self._move(instruction, once)
        elif name == "convert.integer_to_integer" and once and _only_renames(form.types):
            self._drop(instruction)
        elif name in ("floating.neg", "floating.absolute") and once and "ftz" not in form.flags:
            self._drop(instruction)
        elif name == "integer.add" and once and self._is_offset(instruction):
            self._drop(instruction)
        elif form.type == "pred" and name.startswith("bits.") and once and self._of_comparisons(instruction):
            self._drop(instruction)

    def _move(self, instruction: Instruction, once: bool) -> None:
        target, source = instruction.operands[0], instruction.operands[-1]
        items = source.items if isinstance(source, Vector) else (source,)
        specials = [item.name for item in items if isinstance(item, Special)]
        if any(not name.startswith(IN_CONSTANTS) for name in specials):
            return
        if once:
            self._drop(instruction)
        elif instruction.guard is None and isinstance(source, Register) and isinstance(target, Register):
            self._join(instruction, target.name, source.name)

    def _join(self, instruction: Instruction, target: str, source: str) -> None:
        """A register that is written several times gets a new value: at best the value is computed into it.

        One value can be one register's only. Where several registers begin with the same, as sums that all
        start at zero do, or one begins with what another goes on using, a copy is made.
        """
        if self._leader(source) == self._leader(target):
            self.gone.add(instruction)
        elif (
            len(self.facts.writers[source]) == 1 and source not in self._joined and source not in self._means
        ):
            self.gone.add(instruction)
            self._joined[self._leader(source)] = self._leader(target)

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
            else _only_as_address(reader, name)
            for reader in readers
        )

    def _of_comparisons(self, instruction: Instruction) -> bool:
        if instruction.opcode == "not":
            return True
        writers = [w for name in self.facts.reads[instruction] for w in self.facts.writers[name]]
        return any(
            w.opcode == "setp" and self.facts.block[w] == self.facts.block[instruction] for w in writers
        )

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
        if self._fits(instruction, reader):
            self.absorbed[reader] = instruction
            self._drop(instruction)

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


def _only_renames(types: tuple[str, ...]) -> bool:
    """Whether a conversion ``types[0]`` from ``types[1]`` picks or pairs whole registers."""
    to, of = TYPE_BITS[types[0]], TYPE_BITS[types[1]]
    if to == of:
        return True
    return (to, of) == (32, 64) or ((to, of) == (64, 32) and types[1].startswith("u"))


def _only_as_address(reader: Instruction, name: str) -> bool:
    bases = [o.base for o in reader.operands if isinstance(o, Address)]
    others = [o for o in reader.operands if not isinstance(o, Address)]
    if not any(isinstance(base, Register) and base.name == name for base in bases):
        return False
    items = [item for o in others for item in getattr(o, "items", (o,))]
    return all(getattr(item, "name", None) != name for item in items)
