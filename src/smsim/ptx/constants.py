"""Constant expressions: what an immediate operand, an offset or an initial value comes to.

PTX computes with 64-bit integers, signed or unsigned, and with doubles, by C's rules. Names take part
in a few forms only: ``table+8`` is an address, ``%p|%q`` two destinations, ``!%p`` an opposite.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

from lark import Token

from smsim.ptx.messages import error_at, syntax_error


@dataclass(frozen=True, slots=True)
class Constant:
    """A number. ``kind``: ``s64``, ``u64``, ``f64`` (value is a bit pattern) or ``f32`` (the same).

    ``plain`` marks a number as it stands in the text, before any operator.
    """

    value: int
    kind: str
    plain: bool = False

    @property
    def is_integer(self) -> bool:
        return self.kind in ("s64", "u64")


@dataclass(frozen=True, slots=True)
class Offset:
    """``name+8``."""

    name: Token
    offset: int


@dataclass(frozen=True, slots=True)
class Opposite:
    """``!name``."""

    name: Token


@dataclass(frozen=True, slots=True)
class Couple:
    """``name|name``."""

    first: Token
    second: Token


@dataclass(frozen=True, slots=True)
class Applied:
    """``generic(name)``, or ``0xFF00(value)``: bytes of an address, as initial values use them."""

    function: Token
    argument: object
    offset: int = 0


#: What an expression may come to. A bare name stays the token that it is in the text.
Value = Constant | Token | Offset | Opposite | Couple | Applied

# From the loosest to the tightest, as in C. All of them group from the left.
_PRECEDENCE = {
    operator: level
    for level, operators in enumerate(
        ("||", "&&", "|", "^", "&", "== !=", "< <= > >=", "<< >>", "+ -", "* / %"), start=1
    )
    for operator in operators.split()
}


@lru_cache(maxsize=4096)
def _read_number(text: str) -> Constant | str:
    """The number, or what is wrong with it."""
    head = text[:2].lower()
    if head == "0f":
        return Constant(int(text[2:], 16), "f32", plain=True)
    if head == "0d":
        return Constant(int(text[2:], 16), "f64", plain=True)
    if head not in ("0x", "0b") and not text.rstrip("U").isdigit():
        return Constant(_double_bits(float(text)), "f64", plain=True)
    digits, unsigned = text.rstrip("U"), text.endswith("U")
    base = {"0x": 16, "0b": 2}.get(head, 8 if digits[0] == "0" and len(digits) > 1 else 10)
    if len(digits) > 80:
        return f"the number has {len(digits)} digits and does not fit into 64 bits"
    try:
        value = int(digits, base)
    except ValueError:
        return f"'{text}' is not an octal number, and a number that begins with 0 is octal"
    if value >= 1 << 64:
        return f"the number {text} does not fit into 64 bits"
    return Constant(value, "u64" if unsigned or value >= 1 << 63 else "s64", plain=True)


def number(token: Token) -> Constant:
    """The value of a number token such as ``0x1F``, ``017``, ``12U``, ``1.5`` or ``0f3F800000``."""
    constant = _read_number(str(token))
    if isinstance(constant, str):
        error_at(constant, token)
    return constant


def integer(token: Token) -> int:
    """The value of a number token that must be an integer."""
    constant = number(token)
    if not constant.is_integer:
        error_at(f"expected an integer, found {token}", token)
    return constant.value


def _double_bits(value: float) -> int:
    return int.from_bytes(struct.pack("<d", value), "little")


def _as_double(constant: Constant) -> float:
    return struct.unpack("<d", constant.value.to_bytes(8, "little"))[0]


def _wrap(value: int, kind: str) -> Constant:
    value &= (1 << 64) - 1
    if kind == "s64" and value >> 63:
        value -= 1 << 64
    return Constant(value, kind)


def fold(items: list) -> Value:
    """``[value, operator, value, operator, value ...]`` to one value, by precedence."""
    values, operators = [items[0]], []
    for operator, value in zip(items[1::2], items[2::2], strict=True):
        level = _PRECEDENCE.get(operator)
        if level is None:
            error_at(f"'{operator}' does not stand between two values", operator)
        while operators and _PRECEDENCE[operators[-1]] >= level:
            right = values.pop()
            values.append(_binary(values.pop(), operators.pop(), right))
        operators.append(operator)
        values.append(value)
    while operators:
        right = values.pop()
        values.append(_binary(values.pop(), operators.pop(), right))
    return values[0]


def _binary(left: Value, operator: Token, right: Value) -> Value:
    if isinstance(left, Constant) and isinstance(right, Constant):
        if left.is_integer and right.is_integer:
            return _integers(left, operator, right)
        if left.kind == right.kind == "f64":
            return _doubles(left, operator, right)
        error_at(f"'{operator}' needs two integers, or two decimal floats", operator)
    if operator == "|" and isinstance(left, Token) and isinstance(right, Token):
        return Couple(left, right)
    if operator == "+" and isinstance(right, Constant) and right.is_integer:
        if isinstance(left, Token):
            return Offset(left, right.value)
        if isinstance(left, Offset):
            return Offset(left.name, left.offset + right.value)
        if isinstance(left, Applied):
            return Applied(left.function, left.argument, left.offset + right.value)
    if operator == "-" and isinstance(left, Token | Offset):
        error_at("an address takes '+' and a number; a negative offset is written name+-4", operator)
    error_at(f"'{operator}' works on constants; an address is written name+number", operator)


def _integers(left: Constant, operator: Token, right: Constant) -> Constant:
    kind = "u64" if "u64" in (left.kind, right.kind) else "s64"
    a, b = _wrap(left.value, kind).value, _wrap(right.value, kind).value
    match str(operator):
        case "+":
            return _wrap(a + b, kind)
        case "-":
            return _wrap(a - b, kind)
        case "*":
            return _wrap(a * b, kind)
        case "/" | "%":
            if b == 0:
                error_at("division by zero", operator)
            quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
            return _wrap(quotient if operator == "/" else a - quotient * b, kind)
        case "<<":
            return _wrap(left.value << right.value if 0 <= right.value < 64 else 0, left.kind)
        case ">>":
            return _wrap(left.value >> (right.value if 0 <= right.value < 64 else 63), left.kind)
        case "&":
            return _wrap(a & b, kind)
        case "|":
            return _wrap(a | b, kind)
        case "^":
            return _wrap(a ^ b, kind)
        case "&&":
            return Constant(int(bool(a) and bool(b)), "s64")
        case "||":
            return Constant(int(bool(a) or bool(b)), "s64")
    return Constant(_compare(a, str(operator), b), "s64")


def _doubles(left: Constant, operator: Token, right: Constant) -> Constant:
    a, b = _as_double(left), _as_double(right)
    match str(operator):
        case "+":
            return Constant(_double_bits(a + b), "f64")
        case "-":
            return Constant(_double_bits(a - b), "f64")
        case "*":
            return Constant(_double_bits(a * b), "f64")
        case "/":
            if b == 0:
                error_at("division by zero", operator)
            return Constant(_double_bits(a / b), "f64")
        case "==" | "!=" | "<" | "<=" | ">" | ">=":
            return Constant(_compare(a, str(operator), b), "s64")
    error_at(f"'{operator}' does not work on floats", operator)


def _compare(a: float, operator: str, b: float) -> int:
    results = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
    return int(results[operator])


def unary(operator: Token, value: Value) -> Value:
    """``-1``, ``~0``, ``!%p1``."""
    if operator == "!" and isinstance(value, Token):
        return Opposite(value)
    if not isinstance(value, Constant):
        error_at(f"'{operator}' works on constants", operator)
    if value.kind == "f64" and operator in ("-", "+"):
        return Constant(value.value ^ (1 << 63 if operator == "-" else 0), "f64")
    if not value.is_integer:
        error_at(f"'{operator}' works on integers and decimal floats", operator)
    if operator == "-":
        # The lowest number of all is written -9223372036854775808, and what follows its sign is not
        # a signed number by itself.
        if value.plain and value.value == 1 << 63:
            return Constant(-value.value, "s64")
        return _wrap(-value.value, value.kind)
    if operator == "+":
        return _wrap(value.value, value.kind)
    if operator == "~":
        return _wrap(~value.value, value.kind)
    if operator == "!":
        return Constant(int(value.value == 0), "s64")
    error_at(f"'{operator}' needs a value before it", operator)


def ternary(condition: Value, first: Value, second: Value) -> Value:
    """``condition ? first : second``."""
    for value in (condition, first, second):
        if not isinstance(value, Constant):
            line, column = (value.line, value.column) if isinstance(value, Token) else (None, None)
            syntax_error("'? :' works on constants", line, column)
    truth = _as_double(condition) != 0 if condition.kind == "f64" else condition.value != 0
    return first if truth else second


def cast(kind: Token, value: Value) -> Constant:
    """``(.s64) value`` and ``(.u64) value``, the only casts there are."""
    if kind not in (".s64", ".u64"):
        error_at(f"a constant is cast to .s64 or .u64, not to {kind}", kind)
    if not isinstance(value, Constant) or not value.is_integer:
        error_at("only an integer can be cast", kind)
    return _wrap(value.value, kind[1:])
