"""Which shared variable, or which array argument, an address was computed from.

An index that runs far past its array may land in another one, where nothing looks wrong. But an address that
was computed from one variable alone can only be meant for that variable: PTX does not promise where variables
lie. So each register is followed back to the shared symbols it may come from, over all assignments to it. As
soon as such an address is stored, or passed on in a call, anything may come back from memory, and nothing is
claimed for the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smsim.ptx.nodes import Address, Function, Instruction, Operand, Register, Symbol

Origins = dict[str, set[str]]

_STORES = frozenset({"st", "red", "atom", "call"})
_FROM_MEMORY = frozenset({"ld", "ldu", "atom"})
_WITHOUT_RESULT = frozenset({"st", "red", "bra", "brx", "call", "bar", "barrier"})


def shared_origins(functions: Sequence[Function], shared: set[str]) -> dict[str, dict[str, str]]:
    """By function, and by name of register or symbol: the one shared variable that it comes from.

    Args:
        functions: all functions that a kernel may run.
        shared: the names of the shared variables.
    """
    found = {}
    for function in functions:
        origins = _origins(function, shared, {})
        if any(_gets_away(i, origins, shared) for i in function.body):
            return {}
        alone = {name: next(iter(symbols)) for name, symbols in origins.items() if len(symbols) == 1}
        found[function.name] = alone | {name: name for name in shared}
    return found


def argument_origins(kernel: Function, pointers: set[str]) -> Origins:
    """By register: the parameters among ``pointers`` whose values went into it; for messages, which may guess."""
    loaded: Origins = {}
    for instruction in kernel.body:
        if instruction.opcode == "ld" and "param" in instruction.modifiers:
            into, place = instruction.operands[:2]
            base = getattr(place, "base", None)
            if isinstance(into, Register) and isinstance(base, Symbol) and base.name in pointers:
                loaded.setdefault(into.name, set()).add(base.name)
    return _origins(kernel, set(), loaded)


def _origins(function: Function, shared: set[str], origins: Origins) -> Origins:
    """``origins``, and what follows from it and from the names of ``shared``."""
    changed = True
    while changed:
        changed = False
        for instruction in function.body:
            opcode = instruction.opcode
            if opcode in _WITHOUT_RESULT or opcode in _FROM_MEMORY or opcode == "setp":
                continue
            if not instruction.operands:
                continue
            came = {s for operand in instruction.operands[1:] for s in _of(operand, origins, shared)}
            for name in _names(instruction.operands[0]) if came else ():
                known = origins.setdefault(name, set())
                if not came <= known:
                    known |= came
                    changed = True
    return origins


def _gets_away(instruction: Instruction, origins: Origins, shared: set[str]) -> bool:
    """Whether a shared variable's address leaves the registers here, other than to be used as an address."""
    if instruction.opcode not in _STORES:
        return False
    values = [o for o in instruction.operands if not isinstance(o, Address)]
    return any(True for operand in values for _ in _of(operand, origins, shared))


def _of(operand: Operand, origins: Origins, shared: set[str]) -> Iterator[str]:
    for name in _names(operand):
        if name in shared:
            yield name
        yield from origins.get(name, ())


def _names(operand: Operand) -> Iterator[str]:
    """The registers and symbols in an operand."""
    if isinstance(operand, (Register, Symbol)):
        yield operand.name
    for attribute in ("items", "coordinates"):
        for item in getattr(operand, attribute, ()):
            yield from _names(item)
    for attribute in ("first", "second", "operand", "base"):
        inner = getattr(operand, attribute, None)
        if inner is not None:
            yield from _names(inner)
