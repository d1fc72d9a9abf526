"""What a binder may ask while it turns an instruction into a step: slots, constants, symbols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.errors import PTXSyntaxError, UnsupportedPTX
from smsim.machine import special
from smsim.machine.retype import DTYPES, as_address
from smsim.ptx.nodes import (
    Address,
    Function,
    Immediate,
    Instruction,
    Negated,
    Operand,
    Register,
    Sink,
    Special,
    Symbol,
)
from smsim.ptx.rows import TYPE_BITS, Form

if TYPE_CHECKING:
    from smsim.machine.frame import Frame
    from smsim.machine.placement import Placement

Run = Callable[["Frame"], None]


@dataclass(eq=False, slots=True)
class Step:
    """One instruction, ready to run.

    Attributes:
        run: executes it for the lanes of ``frame.mask``.
        writes: the slots it writes, as bits.
        reads: the slots it reads.
        decides: those of ``reads`` whose value is *used*: an address, a stored value, a branch.
        instruction, function: where it comes from, for messages.
        form: its resolved form.
        access_kind: for loads and stores ``read``, ``write`` or, where they are strong, ``atomic``.
        home: where the shared variable begins that the address can only be meant for, if that is known.
    """

    run: Run
    writes: int
    reads: tuple[int, ...]
    decides: tuple[int, ...]
    instruction: Instruction
    function: Function
    form: Form
    access_kind: str = ""
    home: int | None = None


class Slots:
    """Numbers the registers, constants and special registers of one function."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.initial: list[np.ndarray] = []
        self.registers: dict[str, int] = {}
        self.specials: dict[str, int] = {}
        self._constants: dict[tuple[bytes, str], int] = {}

    def _new(self, value: np.ndarray) -> int:
        self.initial.append(value)
        return len(self.initial) - 1

    def register(self, name: str) -> int:
        slot = self.registers.get(name)
        if slot is None:
            kind = self.function.registers[name]
            slot = self.registers[name] = self._new(np.zeros((1, 1), DTYPES[kind]))
        return slot

    def special(self, name: str) -> int:
        slot = self.specials.get(name)
        if slot is None:
            slot = self.specials[name] = self._new(np.zeros((1, 1), np.uint32))
        return slot

    def carry(self) -> int:
        """The carry flag of ``add.cc`` and its kin."""
        slot = self.registers.get("%cc")
        if slot is None:
            slot = self.registers["%cc"] = self._new(np.zeros((1, 1), bool))
        return slot

    def constant(self, value: np.ndarray) -> int:
        key = (value.tobytes(), value.dtype.str)
        slot = self._constants.get(key)
        if slot is None:
            slot = self._constants[key] = self._new(value.reshape(1, 1))
        return slot


