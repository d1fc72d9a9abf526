"""From the parser's rules to plain records of what was written, names not yet looked up.

Lark calls a method of :class:`TreeBuilder` for each rule of grammar.lark as soon as it is complete,
from the inside out. What a name means depends on the scope around it, which is known only later;
so names stay tokens of the text here, with their line and column, and builder.py looks them up.
"""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token, Transformer

from smsim.ptx import constants
from smsim.ptx.constants import Value
from smsim.ptx.messages import error_at


@dataclass(slots=True)
class Specifiers:
    """``.align 8 .v2 .f32``: what stands before the name of a variable."""

    type: str
    align: int | None
    vector: int


@dataclass(slots=True)
class Declarator:
    """``name[4][2] = {...}``. A dimension that is left open is None."""

    name: Token
    dimensions: list[int | None]
    initializer: object = None
    #: ``name<10>`` declares name0 to name9.
    repeated: int | None = None


@dataclass(slots=True)
class Repeat:
    """``<10>``."""

    count: int


@dataclass(slots=True)
class VariableDeclaration:
    linkage: str | None
    space: str
    specifiers: Specifiers
    declarators: list[Declarator]


@dataclass(slots=True)
class ParameterDeclaration:
    space: str
    specifiers: Specifiers
    declarator: Declarator
    pointee_space: str | None = None
    pointee_align: int | None = None
    is_pointer: bool = False


@dataclass(slots=True)
class RegisterDeclaration:
    type: str
    vector: int
    names: list[tuple[Token, int | None]]


@dataclass(slots=True)
class FunctionDeclaration:
    linkage: str | None
    kind: str
    returns: list[ParameterDeclaration]
    name: Token
    params: list[ParameterDeclaration]
    directives: dict[str, tuple[int, ...]]
    body: list | None


@dataclass(slots=True)
class Statement:
    """An instruction. ``start`` and ``end`` are positions in the text."""

    #: The predicate, whether it is negated, and the @.
    guard: tuple[Token, bool, Token] | None
    opcode: Token
    operands: list
    start: int
    end: int


@dataclass(slots=True)
class Label:
    name: Token


@dataclass(slots=True)
class Location:
    file: int
    line: int
    column: int


@dataclass(slots=True)
class PrototypeDeclaration:
    at: Token
    returns: list[ParameterDeclaration]
    params: list[ParameterDeclaration]


@dataclass(slots=True)
class TargetList:
    at: Token
    names: list[Token]


@dataclass(slots=True)
class Scope:
    statements: list


@dataclass(slots=True)
class Alias:
    name: Token
    target: Token


@dataclass(slots=True)
class File:
    number: int
    path: str


@dataclass(slots=True)
class Bracketed:
    """``[value]``, or ``[value, coordinates...]`` as tensor and texture instructions write it."""

    value: Value
    coordinates: list


@dataclass(slots=True)
class Braced:
    items: list


@dataclass(slots=True)
class Parenthesised:
    items: list


@dataclass(slots=True)
class ModuleText:
    version: Token
    target: list[Token]
    address_size: Token | None
    items: list


