"""The text of inline PTX: CUDA C's ``%0`` and ``%%`` become what LLVM's assembler templates have."""

from __future__ import annotations

import re
from collections.abc import Mapping

from smsim.errors import InlineAsmError

_PERCENT = re.compile(r"%(%|\d+|\w*)")


def to_llvm(text: str, operands: int, constants: Mapping[int, int]) -> str:
    """``text`` as an LLVM template: ``%1`` as ``$1``, ``%%`` as ``%``, ``$`` as ``$$``, constants filled in.

    Args:
        text: PTX as CUDA C's ``asm`` takes it.
        operands: how many there are.
        constants: operand number to the integer that stands there (constraint ``n``).

    Raises:
        InlineAsmError: the text names an operand that is not there, or a register with a single ``%``.
    """
    # Constants get no place among LLVM's operands, so those after them move up.
    place = {n: n - sum(c < n for c in constants) for n in range(operands)}

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name == "%":
            return "%"
        if not name.isdigit():
            raise InlineAsmError(
                f"the text has %{name}, which is no operand; a register's % is written twice: %%{name}."
            )
        number = int(name)
        if number >= operands:
            has = f"%0 to %{operands - 1}" if operands > 1 else ("%0" if operands else "none")
            raise InlineAsmError(f"the text names the operand %{number}; the constraints have {has}.")
        return str(constants[number]) if number in constants else f"${place[number]}"

    return _PERCENT.sub(put, text.replace("$", "$$"))


def named(text: str) -> set[int]:
    """The numbers of the operands that the text names."""
    return {int(name) for name in _PERCENT.findall(text) if name.isdigit()}
