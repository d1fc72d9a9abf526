"""What single instructions ask for beyond the types of their operands, as NVIDIA's assembler checks it.

Which barriers there are, which results may be thrown away, that a variable is reached through its own
state space, that a call passes what the function takes.
"""

from __future__ import annotations

from typing import NoReturn

from smsim.errors import PTXSyntaxError
from smsim.ptx.age import needs
from smsim.ptx.nodes import (
    Address,
    Function,
    Group,
    Immediate,
    Instruction,
    Module,
    Pair,
    Prototype,
    Register,
    Sink,
    Symbol,
    Variable,
)
from smsim.ptx.rows import Form
from smsim.ptx.syntax import TYPE_BITS

_MAY_DISCARD = frozenset({"atom", "setp", "mbarrier"})
_MAY_DISCARD_FIRST = frozenset({"setp", "elect", "match"})
_POLICY = "L2::cache_hint"


def refuse(message: str, instruction: Instruction) -> NoReturn:
    """Raise a :class:`PTXSyntaxError` at an instruction."""
    raise PTXSyntaxError(
        f"line {instruction.line}: {message}",
        line=instruction.line,
        column=instruction.column,
        text=instruction.text,
    )


def check_rules(instruction: Instruction, form: Form, function: Function, module: Module) -> None:
    """Raise PTXSyntaxError if the instruction breaks a rule of its own."""
    check_age(instruction, form, module)
    if instruction.operands:
        _check_discard(instruction)
    if form.row.unit == "lsu" or instruction.opcode in ("cvta", "isspacep"):
        _check_memory(instruction, form, function, module)
    elif instruction.opcode in ("bar", "barrier") and "warp" not in form.flags:
        _check_barrier(instruction, form)
    elif instruction.opcode == "call":
        _check_call(instruction, function, module)
    elif instruction.opcode == "lop3" and not isinstance(instruction.operands[4], Immediate):
        refuse("the table of lop3, its fifth operand, is a number in the text", instruction)
    elif instruction.opcode == "cvt":
        _check_clamp(instruction, form)
    elif instruction.opcode == "mma" and instruction.modifiers.index("row") > instruction.modifiers.index(
        "col"
    ):
        refuse("A is by rows and B by columns, written .row.col in this order", instruction)
    elif instruction.opcode == "pmevent":
        _check_event(instruction, form)
    elif instruction.opcode == "setmaxnreg":
        _check_register_count(instruction, function, module)
    elif instruction.opcode == "brx":
        table = instruction.operands[1].name
        if table not in function.branch_targets:
            refuse(f"{table} is not the label of a .branchtargets list", instruction)


def _check_event(instruction: Instruction, form: Form) -> None:
    event, largest = instruction.operands[0], 0xFFFF if "mask" in form.flags else 15
    if not isinstance(event, Immediate) or not 0 <= event.value <= largest:
        refuse(f"pmevent takes a number in the text, from 0 to {largest}", instruction)


def _check_register_count(instruction: Instruction, function: Function, module: Module) -> None:
    count = instruction.operands[0]
    if not module.target.endswith(("a", "f")):
        refuse(f"setmaxnreg needs sm_90a, and .target says {module.target}", instruction)
    if not isinstance(count, Immediate):
        refuse("the registers of setmaxnreg are a number in the text", instruction)
    if not 24 <= count.value <= 256 or count.value % 8:
        refuse(f"setmaxnreg takes a multiple of 8 from 24 to 256, not {count.value}", instruction)


def check_age(instruction: Instruction, form: Form, module: Module) -> None:
    """Raise PTXSyntaxError if the module's ``.version`` or ``.target`` is older than the instruction."""
    version, target = needs(form)
    if version > module.version:
        wanted, own = (".".join(map(str, v)) for v in (version, module.version))
        refuse(f"{instruction.spelling} came with PTX {wanted}, and .version says {own}", instruction)
    if target > target_number(module):
        refuse(f"{instruction.spelling} needs sm_{target}, and .target says {module.target}", instruction)


def target_number(module: Module) -> int:
    """90 for ``.target sm_90a``."""
    return int("".join(filter(str.isdigit, module.target)) or 0)