class TreeBuilder(Transformer):
    """One method a rule. ``items`` are the rule's tokens and the results of its inner rules."""

    def start(self, items):
        return items

    def module(self, items):
        size, first = None, 2
        if len(items) > 2 and isinstance(items[2], Token):
            size, first = items[2], 3
        rest = [item for item in items[first:] if item is not None]
        return ModuleText(items[0], items[1], size, rest)

    def name_list(self, items):
        return items

    # --- declarations ---

    def file(self, items):
        return File(constants.integer(items[0]), str(items[1])[1:-1])

    def pragma(self, items):
        return None

    def alias(self, items):
        return Alias(items[0], items[1])

    def alignment(self, items):
        align = constants.integer(items[0])
        if align <= 0 or align & (align - 1) or align > 1 << 30:
            error_at(f"an alignment is a power of two, not {items[0]}", items[0])
        return align

    def _specifiers(self, items):
        """Split off alignment, vector width and type, in whatever order they stand."""
        kind, align, vector, rest = None, None, 1, []
        for item in items:
            if isinstance(item, int):
                align = item
            elif isinstance(item, Token) and item.type == "VECTOR":
                vector = int(item[2:])
            elif isinstance(item, Token) and item.type == "TYPE":
                kind = str(item[1:])
            else:
                rest.append(item)
        return Specifiers(kind, align, vector), rest

    def variable(self, items):
        specifiers, rest = self._specifiers(items)
        linkage = str(rest.pop(0))[1:] if rest[0].type == "LINKAGE" else None
        return VariableDeclaration(linkage, str(rest[0])[1:], specifiers, rest[1:])

    def declarator(self, items):
        declarator = Declarator(items[0], [])
        for item in items[1:]:
            if isinstance(item, tuple):
                declarator.dimensions.append(item[0])
            elif isinstance(item, Repeat):
                declarator.repeated = item.count
            else:
                declarator.initializer = item
        return declarator

    def dimension(self, items):
        return (constants.integer(items[0]) if items else None,)

    def initializer_list(self, items):
        return items

    def registers(self, items):
        specifiers, names = self._specifiers(items)
        return RegisterDeclaration(specifiers.type, specifiers.vector, names)

    def register(self, items):
        return items[0], items[1].count if len(items) > 1 else None

    def repeat(self, items):
        return Repeat(constants.integer(items[0]))

    # --- functions ---

    def function(self, items):
        linkage = str(items.pop(0))[1:] if items[0].type == "LINKAGE" else None
        kind = str(items.pop(0))[1:]
        returns = items.pop(0) if isinstance(items[0], list) else []
        name = items.pop(0)
        params = items.pop(0) if items and isinstance(items[0], list) else []
        directives = dict(item for item in items if isinstance(item, tuple))
        body = items[-1].statements if items and isinstance(items[-1], Scope) else None
        return FunctionDeclaration(linkage, kind, returns, name, params, directives, body)

    def parameters(self, items):
        return items

    def parameter(self, items):
        specifiers, rest = self._specifiers(items)
        space = str(rest[0])[1:]
        if space not in ("param", "reg"):
            error_at(f"a parameter is in .param or .reg, not in {rest[0]}", rest[0])
        pointer = rest.pop(1) if isinstance(rest[1], dict) else None
        declarator = Declarator(rest[1], [dimension[0] for dimension in rest[2:]])
        declaration = ParameterDeclaration(space, specifiers, declarator, is_pointer=pointer is not None)
        if pointer:
            declaration.pointee_space, declaration.pointee_align = pointer["space"], pointer["align"]
        return declaration

    def pointer(self, items):
        space = next((str(item)[1:] for item in items if isinstance(item, Token)), None)
        return {"space": space, "align": next((item for item in items if isinstance(item, int)), None)}

    def directive(self, items):
        return str(items[0])[1:], tuple(constants.integer(item) for item in items[1:])

    def scope(self, items):
        return Scope([item for item in items if item is not None])

    def label(self, items):
        return Label(items[0])

    def location(self, items):
        return Location(*(constants.integer(item) for item in items[:3]))

    def prototype(self, items):
        lists = [item for item in items if isinstance(item, list)]
        returns_first = bool(items) and isinstance(items[0], list)
        returns = lists.pop(0) if returns_first else []
        name = next(item for item in items if isinstance(item, Token))
        return PrototypeDeclaration(name, returns, lists[0] if lists else [])

    def targets(self, items):
        return TargetList(items[0], items[1])

    # --- instructions ---

    def instruction(self, items):
        end = items.pop()
        guard = items.pop(0) if isinstance(items[0], tuple) else None
        opcode = items.pop(0)
        start = guard[2] if guard else opcode
        return Statement(guard, opcode, items, start.start_pos, end.start_pos)

    def guard(self, items):
        return items[-1], len(items) == 3, items[0]

    def call(self, items):
        """Written in several ways, kept in one: results, callee, arguments, and a prototype if any."""
        end = items.pop()
        guard = items.pop(0) if isinstance(items[0], tuple) else None
        opcode = items.pop(0)
        start = guard[2] if guard else opcode
        results = items.pop(0) if isinstance(items[0], Parenthesised) else Parenthesised([])
        callee = items.pop(0)
        arguments = items.pop(0) if items and isinstance(items[0], Parenthesised) else Parenthesised([])
        operands = [results, callee, arguments, *items]
        return Statement(guard, opcode, operands, start.start_pos, end.start_pos)

    def group(self, items):
        return Parenthesised(items)

    def address(self, items):
        return Bracketed(items[0], items[1:])

    def vector(self, items):
        return Braced(items)

    # --- expressions ---

    def NUMBER(self, token):
        constants.number(token)
        return token

    def ternary(self, items):
        return constants.ternary(*map(_value, items))

    def arithmetic(self, items):
        items[::2] = map(_value, items[::2])
        return constants.fold(items)

    def unary(self, items):
        return constants.unary(items[0], _value(items[1]))

    def cast(self, items):
        return constants.cast(items[0], _value(items[1]))

    def applied(self, items):
        return constants.Applied(items[0], _value(items[1]))


def _value(item: Value) -> Value:
    """A number token's constant; anything else as it is."""
    return constants.number(item) if isinstance(item, Token) and item.type == "NUMBER" else item
