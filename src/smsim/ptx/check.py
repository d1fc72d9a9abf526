"""Whether operands suit their instruction: registers of the right type, constants of the right kind.

These are the assembler's own rules, as NVIDIA's applies them (PTX ISA, "Type information for instructions
and operands"): a register must have the operand's width; bits (``.b32``) go with everything of that
width, signed goes with unsigned, integers do not go with floats. In ``ld``, ``st`` and ``cvt`` a register
may be wider than the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from smsim.errors import PTXSyntaxError
from smsim.ptx.nodes import (
    Address,
    Function,
    Immediate,
    Instruction,
    Negated,
    Operand,
    Pair,
    Register,
    Special,
    Symbol,
    Vector,
)
from smsim.ptx.rows import Form, resolve
from smsim.ptx.special import SPECIAL_TYPES
from smsim.ptx.syntax import TYPE_BITS

#: Instructions in which a register may be wider than the value in it.
_RELAXED = frozenset({"ld", "ldu", "st", "cvt"})
#: Instructions that may read a special register.
_READ_SPECIAL = frozenset({"mov", "cvt"})


def forms(function: Function) -> list[Form]:
    """The form of every instruction of a function, after checking all of them.

    Raises:
        UnsupportedPTX: the instruction table has no row for an instruction.
        PTXSyntaxError: an operand does not suit its instruction.
    """
    found = []
    for instruction in function.body:
        form = resolve(instruction)
        check_operands(instruction, form, function.registers)
        found.append(form)
    return found


def check_operands(instruction: Instruction, form: Form, registers: Mapping[str, str]) -> None:
    """Raise PTXSyntaxError if an operand's type is not the one that ``form`` asks for."""
    for operand, kind in zip(instruction.operands, form.operand_types, strict=True):
        if type(operand) is Register:
            _check_register(operand, kind, instruction, registers)
        elif type(operand) is Immediate:
            _check_immediate(operand, kind, instruction)
        elif kind in TYPE_BITS or kind == "":
            _check_compound(operand, kind, instruction, registers)


def _check_compound(operand: Operand, kind: str, instruction: Instruction, registers: Mapping) -> None:
    match operand:
        case Address(Register() as base, _):
            found = registers.get(base.name, "b64")
            if found[0] not in "bus" or TYPE_BITS[found] not in (32, 64):
                _refuse(f"an address is in a register of 64 bits, and {base} is .{found}", instruction)
        case Negated(inner):
            _check_register(inner, kind, instruction, registers)
        case Pair(first, second):
            for part, wanted in ((first, kind), (second, "pred")):
                if isinstance(part, Register):
                    _check_register(part, wanted, instruction, registers)
        case Vector(items):
            _check_vector(items, kind, instruction, registers)
        case Special(name):
            own = SPECIAL_TYPES[name]
            if instruction.opcode not in _READ_SPECIAL:
                _refuse(f"{name} is read by mov into a register first", instruction)
            if instruction.opcode == "mov" and TYPE_BITS[own] != TYPE_BITS[kind]:
                _refuse(f"{name} is .{own}, and the instruction moves .{kind}", instruction)
        case Symbol(name) if kind[:1] == "f" or kind == "pred":
            _refuse(f"{name} is an address, and the operand is .{kind}", instruction)


def _check_vector(items: tuple[Operand, ...], kind: str, instruction: Instruction, registers: Mapping) -> None:
    if instruction.opcode == "mov":
        # Packing: the elements share the width of the whole.
        bits = TYPE_BITS[kind] // len(items)
        if bits * len(items) != TYPE_BITS[kind] or f"b{bits}" not in TYPE_BITS:
            _refuse(f"{len(items)} registers of equal width do not make .{kind}", instruction)
        kind = f"b{bits}"
    for item in items:
        if isinstance(item, Register):
            _check_register(item, kind, instruction, registers)
        elif isinstance(item, Immediate):
            _check_immediate(item, kind, instruction)


def _check_register(register: Register, kind: str, instruction: Instruction, registers: Mapping) -> None:
    found = registers.get(register.name)
    if found is None or found == kind or kind not in TYPE_BITS:
        return
    width, wanted = TYPE_BITS[found], TYPE_BITS[kind]
    wide_enough = width >= wanted if instruction.opcode in _RELAXED else width == wanted
    if "pred" in (found, kind) or not wide_enough or not _same_kind(found, kind):
        _refuse(f"{register} is .{found}, and the instruction needs .{kind}", instruction)


def _same_kind(found: str, kind: str) -> bool:
    integers = "us"
    return (
        found[0] == "b"
        and found[1].isdigit()
        or kind[0] == "b"
        and kind[1].isdigit()
        or (found[0] in integers and kind[0] in integers)
        or (found[0] not in integers and kind[0] not in integers)
    )


def _check_immediate(immediate: Immediate, kind: str, instruction: Instruction) -> None:
    if kind not in TYPE_BITS or (kind[0] == "b" and kind[1].isdigit()):
        return
    is_float = immediate.kind != "int"
    if kind in ("f32", "f64") and not is_float:
        _refuse(f"{immediate} is an integer; as .{kind} it is written 1.0 or 0f3F800000", instruction)
    if (kind[0] in "us" or kind == "pred") and is_float:
        _refuse(f"{immediate} is a float, and the instruction needs .{kind}", instruction)


def _refuse(message: str, instruction: Instruction) -> NoReturn:
    raise PTXSyntaxError(
        f"line {instruction.line}: {message}",
        line=instruction.line,
        column=instruction.column,
        text=instruction.text,
    )