class Binding:
    """The surroundings of the instructions of one function.

    Args:
        function: the function being decoded.
        placement: where module variables, shared memory and functions lie.
        slots: numbering of the function's registers.
        local_offsets: ``.local`` variables of the function, from the activation's base.
    """

    def __init__(
        self, function: Function, placement: Placement, slots: Slots, local_offsets: dict[str, int]
    ) -> None:
        self.function, self.placement, self.slots = function, placement, slots
        self.local_offsets = local_offsets

    # -- operands ------------------------------------------------------------------------------------

    def source(self, operand: Operand, kind: str, instruction: Instruction) -> int:
        """The slot that holds a source operand of PTX type ``kind``."""
        if isinstance(operand, Register):
            self._check_width(operand, kind, instruction)
            return self.slots.register(operand.name)
        if isinstance(operand, Special):
            if not special.is_known(operand.name):
                raise UnsupportedPTX(
                    f"line {instruction.line}: the simulated SM has no value for {operand.name}",
                    line=instruction.line,
                    text=instruction.text,
                )
            return self.slots.special(operand.name)
        if isinstance(operand, Immediate):
            return self.slots.constant(immediate(operand, kind, instruction))
        if isinstance(operand, Symbol):
            return self.slots.constant(np.array(self.symbol(operand, instruction), np.int64))
        raise PTXSyntaxError(
            f"line {instruction.line}: {operand} cannot stand here",
            line=instruction.line,
            text=instruction.text,
        )

    def predicate(self, operand: Operand, instruction: Instruction) -> tuple[int, bool]:
        """``(slot, negated)`` of a predicate source."""
        if isinstance(operand, Negated):
            return self.slots.register(operand.operand.name), True
        return self.source(operand, "pred", instruction), False

    def destination(self, operand: Operand) -> int | None:
        """The slot that receives a result; ``None`` for ``_``."""
        return None if isinstance(operand, Sink) else self.slots.register(operand.name)

    def register_bytes(self, operand: Operand) -> int:
        """Width of a register in bytes; wide enough for anything if it is ``_``."""
        if isinstance(operand, Sink):
            return 8
        return DTYPES[self.function.registers[operand.name]].itemsize

    def _check_width(self, operand: Register, kind: str, instruction: Instruction) -> None:
        have = TYPE_BITS[self.function.registers[operand.name]]
        want = TYPE_BITS.get(kind, have)
        if have < want or (kind == "pred") != (have == 1):
            raise PTXSyntaxError(
                f"line {instruction.line}: {operand.name} is declared .{self.function.registers[operand.name]}, "
                f"and {instruction.spelling} needs .{kind} here",
                line=instruction.line,
                column=instruction.column,
                expected=(f"a register of type .{kind}",),
                text=instruction.text,
            )

    # -- symbols -------------------------------------------------------------------------------------

    def symbol(self, symbol: Symbol, instruction: Instruction) -> int:
        """The address of a symbol within its own state space.

        Raises:
            UnsupportedPTX: it is a ``.local`` variable, whose address depends on the activation, or
                something that has none.
        """
        address = self.placement.address_of(symbol.name, self.function)
        if address is None:
            raise UnsupportedPTX(
                f"line {instruction.line}: the simulated SM cannot take the address of {symbol.name} here",
                line=instruction.line,
                text=instruction.text,
            )
        return address + symbol.offset

    def home(self, operand: Address) -> int | None:
        """Where the shared variable begins that an address can only be meant for, if that is known."""
        base = operand.base
        if isinstance(base, (Register, Symbol)):
            return self.placement.home_of(base.name, self.function)
        return None

    def address(
        self, operand: Address, instruction: Instruction
    ) -> tuple[Callable[[Frame], object], tuple[int, ...]]:
        """A function that gives the address operand's value for a frame, and the slots it reads."""
        base = operand.base
        if isinstance(base, Symbol) and base.name in self.local_offsets:
            start = self.local_offsets[base.name] + base.offset + operand.offset
            return (lambda frame: np.full((1, 1), frame.local_base + start, np.int64)), ()
        if base is None or isinstance(base, Symbol):
            at = 0 if base is None else self.symbol(base, instruction)
            fixed = np.full((1, 1), at + operand.offset, np.int64)
            return (lambda frame: fixed), ()
        slot = self.source(base, "b32", instruction)
        return _register_address(slot, operand.offset), (slot,)


def _register_address(slot: int, offset: int) -> Callable[[Frame], object]:
    """``[%rd1+offset]``. The same register contents give the same array object again.

    In a loop over a tile the addresses do not change, and those who look at them (bounds, races) may
    recognise an array that they have already judged.
    """
    added = np.full((1, 1), offset, np.int64)
    seen = answer = None

    def address_of(frame: Frame) -> object:
        nonlocal seen, answer
        value = frame.R[slot]
        if value is seen:
            return answer
        address = as_address(value)
        if offset:
            address = np.add(address, added)
        if value.shape[1] == 1:  # small, and worth keeping
            seen, answer = value, address
        return address

    return address_of


def immediate(operand: Immediate, kind: str, instruction: Instruction) -> np.ndarray:
    """A constant as a 0-d array of the NumPy type of PTX type ``kind``."""
    dtype = DTYPES[kind]
    if dtype.kind == "f":
        if operand.kind == "int":
            bits = np.array(operand.value & ((1 << 8 * dtype.itemsize) - 1), f"u{dtype.itemsize}")
            return bits.view(dtype)
        exact = np.array(operand.value, "u4" if operand.kind == "f32" else "u8")
        return exact.view("f4" if operand.kind == "f32" else "f8").astype(dtype)
    if kind == "pred":
        return np.array(bool(operand.value))
    if operand.kind != "int" and 8 * dtype.itemsize != int(operand.kind[1:]):
        raise PTXSyntaxError(
            f"line {instruction.line}: {instruction.spelling} takes an integer here, not {operand}",
            line=instruction.line,
            text=instruction.text,
        )
    return np.array(operand.value & ((1 << 8 * dtype.itemsize) - 1), f"u{dtype.itemsize}").view(dtype)
