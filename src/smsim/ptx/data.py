"""Variables: how large they are, and which bytes they hold at the start."""

from __future__ import annotations

import struct
from operator import itemgetter

from lark import Token

from smsim.ptx import constants
from smsim.ptx.constants import Applied, Constant, Offset
from smsim.ptx.messages import error_at
from smsim.ptx.nodes import Prototype, Symbol, Variable
from smsim.ptx.rows import TYPE_BITS
from smsim.ptx.scope import Scope
from smsim.ptx.tree import (
    Declarator,
    ParameterDeclaration,
    PrototypeDeclaration,
    Specifiers,
    VariableDeclaration,
)

#: No GPU has more memory than this, and a text that asks for it is mistaken.
LARGEST = 1 << 40
#: A text would have to be as long to give a value to each byte; the rest would be zeros.
LARGEST_INITIALISED = 1 << 27

#: Handles of textures and the like are 64 bits wide.
_OPAQUE = ("texref", "samplerref", "surfref")

_FLOATS = {"f32": ("<f", 4), "f64": ("<d", 8)}


def element_bytes(kind: str) -> int:
    """Bytes of one element of a PTX type."""
    return 8 if kind in _OPAQUE else TYPE_BITS[kind] // 8


def variables(declaration: VariableDeclaration, scope: Scope) -> list[Variable]:
    """Declare what one statement such as ``.global .u32 a, b[4] = {1, 2};`` declares."""
    made = []
    for declarator in declaration.declarators:
        base = _layout(declaration.specifiers, declarator, declaration.space, declaration.linkage)
        if declarator.repeated is not None:
            names = scope.declare_symbols(declarator.name, declarator.repeated)
        else:
            names = [scope.declare_symbol(declarator.name)]
        init, relocations = None, ()
        if declarator.initializer is not None:
            init, relocations = _initial_value(declaration, declarator, base, scope)
        for name in names:
            made.append(
                Variable(
                    name=name,
                    space=declaration.space,
                    type=base.type,
                    align=base.align,
                    size_bytes=base.size_bytes,
                    count=base.count,
                    linkage=declaration.linkage,
                    init=init,
                    relocations=relocations,
                    line=declarator.name.line,
                )
            )
    return made


def parameter(declaration: ParameterDeclaration, name: str) -> Variable:
    """A parameter as the variable in ``.param`` space that carries it."""
    base = _layout(declaration.specifiers, declaration.declarator, "param", None)
    return Variable(
        name=name,
        space="param",
        type=base.type,
        align=base.align,
        size_bytes=base.size_bytes,
        count=base.count,
        line=declaration.declarator.name.line,
        pointee_space=(declaration.pointee_space or "generic") if declaration.is_pointer else None,
        pointee_align=declaration.pointee_align,
    )


def prototype(name: str, item: PrototypeDeclaration, line: int) -> Prototype:
    """``.callprototype`` under the name that its label gives it."""
    returns = tuple(parameter(p, str(p.declarator.name)) for p in item.returns)
    params = tuple(parameter(p, str(p.declarator.name)) for p in item.params)
    return Prototype(name, returns, params, line)


def _layout(specifiers: Specifiers, declarator: Declarator, space: str, linkage: str | None) -> Variable:
    """A variable without a name: type, alignment, size and count."""
    kind, name = specifiers.type, declarator.name
    if kind == "pred":
        error_at(f"'{name}' cannot be a predicate: predicates live in registers", name)
    element = element_bytes(kind)
    count = specifiers.vector
    for position, dimension in enumerate(declarator.dimensions):
        if dimension is None:
            count *= _open_dimension(declarator, position, linkage, space)
        elif dimension == 0:
            error_at(f"'{name}' has no elements; a size is at least 1", name)
        else:
            count *= dimension
        if count * element > LARGEST:
            error_at(f"'{name}' is larger than any memory", name)
    align = specifiers.align or element * specifiers.vector
    return Variable("", space, kind, align, element * count, count)


def _open_dimension(declarator: Declarator, position: int, linkage: str | None, space: str) -> int:
    """How many elements ``name[]`` has: as many as it is given, none if it is declared elsewhere."""
    name = declarator.name
    if position:
        error_at(f"only the first dimension of '{name}' may be left open", name)
    if isinstance(declarator.initializer, list):
        return len(declarator.initializer)
    if linkage != "extern" and space != "param":
        error_at(f"'{name}' needs a size: only an .extern variable may leave it open", name)
    return 0


