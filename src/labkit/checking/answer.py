"""What the reader handed in: is it a kernel, and is it still the skeleton?"""

from __future__ import annotations

import ast
import dis
from types import CodeType, FunctionType
from typing import Any


def python_function(answer: Any) -> FunctionType | None:
    """The Python function behind a kernel, a device function or a plain function; else ``None``."""
    function = getattr(answer, "py_func", answer)
    return function if isinstance(function, FunctionType) else None


def is_kernel(answer: Any) -> bool:
    """True for what ``@cuda.jit`` returns, unless it was asked for a device function."""
    if not hasattr(answer, "py_func") or not hasattr(answer, "__getitem__"):
        return False
    return not getattr(answer, "targetoptions", {}).get("device", False)


def fingerprint(code: CodeType) -> tuple:
    """What a function does, whatever its comments, layout and line numbers."""
    constants = tuple(fingerprint(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts)
    return code.co_code, code.co_names, constants


def compiled_function(source: str, name: str, *, imported: bool = False) -> CodeType:
    """The code object of function ``name`` in ``source``; decorators are not run.

    ``imported`` compiles it below an import of the modules that it uses, as in a cell that holds both:
    the compiler calls ``cuda.grid(1)`` in another way there.
    """
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    if not found:
        raise LookupError(f"there is no function {name!r} in this source")
    found[0].decorator_list = []
    found[0].returns = None
    for argument in (*found[0].args.args, *found[0].args.kwonlyargs):
        argument.annotation = None
    body: list[ast.stmt] = [found[0]]
    if imported:
        bases = {node.value.id for node in ast.walk(found[0]) if _is_attribute_of_a_name(node)}
        body[:0] = ast.parse("".join(f"import {base}\n" for base in sorted(bases))).body
    module = compile(ast.Module(body=body, type_ignores=[]), "<skeleton>", "exec", dont_inherit=True)
    return next(c for c in module.co_consts if isinstance(c, CodeType) and c.co_name == name)


def _is_attribute_of_a_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)


def is_skeleton(answer: Any, skeleton: str | None) -> bool:
    """True when the code still equals the skeleton's (comments and layout aside).

    An answer of ``None`` (a blank for a value or for a launch size) counts as the skeleton too.
    """
    if answer is None:
        return True
    function = python_function(answer)
    if function is None or skeleton is None:
        return False
    try:
        given = [compiled_function(skeleton, function.__name__, imported=i) for i in (False, True)]
    except LookupError:
        return False
    return fingerprint(function.__code__) in map(fingerprint, given)


def has_branch(answer: Any) -> bool:
    """True when the function decides anything: an ``if``, a ``while``, a ``for``."""
    function = python_function(answer)
    if function is None:
        return False
    jumps = ("POP_JUMP", "FOR_ITER", "JUMP_IF")
    return any(i.opname.startswith(jumps) for i in dis.get_instructions(function.__code__))


def mentions(answer: Any, name: str) -> bool:
    """True when the function's code uses ``name``, as in ``cuda.blockIdx``."""
    function = python_function(answer)
    return function is not None and name in function.__code__.co_names
