"""Constraints of inline PTX, as CUDA C writes them: ``"=r : r, n : memory"``.

One constraint an operand, outputs first. Commas and colons separate, so ``"=r, r, n, memory"`` is the same.

==============  =================================================================
``h r l f d``   a 16-, 32-, 64-bit integer, a 32-, 64-bit float in a register
``=r``          an output: what ``asm`` gives back
``+r``          an operand that is read, written and given back
``n``           an integer constant, written into the text
``memory``      the text reads or writes memory that no operand names
``volatile``    the text may not be removed or repeated, as in ``asm volatile``
==============  =================================================================

Source: "Inline PTX Assembly in CUDA", NVIDIA, sections 1.2 (constraints) and 1.3 (volatile and memory).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from smsim.errors import InlineAsmError

#: Letter to PTX register type.
LETTERS = {"h": ".b16", "r": ".b32", "l": ".b64", "f": ".f32", "d": ".f64"}
CONSTANT = "n"
_WORDS = ("memory", "volatile")


@dataclass(frozen=True, slots=True)
class Constraint:
    """What one operand may be.

    Attributes:
        letter: one of :data:`LETTERS`, or ``n``.
        written: it is an output, ``=`` or ``+``.
        read: it is an input, plain or ``+``.
    """

    letter: str
    written: bool = False
    read: bool = True

    def __str__(self) -> str:
        return ("+" if self.read else "=") * self.written + self.letter


@dataclass(frozen=True, slots=True)
class Constraints:
    """A whole constraint text, taken apart.

    Attributes:
        operands: in the order of ``%0``, ``%1`` ...
        memory, volatile: whether these words were given.
    """

    operands: tuple[Constraint, ...]
    memory: bool = False
    volatile: bool = False

    @property
    def outputs(self) -> tuple[Constraint, ...]:
        return tuple(c for c in self.operands if c.written)

    @property
    def inputs(self) -> tuple[tuple[int, Constraint], ...]:
        """The operands that need a value, each with its number."""
        return tuple((number, c) for number, c in enumerate(self.operands) if c.read)


def parse(text: str) -> Constraints:
    """Take a constraint text apart.

    Raises:
        InlineAsmError: a constraint is unknown, or an output comes after an input.
    """
    operands: list[Constraint] = []
    words = set()
    for item in filter(None, (part.strip() for part in re.split("[,:]", text))):
        if item in _WORDS:
            words.add(item)
        else:
            operands.append(_one(item))
            if operands[-1].written and not all(c.written for c in operands):
                raise InlineAsmError(f"the output {item!r} comes after an input; outputs come first.")
    return Constraints(tuple(operands), "memory" in words, "volatile" in words)


def _one(item: str) -> Constraint:
    mark, letter = (item[0], item[1:].strip()) if item[0] in "=+" else ("", item)
    if letter not in LETTERS and letter != CONSTANT:
        raise InlineAsmError(
            f"the constraint {item!r} is unknown; an operand is h, r, l (16-, 32-, 64-bit integer), f, d "
            "(32-, 64-bit float) or n (constant), an output has = or + before it."
        )
    if letter == CONSTANT and mark:
        raise InlineAsmError(f"{item!r} makes no sense: a constant cannot be an output.")
    return Constraint(letter, bool(mark), mark != "=")
