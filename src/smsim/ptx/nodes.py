"""What a PTX text is made of, after reading: plain immutable records, one class a notion.

The reader of this file learns PTX's own anatomy. A :class:`Module` has variables and functions. A
:class:`Function` has registers, variables, labels and a list of :class:`Instruction`. An instruction
has an opcode (``ld``), modifiers (``global``, ``f32``), perhaps a guard (``@%p1``), and operands.

Each operand prints as the PTX it stands for: ``str(Address(Register("%rd1"), 8)) == "[%rd1+8]"``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# --- operands ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Register:
    """A declared register such as ``%r1``. The name is kept as written; PTX does not ask for a %."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Special:
    """A register that the hardware fills in, such as ``%tid.x`` or ``%clock64``."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Immediate:
    """A constant in the instruction itself.

    ``kind`` is ``"int"`` (``value`` is the integer as written, sign kept), ``"f32"`` (``value`` is the
    32-bit pattern of ``0f3F800000``) or ``"f64"`` (the 64-bit pattern; decimal floats are of this kind).
    """

    value: int
    kind: str = "int"

    def __str__(self) -> str:
        if self.kind == "int":
            return str(self.value)
        return f"0f{self.value:08X}" if self.kind == "f32" else f"0d{self.value:016X}"


@dataclass(frozen=True, slots=True)
class Symbol:
    """The name of a variable, a label or a function, perhaps with a byte offset: ``table+8``."""

    name: str
    offset: int = 0

    def __str__(self) -> str:
        return f"{self.name}{self.offset:+d}" if self.offset else self.name


@dataclass(frozen=True, slots=True)
class Address:
    """A place in memory, ``[base+offset]``; ``base`` is None for an absolute address such as ``[16]``."""

    base: Register | Special | Symbol | None
    offset: int = 0

    def __str__(self) -> str:
        if self.base is None:
            return f"[{self.offset}]"
        return f"[{self.base}{self.offset:+d}]" if self.offset else f"[{self.base}]"


@dataclass(frozen=True, slots=True)
class Sink:
    """``_``: a result that is thrown away."""

    def __str__(self) -> str:
        return "_"


@dataclass(frozen=True, slots=True)
class Negated:
    """``!%p1``: the opposite of a predicate."""

    operand: Register

    def __str__(self) -> str:
        return f"!{self.operand}"


@dataclass(frozen=True, slots=True)
class Vector:
    """``{%r1, %r2}``: several registers that are loaded, stored, packed or unpacked together."""

    items: tuple[Register | Special | Immediate | Symbol | Sink, ...]

    def __str__(self) -> str:
        return "{" + ", ".join(map(str, self.items)) + "}"


@dataclass(frozen=True, slots=True)
class Pair:
    """``%p1|%p2``: a first result and a second one that is a predicate. Either may be a :class:`Sink`."""

    first: Register | Sink
    second: Register | Sink

    def __str__(self) -> str:
        return f"{self.first}|{self.second}"


@dataclass(frozen=True, slots=True)
class Group:
    """``(param0, param1)``: the values that a call passes or receives."""

    items: tuple[Register | Immediate | Symbol | Sink, ...]

    def __str__(self) -> str:
        return "(" + ", ".join(map(str, self.items)) + ")"


@dataclass(frozen=True, slots=True)
class TensorAddress:
    """``[%rd1, {%r1, %r2}]``: a place in a tensor or texture, by coordinates."""

    base: Operand
    coordinates: tuple[Operand, ...]

    def __str__(self) -> str:
        return "[" + ", ".join(map(str, (self.base, *self.coordinates))) + "]"


Operand = (
    Register | Special | Immediate | Symbol | Address | TensorAddress | Sink | Negated | Vector | Pair | Group
)


# --- statements and declarations -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loc:
    """Where in the source language an instruction comes from: ``.loc file line column``.

    ``file`` is a key of :attr:`Module.files`. Line 0 means that the compiler could not say.
    """

    file: int
    line: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Instruction:
    """One statement that does something. Compared by identity: the same text may occur twice.

    A ``call`` always has three operands or four, however it was written: the group of results, the
    function (a :class:`Symbol` or a :class:`Register`), the group of arguments, and the label of a
    prototype or target list if there is one. A group may be empty.
    """

    opcode: str
    modifiers: tuple[str, ...]
    guard: Register | None
    guard_negated: bool
    operands: tuple[Operand, ...]
    line: int
    column: int
    #: The statement as written, whitespace normalised, without the closing semicolon.
    text: str
    loc: Loc | None = None

    @property
    def spelling(self) -> str:
        """The opcode with its modifiers, ``ld.global.f32``."""
        return ".".join((self.opcode, *self.modifiers))


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A named piece of memory.

    ``type`` is the element's PTX type, ``count`` the number of elements over all dimensions and
    vector components, ``size_bytes`` their product. ``extern .shared name[]`` has size and count 0.
    ``init`` holds all ``size_bytes`` bytes, or is None if the text gives no value. A relocation
    ``(offset, symbol, addend)`` asks for the address of ``symbol`` plus ``addend`` at ``init[offset:]``.
    A symbol spelled ``generic(name)`` asks for the generic address, a plain name for the address
    within the symbol's own state space, ``mask(0xFF00)name`` for the bytes of it under that mask.
    """

    name: str
    space: str
    type: str
    align: int
    size_bytes: int
    count: int
    linkage: str | None = None
    init: bytes | None = None
    relocations: tuple[tuple[int, str, int], ...] = ()
    line: int = 0
    #: For a kernel parameter written ``.param .u64 .ptr .global .align 16 name``: space and alignment.
    pointee_space: str | None = None
    pointee_align: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prototype:
    """``.callprototype``: what a function called through a register takes and gives back."""

    name: str
    returns: tuple[Variable, ...]
    params: tuple[Variable, ...]
    line: int


