"""The body of a function: statements in, instructions with looked-up operands out."""

from __future__ import annotations

from functools import lru_cache

from lark import Token

from smsim.ptx import constants, data, tree
from smsim.ptx.constants import Applied, Constant, Couple, Offset, Opposite
from smsim.ptx.messages import error_at
from smsim.ptx.nodes import (
    Address,
    Group,
    Immediate,
    Instruction,
    Loc,
    Negated,
    Operand,
    Pair,
    Prototype,
    Register,
    Registers,
    Sink,
    Special,
    Symbol,
    TensorAddress,
    Variable,
    Vector,
)
from smsim.ptx.scope import DEEPEST, Scope


class BodyBuilder:
    """Walks a function's statements once, in order, and fills its own attributes."""

    def __init__(self, text: str, scope: Scope, registers: Registers) -> None:
        self.text, self.scope, self.registers = text, scope, registers
        self.instructions: list[Instruction] = []
        self.labels: dict[str, int] = {}
        self.variables: dict[str, Variable] = {}
        self.prototypes: dict[str, Prototype] = {}
        self.branch_targets: dict[str, tuple[str, ...]] = {}
        self.call_targets: dict[str, tuple[str, ...]] = {}
        self._label_names: set[str] = set()
        self._loc: Loc | None = None
        self._last_label: Token | None = None
        self._tables: list[tuple[str, list[Token], Scope]] = []

    def build(self, statements: list) -> None:
        """Build the outermost scope and, without recursion, all scopes inside it."""
        self._declare_labels(statements)
        open_scopes = [(self.scope, iter(statements))]
        while open_scopes:
            self.scope, remaining = open_scopes[-1]
            for statement in remaining:
                if type(statement) is tree.Scope:
                    inner = Scope(self.scope)
                    if inner.depth > DEEPEST:
                        error_at(f"braces are nested more than {DEEPEST} deep", self._first_token(statement))
                    self.scope = inner
                    self._declare_labels(statement.statements)
                    open_scopes.append((inner, iter(statement.statements)))
                    break
                _HANDLERS[type(statement)](self, statement)
            else:
                open_scopes.pop()
        self._resolve_tables()

    @staticmethod
    def _first_token(scope: tree.Scope) -> Token:
        for statement in scope.statements:
            if isinstance(statement, tree.Statement):
                return statement.opcode
        return Token("NAME", "{")

    def _declare_labels(self, statements: list) -> None:
        """A branch may go forward, so a scope's labels are known from its start."""
        for position, statement in enumerate(statements):
            if type(statement) is tree.Label:
                following = statements[position + 1] if position + 1 < len(statements) else None
                unique = self.scope.declare_symbol(statement.name)
                if type(following) not in (tree.TargetList, tree.PrototypeDeclaration):
                    self._label_names.add(unique)

    # --- one method a kind of statement ---

    def label(self, statement: tree.Label) -> None:
        name = self.scope.find(str(statement.name)).name
        self._last_label = statement.name
        if name in self._label_names:
            self.labels[name] = len(self.instructions)

    def _own_label(self, what: str, at: Token) -> str:
        label = self._last_label
        name = self.scope.find(str(label)).name if label is not None else None
        if name is None or name in self._label_names:
            error_at(f"{what} needs a label directly before it", at)
        return name

    def targets(self, statement: tree.TargetList) -> None:
        name = self._own_label(str(statement.at), statement.at)
        if statement.at == ".branchtargets":
            self._tables.append((name, statement.names, self.scope))
            return
        self.call_targets[name] = tuple(str(self._name(token, "call")) for token in statement.names)

    def _resolve_tables(self) -> None:
        for name, tokens, scope in self._tables:
            self.scope = scope
            self.branch_targets[name] = tuple(self._branch_target(token).name for token in tokens)

    def prototype(self, statement: tree.PrototypeDeclaration) -> None:
        name = self._own_label(".callprototype", statement.at)
        self.prototypes[name] = data.prototype(name, statement, self._last_label.line)

    def declare_registers(self, statement: tree.RegisterDeclaration) -> None:
        if statement.type in ("texref", "samplerref", "surfref"):
            error_at(f".{statement.type} is not a register type", statement.names[0][0])
        for name, count in statement.names:
            if count is None:
                self.scope.declare_register(name, statement.type, self.registers, statement.vector)
            elif statement.vector > 1:
                error_at("a numbered range cannot consist of vectors", name)
            else:
                self.scope.declare_range(name, count, statement.type, self.registers)

    def declare_variables(self, statement: tree.VariableDeclaration) -> None:
        for variable in data.variables(statement, self.scope):
            self.variables[variable.name] = variable

    def location(self, statement: tree.Location) -> None:
        self._loc = Loc(statement.file, statement.line, statement.column)

    def ignore(self, statement: object) -> None:
        """A .file inside a function adds nothing that the module's own list lacks."""

    def instruction(self, statement: tree.Statement) -> None:
        opcode, modifiers = _split(str(statement.opcode))
        guard, negated = None, False
        if statement.guard is not None:
            guard, negated = self._guard(*statement.guard)
        if opcode == "bra" and statement.operands:
            operands = (self._branch_target(statement.operands[0], statement.opcode),)
            operands += tuple(self._operand(item, statement.opcode) for item in statement.operands[1:])
        else:
            operands = tuple([self._operand(item, statement.opcode) for item in statement.operands])
        first = statement.guard[2] if statement.guard else statement.opcode
        self.instructions.append(
            Instruction(
                opcode,
                modifiers,
                guard,
                negated,
                operands,
                first.line,
                first.column,
                " ".join(self.text[statement.start : statement.end].split()),
                self._loc,
            )
        )

    def _guard(self, name: Token, negated: bool, _at: Token) -> tuple[Register, bool]:
        register = self._name(name, "guard")
        if not isinstance(register, Register) or self.registers.get(register.name) != "pred":
            error_at(f"a guard is a register of type .pred, and '{name}' is not", name)
        return register, negated

    def _branch_target(self, item: object, opcode: Token | None = None) -> Symbol:
        if not (isinstance(item, Token) and item.type == "NAME"):
            error_at("a branch goes to a label", opcode)
        found = self.scope.find(str(item))
        if not isinstance(found, Symbol) or found.name not in self._label_names:
            error_at(f"there is no label '{item}' to branch to", item)
        return found

    # --- operands ---

    def _operand(self, item: object, opcode: Token) -> Operand:
        """The operand that a record of tree.py or constants.py stands for."""
        kind = type(item)
        if kind is Token:
            return self._name(item, opcode) if item.type == "NAME" else _immediate(constants.number(item))
        if kind is tree.Bracketed:
            return self._address(item, opcode)
        if kind is tree.Braced:
            return Vector(tuple([self._element(part, opcode) for part in item.items]))
        if kind is tree.Parenthesised:
            return Group(tuple([self._operand(part, opcode) for part in item.items]))
        if kind is Constant:
            return _immediate(item)
        if kind is Offset:
            base = self._name(item.name, opcode)
            if isinstance(base, Symbol):
                return Symbol(base.name, item.offset)
            if isinstance(base, Immediate):  # WARP_SZ
                return Immediate(base.value + item.offset)
            error_at(f"'{item.name}+{item.offset}' has a meaning only in brackets", item.name)
        if kind is Opposite:
            base = self._name(item.name, opcode)
            if isinstance(base, Register):
                return Negated(base)
            error_at(f"'!' goes before a predicate register, not before '{item.name}'", item.name)
        if kind is Couple:
            return Pair(*(self._half(half, opcode) for half in (item.first, item.second)))
        if kind is Applied:
            error_at(f"'{item.function}(...)' stands only in initial values", item.function)
        raise AssertionError(f"the grammar lets no {kind.__name__} be an operand")

    def _name(self, token: Token, opcode: Token | str) -> Operand:
        found = self.scope.find(token)
        if found is not None:
            if type(found) is Symbol and found.name in self._label_names:
                error_at(f"'{token}' is a label; only a branch can use it", token)
            return found
        if token == "_":
            return Sink()
        if isinstance(opcode, Token) and token.line > opcode.line:
            error_at(f"expected ';' at the end of the statement '{opcode}'", opcode)
        if token.startswith("%"):
            error_at(f"the register '{token}' is not declared", token)
        error_at(f"nothing named '{token}' is declared before this line", token)

    def _half(self, token: Token, opcode: Token) -> Register | Sink:
        found = self._name(token, opcode)
        if not isinstance(found, Register | Sink):
            error_at(f"'{token}' is not a register, and only registers stand beside '|'", token)
        return found

    def _element(self, item: object, opcode: Token) -> Operand:
        found = self._operand(item, opcode)
        if isinstance(found, Register | Special | Immediate | Symbol | Sink):
            return found
        error_at(f"'{found}' cannot be an element of a vector", item if isinstance(item, Token) else opcode)

    def _address(self, item: tree.Bracketed, opcode: Token) -> Operand:
        if item.coordinates:
            coordinates = tuple(self._operand(part, opcode) for part in item.coordinates)
            return TensorAddress(self._operand(item.value, opcode), coordinates)
        value = item.value
        if type(value) is Token and value.type == "NUMBER":
            value = constants.number(value)
        if isinstance(value, Constant) and value.is_integer:
            return Address(None, value.value)
        name, offset = (value.name, value.offset) if isinstance(value, Offset) else (value, 0)
        if isinstance(name, Token):
            base = self._name(name, opcode)
            if isinstance(base, Register | Symbol | Special):
                return Address(base, offset)
            if isinstance(base, Immediate):
                return Address(None, base.value + offset)
        error_at("an address is [register], [variable] or [number], each perhaps with +number", opcode)


_HANDLERS = {
    tree.Statement: BodyBuilder.instruction,
    tree.Label: BodyBuilder.label,
    tree.Location: BodyBuilder.location,
    tree.RegisterDeclaration: BodyBuilder.declare_registers,
    tree.VariableDeclaration: BodyBuilder.declare_variables,
    tree.PrototypeDeclaration: BodyBuilder.prototype,
    tree.TargetList: BodyBuilder.targets,
    tree.File: BodyBuilder.ignore,
}


@lru_cache(maxsize=4096)
def _split(spelling: str) -> tuple[str, tuple[str, ...]]:
    """``ld.global.f32`` to ``("ld", ("global", "f32"))``; a space before a dot is allowed."""
    opcode, *modifiers = "".join(spelling.split()).split(".")
    return opcode, tuple(modifiers)


@lru_cache(maxsize=4096)
def _immediate(constant: Constant) -> Immediate:
    return Immediate(constant.value, "int" if constant.is_integer else constant.kind)
