"""Does a function write schedules itself, or only hand on lines that were made elsewhere?"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from labkit.checking.answer import python_function


def writes_work(answer: Any) -> bool:
    """True where the function, or one of the reader's own that it names, holds a text with an ``F`` in it.

    That is every function that writes forward passes down, whole or piece by piece. False where it returns a list that
    the library filled before. What is no Python function is given the benefit of the doubt.
    """
    function = python_function(answer)
    return function is None or any(
        "F" in text for code in _codes(function) for text in _texts(code.co_consts)
    )


def _codes(function: FunctionType) -> Iterator[CodeType]:
    """The function's code, and that of all functions of the same notebook that can be reached from it."""
    seen: set[int] = set()
    waiting = [function.__code__]
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    waiting += [inner.__code__ for inner in cells if isinstance(inner, FunctionType)]
    while waiting:
        code = waiting.pop()
        if id(code) in seen:
            continue
        seen.add(id(code))
        yield code
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        named = (function.__globals__.get(name) for name in code.co_names)
        waiting += [
            other.__code__
            for other in named
            if isinstance(other, FunctionType) and other.__globals__ is function.__globals__
        ]


def _texts(constants: tuple) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from _texts(constant)