def _initial_value(
    declaration: VariableDeclaration, declarator: Declarator, layout: Variable, scope: Scope
) -> tuple[bytes, tuple[tuple[int, str, int], ...]]:
    name = declarator.name
    if declaration.space not in ("global", "const"):
        error_at(f"'{name}' is in .{declaration.space}; only .global and .const have initial values", name)
    if layout.size_bytes > LARGEST_INITIALISED:
        error_at(f"'{name}' is too large to be given a value", name)
    shape = [len(declarator.initializer) if d is None else d for d in declarator.dimensions]
    if declaration.specifiers.vector > 1:
        shape.append(declaration.specifiers.vector)
    if layout.type in ("f16", "f16x2"):
        error_at(f"'{name}' is .{layout.type}, for which PTX has no initial values; declare it .b16", name)
    data, relocations = bytearray(layout.size_bytes), []
    size = element_bytes(layout.type)
    for index, value in sorted(_elements(declarator.initializer, shape, name), key=itemgetter(0)):
        _store(value, layout.type, index * size, data, relocations, scope, name)
    return bytes(data), tuple(relocations)


def _elements(value: object, shape: list[int], name: Token) -> list[tuple[int, object]]:
    """``(index, value)`` for each element given: ``{{1}, {2}}`` in ``[2][2]`` is (0, 1), (2, 2).

    Each dimension has braces of its own, and so have the components of a vector.
    """
    found = []
    pending = [(value, 0, 0)]  # a value, its depth in braces, and the index of its first element
    while pending:
        item, depth, start = pending.pop()
        if depth == len(shape) and not isinstance(item, list):
            found.append((start, item))
            continue
        if depth == len(shape) or not isinstance(item, list):
            wanted = ("no braces", "one pair of braces")[len(shape)] if len(shape) < 2 else "nested braces"
            error_at(f"the initial value of '{name}' needs {wanted}", name)
        if len(item) > shape[depth]:
            error_at(f"'{name}' is given {len(item)} values where it has {shape[depth]}", name)
        step = 1
        for dimension in shape[depth + 1 :]:
            step *= dimension
        pending.extend((part, depth + 1, start + n * step) for n, part in enumerate(item))
    return found


def _store(
    value: object,
    kind: str,
    at: int,
    data: bytearray,
    relocations: list[tuple[int, str, int]],
    scope: Scope,
    name: Token,
) -> None:
    if isinstance(value, Token) and value.type == "NUMBER":
        value = constants.number(value)
    if isinstance(value, Constant):
        size = element_bytes(kind)
        data[at : at + size] = _bytes_of(value, kind, size, name)
        return
    relocations.append((at, *_address_of(value, scope, name)))


def _bytes_of(constant: Constant, kind: str, size: int, name: Token) -> bytes:
    if constant.is_integer:
        if kind in _FLOATS:
            error_at(f"'{name}' is .{kind}: write its value as a float, 1.0 or 0f3F800000", name)
        return (constant.value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    if kind[0] in "us":
        error_at(f"'{name}' is .{kind}: its value must be an integer", name)
    if constant.kind == "f32":
        number = struct.unpack("<f", constant.value.to_bytes(4, "little"))[0]
    else:
        number = struct.unpack("<d", constant.value.to_bytes(8, "little"))[0]
    if size not in (4, 8):
        error_at(f"'{name}' is .{kind}: it cannot hold a float", name)
    if constant.kind == ("f32" if size == 4 else "f64"):
        return constant.value.to_bytes(size, "little")
    try:
        return struct.pack("<f" if size == 4 else "<d", number)
    except OverflowError:  # beyond the largest float32
        return struct.pack("<f", float("inf") if number > 0 else float("-inf"))


def _address_of(value: object, scope: Scope, name: Token) -> tuple[str, int]:
    """``(symbol, addend)`` of ``name+8``, ``generic(name)+8`` or ``0xFF00(generic(name))``."""
    if isinstance(value, Applied):
        inner, addend = _address_of(value.argument, scope, name)
        function = str(value.function)
        if value.function.type == "NUMBER":
            return f"mask({constants.integer(value.function):#x}){inner}", addend + value.offset
        if function != "generic":
            error_at(f"'{function}(...)' is not known here; there is generic(name)", value.function)
        return f"generic({inner})", addend + value.offset
    token, addend = (value.name, value.offset) if isinstance(value, Offset) else (value, 0)
    if not isinstance(token, Token):
        error_at(f"the initial value of '{name}' is neither a number nor an address", name)
    found = scope.find(str(token))
    if not isinstance(found, Symbol):
        error_at(f"nothing named '{token}' is declared before this line", token)
    return found.name, addend
