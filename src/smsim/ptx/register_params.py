"""Functions whose parameters are declared in registers: ``.func (.reg .b32 r) f (.reg .b32 a)``.

PTX allows it beside ``.param``, and it means the same. So that the rest of the simulator knows one
way only, such a function is rewritten: its first statements load the registers from parameters, and
before each return the result is stored.
"""

from __future__ import annotations

import dataclasses

from smsim.ptx.nodes import Address, Function, Instruction, Register, Symbol
from smsim.ptx.rows import TYPE_BITS

#: What follows a register's name in the name of the parameter that carries its value.
CARRIED = "#param"


def through_memory(function: Function) -> Function:
    """The same function with every parameter and result in ``.param``; unchanged if they are already."""
    loads = [_move("ld", p.name, function) for p in function.params if p.name.endswith(CARRIED)]
    stores = [_move("st", p.name, function) for p in function.returns if p.name.endswith(CARRIED)]
    if not (loads or stores) or function.declared_only:
        return function
    body = list(loads)
    new_index = []
    for instruction in function.body:
        new_index.append(len(body))
        if instruction.opcode == "ret":
            guard = {"guard": instruction.guard, "guard_negated": instruction.guard_negated}
            body.extend(dataclasses.replace(s, loc=instruction.loc, **guard) for s in stores)
        body.append(instruction)
    new_index.append(len(body))
    if not function.body or function.body[-1].opcode != "ret" or function.body[-1].guard:
        body.extend(stores)  # the closing brace returns as well
    labels = {label: new_index[index] for label, index in function.labels.items()}
    return dataclasses.replace(function, body=tuple(body), labels=labels)


def _move(opcode: str, parameter: str, function: Function) -> Instruction:
    register = Register(parameter.removesuffix(CARRIED))
    kind = f"b{max(8, TYPE_BITS[function.registers[register.name]])}"
    address = Address(Symbol(parameter))
    operands = (register, address) if opcode == "ld" else (address, register)
    return Instruction(
        opcode,
        ("param", kind),
        None,
        False,
        operands,
        function.line,
        1,
        f"{opcode}.param.{kind} {operands[0]}, {operands[1]}",
    )