def _check_discard(instruction: Instruction) -> None:
    first = instruction.operands[0]
    if isinstance(first, Sink) and instruction.opcode not in _MAY_DISCARD:
        refuse(f"the result of {instruction.opcode} cannot be thrown away with _", instruction)
    if isinstance(first, Pair) and isinstance(first.first, Sink):
        if isinstance(first.second, Sink) or instruction.opcode not in _MAY_DISCARD_FIRST:
            refuse(f"{instruction.opcode} needs a register before the |", instruction)


def _check_clamp(instruction: Instruction, form: Form) -> None:
    """``cvt.sat`` between integers is for conversions in which something can be clamped."""
    if form.row.semantics != "convert.integer_to_integer" or "sat" not in form.flags:
        return
    target, source = (_range(kind) for kind in form.types)
    if target[0] <= source[0] and source[1] <= target[1]:
        refuse(f"every .{form.types[1]} fits a .{form.types[0]}, so .sat has nothing to clamp", instruction)


def _range(kind: str) -> tuple[int, int]:
    bits = TYPE_BITS[kind]
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if kind[0] == "s" else (0, (1 << bits) - 1)


# --- memory ----------------------------------------------------------------------------------------


def _check_memory(instruction: Instruction, form: Form, function: Function, module: Module) -> None:
    has_policy = any(spec.name == "policy" for spec in form.operands)
    if has_policy != (_POLICY in form.flags):
        refuse(f"a cache policy and the modifier .{_POLICY} come together", instruction)
    if form.vector > 1 and form.vector * TYPE_BITS.get(form.type, 0) > 128:
        if target_number(module) < 100:
            refuse("one lane moves at most 16 bytes at once", instruction)
    if instruction.opcode == "applypriority" and instruction.operands[1] != Immediate(128):
        refuse("applypriority takes a whole line, 128 bytes", instruction)
    if instruction.opcode == "cp":
        _check_copy(instruction, form)
        return
    for operand in instruction.operands:
        if isinstance(operand, Address):
            if operand.base is None and form.space != "local":
                refuse("a number as an address is allowed in local memory only", instruction)
            if isinstance(operand.base, Register):
                _check_address_width(operand.base, instruction, form, function)
            if isinstance(operand.base, Symbol):
                _check_space(operand.base.name, instruction, form, function, module)
        elif isinstance(operand, Symbol) and instruction.opcode in ("cvta", "isspacep"):
            if "to" in form.flags or instruction.opcode == "isspacep":
                refuse("the address to convert or test is in a register", instruction)
            _check_space(operand.name, instruction, form, function, module)


#: Where an address of 32 bits does not reach. NVIDIA's assembler says so from sm_90 on ("32-Bit addressing is
#: not supported"), for all instructions but copies, and takes 32 bits in every other space.
_WIDE_SPACES = frozenset({"generic", "global"})


def _check_address_width(
    register: Register, instruction: Instruction, form: Form, function: Function
) -> None:
    found = function.registers.get(register.name, "b64")
    if form.space in _WIDE_SPACES and TYPE_BITS[found] == 32:
        space = "a generic address" if form.space == "generic" else "an address in .global"
        refuse(
            f"expected a register of 64 bits, such as .u64, for {space}, and {register} is .{found}; "
            "addresses of 32 bits are for .shared, .local, .const and .param",
            instruction,
        )


def _check_copy(instruction: Instruction, form: Form) -> None:
    """Sizes of asynchronous copies, and how many groups a wait leaves alone."""
    for operand, spec in zip(instruction.operands, form.operands, strict=True):
        if spec.name == "n" and not isinstance(operand, Immediate):
            refuse("how many groups may stay under way is a number in the text", instruction)
        if spec.name != "size":
            continue
        if form.row.semantics != "async.copy":
            if isinstance(operand, Immediate) and operand.value % 16:
                refuse(f"a bulk copy moves multiples of 16 bytes, not {operand.value}", instruction)
            continue
        sizes = (16,) if "cg" in form.flags else (4, 8, 16)
        if not isinstance(operand, Immediate) or operand.value not in sizes:
            refuse(f"{instruction.spelling} copies {' or '.join(map(str, sizes))} bytes", instruction)
        source = next(
            (o for o, s in zip(instruction.operands, form.operands, strict=True) if s.name == "source"), None
        )
        if isinstance(source, Immediate) and not 0 <= source.value <= operand.value:
            refuse(f"of {operand.value} bytes no more than these are read, not {source.value}", instruction)


