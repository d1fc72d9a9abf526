"""How many registers have to be kept at each instruction of a PTX function, in 32-bit words.

A register is *alive* from the instruction that writes it to the last one that reads it. PTX gives every result a
name of its own; a machine needs room only for what is alive at once.
"""

from __future__ import annotations

from smsim.ptx.flow import CARRY, blocks, register_numbers, uses_defs_of
from smsim.ptx.nodes import Function

_BITS_OF_A_WORD = 32


def words(function: Function) -> int:
    """32-bit words that all registers of the function would take if each had a place of its own."""
    sizes = _sizes(function)
    return sum(sizes[name] for name in register_numbers(function, uses_defs_of(function)))


def words_alive(function: Function) -> list[int]:
    """32-bit words alive right before each instruction of the body. Predicates are not counted: they are not words.

    Raises:
        UnsupportedPTX, PTXSyntaxError: an instruction has no row, or does not fit it.
    """
    uses_defs = uses_defs_of(function)
    numbers = register_numbers(function, uses_defs)
    sizes = _sizes(function)
    parts = blocks(function, uses_defs, numbers)
    alive = [0] * len(function.body)
    for part in parts:
        now = 0
        for following in part.successors:
            now |= parts[following].live_in
        for index in reversed(range(part.start, part.end)):
            used, defined, predicated = uses_defs(index)
            if not predicated:
                for name in defined:
                    now &= ~(1 << numbers[name])
            for name in used:
                now |= 1 << numbers[name]
            alive[index] = sum(sizes[name] for name, number in numbers.items() if now >> number & 1)
    return alive


def _sizes(function: Function) -> dict[str, int]:
    """Words of every register; a predicate has none, and 16 bits take a whole word."""
    return {CARRY: 0} | {
        name: 0 if kind == "pred" else max(1, _width(kind) // _BITS_OF_A_WORD)
        for name, kind in function.registers.items()
    }


def _width(kind: str) -> int:
    return int("".join(c for c in kind if c.isdigit()))
