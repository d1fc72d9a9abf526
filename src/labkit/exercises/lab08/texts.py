"""The inline PTX of an answer as its Python source has it: texts, constraints, and which arrays are handed over."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass
from typing import Any

from labkit.checking.answer import python_function


@dataclass(frozen=True)
class AsmCall:
    """One call of ``smsim.asm`` whose text and constraints are written out.

    Attributes:
        text, constraints: its first two arguments.
        names: variables that its operands begin with, ``"x"`` for ``x[b, t:]``.
    """

    text: str
    constraints: str
    names: frozenset[str]

    @property
    def pinned(self) -> bool:
        """Whether the compiler must leave it where it is."""
        return "memory" in self.constraints or "volatile" in self.constraints


def asm_calls(answer: Any) -> list[AsmCall]:
    """All such calls of a kernel; empty where its source is not to be had."""
    function = python_function(answer)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return []
    found = (_call(node) for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in found if call is not None]


def _call(node: ast.Call) -> AsmCall | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    written = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if name != "asm" or len(written) != 2:
        return None
    names = (_base(operand) for operand in node.args[2:])
    return AsmCall(*written, frozenset(filter(None, names)))


def _base(operand: ast.expr) -> str:
    while isinstance(operand, ast.Subscript):
        operand = operand.value
    return operand.id if isinstance(operand, ast.Name) else ""
