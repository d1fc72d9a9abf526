"""The few lines of PTX around an instruction, labels included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smsim.ptx.nodes import Function, Instruction, Symbol


@dataclass(frozen=True)
class Row:
    """A line to show.

    Attributes:
        line: its number in the PTX.
        text: the instruction, or ``name:`` of a label.
        here: it is the one in the middle.
        label: it is a label.
    """

    line: int
    text: str
    here: bool = False
    label: bool = False


def around(
    function: Function,
    instruction: Instruction | None,
    readable: Callable[[str], str],
    before: int,
    after: int,
) -> list[Row]:
    """Up to ``before`` instructions, the instruction itself and up to ``after`` more.

    For ``None`` the last instructions of the function.
    """
    body = function.body
    at = next((n for n, i in enumerate(body) if i is instruction), len(body))
    first = max(at - before, 0)
    last = min(at + after + 1, len(body))
    labels = _labels(function)
    rows = []
    for number in range(first, last):
        rows += [Row(body[number].line, f"{name}:", label=True) for name in labels.get(number, ())]
        rows.append(Row(body[number].line, readable(body[number].text), here=number == at))
    return rows


def _labels(function: Function) -> dict[int, list[str]]:
    """Index in the body to the labels there that some instruction names."""
    used = {o.name for i in function.body for o in i.operands if isinstance(o, Symbol)}
    found: dict[int, list[str]] = {}
    for name, index in function.labels.items():
        if name in used:
            found.setdefault(index, []).append(name)
    return found