def find_variable(name: str, function: Function, module: Module) -> Variable | None:
    """The variable of that name as the function sees it: its own, a parameter, or the module's."""
    own = function.variables.get(name)
    if own is not None:
        return own
    parameters = (*function.params, *function.returns)
    return next((p for p in parameters if p.name == name), None) or module.variables.get(name)


def _check_space(name: str, instruction: Instruction, form: Form, function: Function, module: Module) -> None:
    variable = find_variable(name, function, module)
    if variable is None:
        refuse(f"{name} is not a variable, so nothing can be read or written there", instruction)
    asked = "shared" if form.space == "shared::cluster" else form.space
    if asked == "generic" and variable.space != "param":
        return
    if asked != variable.space:
        asked = "generic" if asked == "generic" else f".{asked}"
        refuse(f"{name} is in .{variable.space}, and the instruction reaches {asked} memory", instruction)


# --- barriers and calls ----------------------------------------------------------------------------


def _check_barrier(instruction: Instruction, form: Form) -> None:
    for operand, spec in zip(instruction.operands, form.operands, strict=True):
        if not isinstance(operand, Immediate):
            continue
        if spec.name == "a" and not 0 <= operand.value <= 15:
            refuse(f"there is no barrier {operand.value}; a block has 16, numbered 0 to 15", instruction)
        if spec.name == "b" and (operand.value <= 0 or operand.value % 32):
            refuse(f"a barrier counts whole warps, and {operand.value} is not a multiple of 32", instruction)


def _check_call(instruction: Instruction, function: Function, module: Module) -> None:
    results, callee, arguments, *rest = instruction.operands
    if isinstance(callee, Register):
        if not rest:
            refuse("a call through a register needs a .callprototype or .calltargets label", instruction)
        name = rest[0].name
        known: Prototype | Function | None = function.prototypes.get(name)
        if known is None and function.call_targets.get(name):
            known = module.functions.get(function.call_targets[name][0])
        if known is None:
            refuse(f"{name} is neither a .callprototype nor a .calltargets list", instruction)
    else:
        known = module.functions.get(callee.name)
        if known is None or find_variable(callee.name, function, module) is not None:
            refuse(f"{callee.name} is not a function", instruction)
        if known.kind == "entry":
            refuse(f"{callee.name} is a kernel; it is launched, not called", instruction)
    _check_passed(results, known.returns, "returns", "result", instruction, function, module)
    _check_passed(arguments, known.params, "takes", "argument", instruction, function, module)


def _check_passed(
    passed: Group,
    declared: tuple[Variable, ...],
    verb: str,
    noun: str,
    instruction: Instruction,
    function: Function,
    module: Module,
) -> None:
    if len(passed.items) != len(declared):
        count = f"{len(declared)} {noun}{'' if len(declared) == 1 else 's'}"
        refuse(f"the function {verb} {count}, and the call has {len(passed.items)}", instruction)
    for number, (item, parameter) in enumerate(zip(passed.items, declared, strict=True), start=1):
        if isinstance(item, Symbol):
            variable = find_variable(item.name, function, module)
            if variable is None or variable.space != "param":
                refuse(f"{noun} {number} is passed in .param memory or a register", instruction)
            if variable.size_bytes != parameter.size_bytes and parameter.size_bytes:
                sizes = f"{variable.size_bytes} bytes, not {parameter.size_bytes}"
                refuse(f"{noun} {number}, {item.name}, has {sizes}", instruction)
            if variable.align < parameter.align:
                refuse(f"{noun} {number}, {item.name}, needs .align {parameter.align}", instruction)
        elif parameter.count != 1:
            refuse(f"{noun} {number} is an array and is passed in .param memory", instruction)
        elif isinstance(item, Register):
            width = TYPE_BITS[function.registers[item.name]]
            if width != 8 * parameter.size_bytes:
                refuse(
                    f"{noun} {number}, {item.name}, has {width} bits, not {8 * parameter.size_bytes}",
                    instruction,
                )
        elif isinstance(item, Sink) and noun == "argument":
            refuse("an argument cannot be _", instruction)
