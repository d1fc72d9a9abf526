"""Registers of 64 bits of which only the lower half is ever needed.

Addresses in shared memory have 32 bits, though PTX may compute them with 64. An assembler drops the upper halves of
such sums, products and shifts: one instruction instead of two or four, and widening to 64 bits is nothing.
"""

from __future__ import annotations

from smsim.ptx.nodes import Address, Instruction, Register
from smsim.ptx.syntax import TYPE_BITS
from smsim.timing.lowering.facts import Facts

#: The lower half of the result needs the lower halves of the operands only.
_LOW_FROM_LOW = {
    "integer.add", "integer.sub", "integer.neg", "bits.shl", "bits.bitwise_and", "bits.bitwise_or",
    "bits.bitwise_xor", "bits.bitwise_not", "compare.selp", "move.move", "memory.convert_address",
}  # fmt: skip
_PRODUCTS = ("integer.mul", "integer.mad")


def narrow(facts: Facts) -> set[str]:
    """The names of these registers."""
    types = facts.function.registers
    found = {name for name in facts.writers if TYPE_BITS.get(types.get(name, ""), 0) == 64}
    changed = True
    while changed:
        full = {
            name
            for name in found
            if not all(_needs_low(facts, reader, name, found) for reader in facts.readers[name])
        }
        found -= full
        changed = bool(full)
    return found


def _needs_low(facts: Facts, reader: Instruction, name: str, found: set[str]) -> bool:
    form = facts.form[reader]
    semantics = form.row.semantics
    if (
        form.space.startswith("shared")
        and semantics.startswith("memory.")
        and semantics != "memory.convert_address"
    ):
        return address_only(reader, name)
    if semantics == "convert.integer_to_integer":
        return TYPE_BITS[form.types[0]] <= 32
    passes = semantics in _LOW_FROM_LOW or (semantics in _PRODUCTS and not {"hi", "wide"} & form.flags)
    return passes and all(written in found for written in facts.writes[reader])


def address_only(reader: Instruction, name: str) -> bool:
    """Whether an instruction uses a register as an address, and for nothing else."""
    bases = [o.base for o in reader.operands if isinstance(o, Address)]
    others = [o for o in reader.operands if not isinstance(o, Address)]
    if not any(isinstance(base, Register) and base.name == name for base in bases):
        return False
    items = [item for o in others for item in getattr(o, "items", (o,))]
    return all(getattr(item, "name", None) != name for item in items)
