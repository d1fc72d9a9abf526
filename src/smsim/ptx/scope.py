"""Names: what each stands for, within the braces in which it was declared.

PTX lets every ``{ }`` declare registers, variables and labels of its own, hidden from outside. Compilers
use it for each call, with the same few names every time. Here such names are told apart: the second
``param0`` of a function becomes ``param0#2``. No name in a text contains ``#``, so none can collide.
"""

from __future__ import annotations

from lark import Token

from smsim.ptx.messages import error_at
from smsim.ptx.nodes import Immediate, Operand, Register, Registers, Special, Symbol, Vector
from smsim.ptx.special import SPECIAL_TYPES, SPECIAL_VECTORS

#: Deeper braces than any compiler nests; a text with more is refused rather than searched for long.
DEEPEST = 200


class Names:
    """All the names that one function has handed out, so that each is handed out once.

    A name that the module has already given away counts as handed out.
    """

    def __init__(self, module: Scope | None = None) -> None:
        self._module = module
        self._uses: dict[str, int] = {}
        self._ranges: dict[str, int] = {}

    def unique(self, name: str) -> str:
        before = self._uses.get(name)
        if before is None:
            taken = self._in_a_range(name) or self._module and self._module.find(name)
            before = 1 if taken else 0
        self._uses[name] = before + 1
        return f"{name}#{before + 1}" if before else name

    def unique_prefix(self, prefix: str, count: int) -> str:
        """What the names of a numbered range, ``%r0`` to ``%r<count-1>``, begin with from now on."""
        before = self._uses.get(f"{prefix}<", 0)
        if not before and any(
            number < count for name in self._uses if (number := _number_after(name, prefix)) is not None
        ):
            before = 1
        self._uses[f"{prefix}<"] = before + 1
        if before:
            return f"{prefix}#{before + 1}:"
        self._ranges[prefix] = count
        return prefix

    def _in_a_range(self, name: str) -> bool:
        """Whether ``name`` is one of a range that kept its plain prefix."""
        digits = len(name) - len(name.rstrip("0123456789"))
        for length in range(1, min(digits, 10) + 1):
            number = _number_after(name, name[:-length])
            if number is not None and number < self._ranges.get(name[:-length], 0):
                return True
        return False


class Scope:
    """One pair of braces, or the module. ``outer`` is the scope around it."""

    def __init__(self, outer: Scope | None = None, names: Names | None = None) -> None:
        self.outer = outer
        self.names = names or (outer.names if outer else Names())
        self.depth = outer.depth + 1 if outer else 0
        self._meanings: dict[str, Operand] = {}
        self._ranges: dict[str, tuple[str, str, int]] = {}
        #: What a name was found to mean, here or further out.
        self._found: dict[str, Operand] = {}

    # --- declaring ---

    def declare_symbol(self, name: Token) -> str:
        """A variable, label or function; returns the name it has from now on."""
        self._refuse_duplicate(name)
        unique = self.names.unique(str(name))
        self._remember(name, Symbol(unique))
        return unique

    def declare_register(self, name: Token, kind: str, registers: Registers, vector: int = 1) -> str:
        """``.reg .b32 %x``; with ``.v2`` or ``.v4`` the registers are ``%x.x``, ``%x.y`` ..."""
        self._refuse_duplicate(name)
        unique = self.names.unique(str(name))
        if vector == 1:
            registers.add(unique, kind)
            self._remember(name, Register(unique))
            return unique
        parts = []
        for component in "xyzw"[:vector]:
            registers.add(f"{unique}.{component}", kind)
            parts.append(Register(f"{unique}.{component}"))
            self._meanings[f"{name}.{component}"] = parts[-1]
        self._remember(name, Vector(tuple(parts)))
        return unique

    def declare_range(self, prefix: Token, count: int, kind: str, registers: Registers) -> None:
        """``.reg .b32 %r<5>`` declares ``%r0`` to ``%r4``."""
        if str(prefix) in self._ranges:
            error_at(f"the registers {prefix}0, {prefix}1 ... are declared twice", prefix)
        for name in self._meanings:
            number = _number_after(name, str(prefix))
            if number is not None and number < count:
                error_at(f"'{name}' is declared twice", prefix)
        unique = self.names.unique_prefix(str(prefix), count)
        self._ranges[str(prefix)] = (unique, kind, count)
        registers.add_range(unique, count, kind)
        self._found.clear()

    def declare_symbols(self, prefix: Token, count: int) -> list[str]:
        """``.local .b32 name<4>`` declares four variables."""
        if count > 1 << 16:
            error_at(f"{count} variables in one declaration are more than anybody needs", prefix)
        return [self.declare_symbol(prefix.update(value=f"{prefix}{number}")) for number in range(count)]

    def _remember(self, name: Token, meaning: Operand) -> None:
        self._meanings[str(name)] = meaning
        self._found.clear()

    def _refuse_duplicate(self, name: Token) -> None:
        if name == "_":
            error_at("'_' stands for nothing and cannot be declared", name)
        if str(name) in self._meanings or self._in_ranges(str(name)):
            error_at(f"'{name}' is declared twice", name)

    # --- looking up ---

    def find(self, name: str) -> Operand | None:
        """The register, symbol or constant that a name stands for; None if it is not declared."""
        found = self._found.get(name)
        if found is None:
            scope: Scope | None = self
            while scope is not None and found is None:
                found = scope._meanings.get(name) or scope._in_ranges(name)
                scope = scope.outer
            found = found or _predefined(name)
            if found is not None:
                self._found[name] = found
        return found

    def _in_ranges(self, name: str) -> Register | None:
        start = end = len(name)
        while start and name[start - 1] in "0123456789" and end - start < 10:
            start -= 1
            declared = self._ranges.get(name[:start])
            if declared and (name[start] != "0" or end - start == 1) and int(name[start:]) < declared[2]:
                return Register(declared[0] + name[start:])
        return None


class ModuleScope(Scope):
    """The scope outside all functions, where a name may be declared again: the builder judges that."""

    def declare_symbol(self, name: Token) -> str:
        return str(name) if str(name) in self._meanings else super().declare_symbol(name)


def _number_after(name: str, prefix: str) -> int | None:
    rest = name[len(prefix) :]
    if name.startswith(prefix) and rest.isascii() and rest.isdigit() and len(rest) < 10:
        return int(rest) if rest[0] != "0" or rest == "0" else None
    return None


def _predefined(name: str) -> Operand | None:
    if name in SPECIAL_TYPES:
        return Special(name)
    if name in SPECIAL_VECTORS:
        return Vector(tuple(Special(f"{name}.{component}") for component in "xyzw"))
    if name == "WARP_SZ":
        return Immediate(32)
    return None
