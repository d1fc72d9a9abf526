"""Whether operands suit their instruction: registers of the right type, constants of the right kind.

These are the assembler's own rules, as NVIDIA's applies them (PTX ISA, "Type information for instructions
and operands"): a register must have the operand's width; bits (``.b32``) go with everything of that
width, signed goes with unsigned, integers do not go with floats. In ``ld``, ``st`` and ``cvt`` a register
may be wider than the value.
"""

from __future__ import annotations

from collections.abc import Mapping

from smsim.ptx.nodes import (
    Address,
    Function,
    Immediate,
    Instruction,
    Module,
    Negated,
    Operand,
    Pair,
    Register,
    Sink,
    Special,
    Symbol,
    Vector,
)
from smsim.ptx.rows import Form, resolve
from smsim.ptx.rules import check_rules, refuse
from smsim.ptx.special import SPECIAL_TYPES
from smsim.ptx.syntax import TYPE_BITS

#: Instructions in which a register may be wider than the value in it.
_RELAXED = frozenset({"ld", "ldu", "st", "cvt"})
#: Instructions that may read a special register.
_READ_SPECIAL = frozenset({"mov", "cvt"})


def forms(function: Function, module: Module) -> list[Form]:
    """The form of every instruction of a function, after checking all of them.

    Raises:
        UnsupportedPTX: the instruction table has no row for an instruction.
        PTXSyntaxError: an operand does not suit its instruction.
    """
    found = []
    for instruction in function.body:
        form = resolve(instruction)
        check_operands(instruction, form, function.registers)
        check_rules(instruction, form, function, module)
        found.append(form)
    return found


def check_operands(instruction: Instruction, form: Form, registers: Mapping[str, str]) -> None:
    """Raise PTXSyntaxError if an operand's type is not the one that ``form`` asks for."""
    for position, (operand, kind) in enumerate(zip(instruction.operands, form.operand_types, strict=True)):
        if type(operand) is Vector:
            sinks = sum(isinstance(item, Sink) for item in operand.items)
            if sinks == len(operand.items) or (sinks and position >= form.destinations):
                refuse(
                    "_ stands for some of the results of a vector, never for all or for a source", instruction
                )
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
                refuse(f"an address is in a register of 64 bits, and {base} is .{found}", instruction)
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
                refuse(f"{name} is read by mov into a register first", instruction)
            wrong_kind = kind[:1] == "f" or (kind == "pred") != (own == "pred")
            same_width = TYPE_BITS[own] == TYPE_BITS[kind] or name == "%gridid"
            # The coordinates were 16 bits wide in the first GPUs and may still be read so.
            same_width = same_width or (kind[1:] == "16" and name.endswith((".x", ".y", ".z", ".w")))
            if instruction.opcode == "mov" and (wrong_kind or not same_width):
                refuse(f"{name} is .{own}, and the instruction moves .{kind}", instruction)
        case Symbol(name) if kind[:1] == "f" or kind == "pred":
            refuse(f"{name} is an address, and the operand is .{kind}", instruction)


def _check_vector(
    items: tuple[Operand, ...], kind: str, instruction: Instruction, registers: Mapping
) -> None:
    if instruction.opcode == "mov":
        # Packing: the elements share the width of the whole.
        bits = TYPE_BITS[kind] // len(items)
        if len(items) not in (2, 4) or f"b{bits}" not in TYPE_BITS:
            refuse(f"{len(items)} registers of equal width do not make .{kind}", instruction)
        kind = f"b{bits}"
    widths = {TYPE_BITS[registers[item.name]] for item in items if isinstance(item, Register)}
    if len(widths) > 1:
        refuse("the registers of a vector are all of one width", instruction)
    for item in items:
        if isinstance(item, Register):
            _check_register(item, kind, instruction, registers)
        elif isinstance(item, Immediate):
            _check_immediate(item, kind, instruction)


#: Types of instructions that are no types of registers: their values lie in a .b register of their width.
_IN_BITS = frozenset({"bf16", "bf16x2", "tf32", "e4m3", "e5m2", "e4m3x2", "e5m2x2"})
_NO_IMMEDIATE = _IN_BITS | {"f16", "f16x2", "u16x2", "s16x2"}


def _check_register(register: Register, kind: str, instruction: Instruction, registers: Mapping) -> None:
    found = registers.get(register.name)
    if found is None or found == kind or kind not in TYPE_BITS:
        return
    width, wanted = TYPE_BITS[found], TYPE_BITS[kind]
    relaxed = instruction.opcode in _RELAXED and "f" not in (found[0], kind[0])
    relaxed = relaxed or (instruction.opcode in _RELAXED and "b" in (found[0], kind[0]))
    relaxed = relaxed and kind not in _IN_BITS
    wide_enough = width >= wanted if relaxed else width == wanted
    if "pred" in (found, kind) or not wide_enough or not _same_kind(found, kind):
        refuse(f"{register} is .{found}, and the instruction needs .{kind}", instruction)


def _same_kind(found: str, kind: str) -> bool:
    """Whether a register of type ``found`` may hold a value of type ``kind``, their widths apart."""
    if _is_bits(found) or _is_bits(kind):
        return True
    if kind in _IN_BITS:
        return False
    if kind.endswith("x2"):
        return found == "f16x2"  # which the assembler also takes for pairs of integers
    return (found[0] in "us") == (kind[0] in "us") and found != "f16x2"


def _is_bits(kind: str) -> bool:
    return kind[0] == "b" and kind[1].isdigit()


def _check_immediate(immediate: Immediate, kind: str, instruction: Instruction) -> None:
    if kind not in TYPE_BITS:
        return
    if kind in _NO_IMMEDIATE:
        refuse(f"a number cannot stand for a .{kind}; it is moved into a register first", instruction)
    is_float = immediate.kind != "int"
    # 0f3F800000 is allowed as plain bits in st alone; 1.0 is not even there.
    bits_of_a_float = immediate.kind == "f32" and kind == "b32" and instruction.opcode == "st"
    if is_float and kind not in ("f32", "f64") and not bits_of_a_float:
        refuse(f"{immediate} is a float, and the instruction needs .{kind}", instruction)
    if not is_float and kind in ("f32", "f64"):
        refuse(
            f"{immediate} is an integer, and the instruction needs .{kind}; it is written 1.0", instruction
        )