class Registers(Mapping[str, str]):
    """Name to type of every declared register: ``registers["%r3"] == "b32"``.

    ``.reg .b32 %r<5>`` stays a range until somebody iterates, so that a text which declares a thousand
    million registers costs nothing.
    """

    __slots__ = ("_ranges", "_single")

    def __init__(self) -> None:
        self._single: dict[str, str] = {}
        self._ranges: dict[str, tuple[str, int]] = {}

    def add(self, name: str, kind: str) -> None:
        self._single[name] = kind

    def add_range(self, prefix: str, count: int, kind: str) -> None:
        """Declare ``prefix0`` to ``prefix<count-1>``."""
        self._ranges[prefix] = (kind, count)

    def _in_range(self, name: str) -> str | None:
        # A prefix may itself end in a digit (%r1<5> declares %r10 to %r14): try every split.
        end = len(name)
        start = end
        while start and name[start - 1] in "0123456789" and end - start < 10:
            start -= 1
            found = self._ranges.get(name[:start])
            if found and (name[start] != "0" or end - start == 1) and int(name[start:]) < found[1]:
                return found[0]
        return None

    def __getitem__(self, name: str) -> str:
        kind = self._single.get(name) or self._in_range(name)
        if kind is None:
            raise KeyError(name)
        return kind

    def __iter__(self) -> Iterator[str]:
        yield from self._single
        for prefix, (_, count) in self._ranges.items():
            for number in range(count):
                yield f"{prefix}{number}"

    def __len__(self) -> int:
        return len(self._single) + sum(count for _, count in self._ranges.values())

    def __repr__(self) -> str:
        ranges = [f"{prefix}<{count}>: {kind}" for prefix, (kind, count) in self._ranges.items()]
        return "Registers(" + ", ".join([*(f"{n}: {k}" for n, k in self._single.items()), *ranges]) + ")"


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A kernel (``kind == "entry"``) or a function that kernels call (``kind == "func"``).

    ``labels`` maps each label to the index in ``body`` of the instruction after it, which may be
    ``len(body)``. ``directives`` holds the numbers after ``.maxntid``, ``.reqntid``, ``.maxnreg`` ...
    """

    name: str
    kind: str
    linkage: str | None
    params: tuple[Variable, ...]
    returns: tuple[Variable, ...]
    registers: Mapping[str, str] = field(default_factory=Registers)
    variables: dict[str, Variable] = field(default_factory=dict)
    body: tuple[Instruction, ...] = ()
    labels: dict[str, int] = field(default_factory=dict)
    directives: dict[str, tuple[int, ...]] = field(default_factory=dict)
    prototypes: dict[str, Prototype] = field(default_factory=dict)
    #: ``table: .branchtargets a, b;`` as ``{"table": ("a", "b")}``; likewise for ``.calltargets``.
    branch_targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    call_targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    line: int = 0
    declared_only: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A whole PTX text. ``files`` maps the numbers that ``.loc`` uses to paths."""

    version: tuple[int, int]
    target: str
    address_size: int
    variables: dict[str, Variable]
    functions: dict[str, Function]
    files: dict[int, str]
    text: str
    #: What follows the architecture in ``.target sm_90, debug``.
    target_options: tuple[str, ...] = ()
