"""What calls hand over: the registers in which NVIDIA's calling convention puts arguments and results.

In SASS the first argument of any function is in R4 and those after it, and so is its result. So there is one cell
for each position, whoever is called. To put a value there is a ``MOV``; a function that calls no other leaves its
arguments there.
"""

from __future__ import annotations

from collections.abc import Mapping

from smsim.ptx.nodes import Address, Function, Group, Instruction, Symbol
from smsim.ptx.rows import Form

#: What the names of cells begin with; no register is called so.
CELL = "#"


def cells(function: Function, form: Mapping[Instruction, Form]) -> dict[Instruction, str]:
    """The cell that each ``st.param`` writes, and each ``ld.param`` of something other than a kernel's parameter."""
    found: dict[Instruction, str] = {}
    outer = {}
    if function.kind != "entry":
        outer = {p.name: f"{CELL}argument {n}" for n, p in enumerate(function.params)}
        outer |= {p.name: f"{CELL}result {n}" for n, p in enumerate(function.returns)}
    stored: list[tuple[Instruction, Address]] = []
    results: dict[str, str] = {}
    for instruction in function.body:
        if instruction.opcode == "call":
            groups = [operand for operand in instruction.operands if isinstance(operand, Group)]
            named = [
                {
                    item.name: f"{CELL}{what} {n}"
                    for n, item in enumerate(group.items)
                    if isinstance(item, Symbol)
                }
                for what, group in zip(("result", "argument"), groups, strict=False)
            ]
            results = named[0]
            for store, address in stored:
                found[store] = _cell(named[1].get(address.base.name, address.base.name), address)
            stored = []
        elif form[instruction].space == "param":
            address = next((o for o in instruction.operands if isinstance(o, Address)), None)
            if address is None or not isinstance(address.base, Symbol):
                continue
            name = address.base.name
            if name in outer:
                found[instruction] = _cell(outer[name], address)
            elif form[instruction].row.semantics == "memory.store":
                stored.append((instruction, address))
            elif name in results:
                found[instruction] = _cell(results[name], address)
    return found


def _cell(name: str, address: Address) -> str:
    return f"{name}+{address.offset}"
