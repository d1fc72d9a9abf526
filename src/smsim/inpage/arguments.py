"""The arguments of a launch as the reader writes them: a line of Python each, ``x = np.ones(1000, np.float32)``.

It is the reader's own browser that evaluates them, as a notebook would.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from smsim.handwritten.parameters import is_array
from smsim.handwritten.scalars import name_of
from smsim.inpage.problem import FieldProblem

#: What all arrays together may hold. The page keeps each of them several times over.
MOST_BYTES = 16 << 20
_FIELD = "arguments"


def read_arguments(text: str) -> dict[str, Any]:
    """Name to value, in the order written; names that begin with ``_`` are helpers and left out.

    Args:
        text: assignments to plain names, in Python with NumPy as ``np``. A later line may use earlier names.

    Raises:
        FieldProblem: a line is no assignment, fails, or gives what a kernel cannot take; says which line.
    """
    known: dict[str, Any] = {"np": np}
    found: dict[str, Any] = {}
    size = 0
    for statement in _statements(text):
        name = _name_of(statement)
        value = known[name] = _value(statement, known)
        if name.startswith("_"):
            continue
        _check_kind(name, value, statement.lineno)
        found[name] = value
        size = sum(v.nbytes for v in found.values() if is_array(v))
        if size > MOST_BYTES:
            raise FieldProblem(
                _FIELD,
                f"the arrays up to `{name}` hold {size / 2**20:.0f} MiB, and the page takes "
                f"{MOST_BYTES >> 20} MiB at most",
                statement.lineno,
            )
    return found


def _statements(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        raise FieldProblem(_FIELD, f"this is no Python: {error.msg}", error.lineno) from None
    except ValueError as error:  # a NUL among the characters
        raise FieldProblem(_FIELD, f"this is no Python: {error}") from None


def _name_of(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    raise FieldProblem(
        _FIELD,
        "a line gives one argument a value, as in  x = np.arange(32, dtype=np.float32)",
        statement.lineno,
    )


def _value(statement: ast.Assign, known: dict[str, Any]) -> Any:
    code = compile(ast.Expression(statement.value), "arguments", "eval")
    try:
        return eval(code, known)
    except MemoryError:
        raise FieldProblem(_FIELD, "there is no memory for so much", statement.lineno) from None
    except (Exception, SystemExit) as error:  # exit() would take the whole engine with it
        raise FieldProblem(_FIELD, f"{type(error).__name__}: {error}", statement.lineno) from None


def _check_kind(name: str, value: Any, line: int) -> None:
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        return
    if is_array(value) and isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return
    if isinstance(value, np.ndarray):
        given = f"an array of {value.dtype} with {value.ndim} dimensions"
    else:
        given = name_of(value)
    raise FieldProblem(
        _FIELD,
        f"`{name}` is {given}; a kernel takes numbers and arrays of numbers, such as "
        "np.array([1, 2, 3], np.int32)",
        line,
    )
