"""An instruction of the simulated SM is a row of a table, and this is what a row is.

A row writes its syntax as the PTX ISA does::

    add{.rn|.rz|.rm|.rp}{.ftz}{.sat}.f32 d, a, b

``.x|.y`` means one of these, ``{...}`` means that it may be left out. So this row covers twenty
spellings, from ``add.f32`` to ``add.rp.ftz.sat.f32``. :func:`resolve` finds the row of an instruction.

**Modifiers.** Each group at most once, in the order of the row; as NVIDIA's assembler does, other orders are
accepted too, except among types. Inside braces an alternative may be several modifiers, and braces may
nest: ``{.sync{.aligned}}``.

**Operands.** The first one is the destination if its name begins with ``d`` (or is ``p``, a
predicate that is set); all others are sources. An operand has the instruction's last type, unless it
says otherwise after a colon: ``d:pred``, ``b:u32``, ``c:wide`` (twice the width), ``a:0`` (the
instruction's first type), ``t:label``, ``f:function``. Further notation:

======================  ==========================================================================
``[a]``                 an address
``d{|q}``, ``d|q``      perhaps, or always, a second destination ``%p|%q``, which is a predicate
``{, b}``               an operand that may be left out
``{!}c:pred``           a predicate that may be negated (every predicate source may)
``{a...}``              a vector ``{%r1, %r2}`` of any length, as ``mov`` packs and unpacks
``{a...4}``             a vector of four registers
======================  ==========================================================================

With a ``.v2``, ``.v4`` or ``.v8`` modifier each operand that has the instruction's type is a vector of
that many. A row without any operand is written with the opcode alone: ``ret{.uni}``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from smsim.errors import PTXSyntaxError, UnsupportedPTX
from smsim.ptx.nodes import (
    Address,
    Group,
    Immediate,
    Instruction,
    Negated,
    Operand,
    Pair,
    Register,
    Sink,
    Special,
    Symbol,
    Vector,
)
from smsim.ptx.syntax import TYPE_BITS, OperandSpec, opcode_of, pattern

#: The state spaces, as they appear among the modifiers of ld, st, atom ...
SPACES = ("global", "shared", "local", "const", "param")

UNITS = ("alu", "fma", "fp64", "xu", "lsu", "tensor", "branch", "barrier", "none")


@dataclass(frozen=True)
class Row:
    """One line of the instruction table.

    Attributes:
        syntax: opcode, modifiers and operands, as described above.
        semantics: ``family.function``; computing families live in ``smsim/machine/ops/family.py``.
        unit: which part of the SM does the work, one of :data:`UNITS`.
        ptx: the ISA version that introduced it, ``(7, 8)``.
        sm: the lowest target, ``90`` for ``sm_90``.
        summary: one sentence for the reader.
    """

    syntax: str
    semantics: str
    unit: str
    ptx: tuple[int, int]
    sm: int
    summary: str

    @property
    def opcode(self) -> str:
        return opcode_of(self.syntax)

    @property
    def operands(self) -> tuple[OperandSpec, ...]:
        """The operands that the row names, in order."""
        return pattern(self.syntax).operands


@dataclass(frozen=True)
class Form:
    """How an instruction reads, once its row is known.

    Attributes:
        row: the row.
        opcode: as in the instruction.
        types: the modifiers that are types, in order.
        flags: all other modifiers.
        operand_types: one for each operand as written; for ``[a]`` the type of what lies there, for
            ``%p|%q`` that of the first; ``"label"``, ``"function"`` or ``""`` where it has no type.
        operands: the row's description of each operand as written.
    """

    row: Row
    opcode: str
    types: tuple[str, ...]
    flags: frozenset[str]
    operand_types: tuple[str, ...]
    operands: tuple[OperandSpec, ...]

    @property
    def type(self) -> str:
        """The instruction's type: its last one, or '' if it has none."""
        return self.types[-1] if self.types else ""

    @property
    def space(self) -> str:
        """The state space it names, such as ``"global"``; ``"generic"`` if it names none."""
        space = next((flag for flag in self.flags if flag.partition("::")[0] in SPACES), "generic")
        # A part of a space is that space, but for shared memory of other blocks in the cluster.
        return space if space == "shared::cluster" else space.partition("::")[0]

    @property
    def vector(self) -> int:
        """How many elements one operand has: 1, 2, 4 or 8."""
        return next((n for n in (2, 4, 8) if f"v{n}" in self.flags), 1)

    @property
    def destinations(self) -> int:
        """How many of the written operands are written to: 0 or 1 (``%p|%q`` counts as one)."""
        return 1 if self.operands and self.operands[0].destination else 0


# --- from an instruction to its form --------------------------------------------------------------

_WIDER = {"8": "16", "16": "32", "32": "64", "64": "128"}


@lru_cache(maxsize=1)
def rows_by_opcode() -> dict[str, tuple[Row, ...]]:
    """All rows of the table, by opcode."""
    from smsim.ptx.table import ROWS  # the table's modules import this one

    by_opcode: dict[str, list[Row]] = {}
    for row in ROWS:
        by_opcode.setdefault(row.opcode, []).append(row)
    return {opcode: tuple(rows) for opcode, rows in by_opcode.items()}


@lru_cache(maxsize=4096)
def matching_rows(opcode: str, modifiers: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows whose opcode and modifiers fit, whatever the operands."""
    rows = rows_by_opcode().get(opcode, ())
    return tuple(row for row in rows if pattern(row.syntax).fits(modifiers))


def resolve(instruction: Instruction) -> Form:
    """Find the row of ``instruction`` and say what types its operands have.

    Raises:
        UnsupportedPTX: no row has this opcode with these modifiers; the message names the nearest.
        PTXSyntaxError: a row has, but the number or the kind of the operands is wrong.
    """
    shape = tuple(map(_shape, instruction.operands))
    form = _form(instruction.opcode, instruction.modifiers, shape)
    if isinstance(form, Form):
        return form
    if not matching_rows(instruction.opcode, instruction.modifiers):
        raise UnsupportedPTX(f"line {instruction.line}: {form}", line=instruction.line, text=instruction.text)
    raise PTXSyntaxError(
        f"line {instruction.line}: {form}",
        line=instruction.line,
        column=instruction.column,
        text=instruction.text,
    )


def _shape(operand: Operand) -> object:
    """What matters of an operand when its row is looked for: its class, and a vector's length."""
    return len(operand.items) if type(operand) is Vector else type(operand)


@lru_cache(maxsize=16384)
def _form(opcode: str, modifiers: tuple[str, ...], shape: tuple[object, ...]) -> Form | str:
    """The form, or a sentence that says why there is none."""
    rows = matching_rows(opcode, modifiers)
    if not rows:
        return _unknown(opcode, modifiers)
    complaints = []
    types = tuple(m for m in modifiers if m in TYPE_BITS)
    flags = frozenset(m for m in modifiers if m not in TYPE_BITS)
    for row in rows:
        specs = row.operands
        form = Form(row, opcode, types, flags, (), ())
        complaint, chosen = _match_operands(specs, shape, form.vector, types)
        if complaint is None:
            operand_types = tuple(operand_type(spec, types) for spec in chosen)
            return Form(row, opcode, types, flags, operand_types, chosen)
        complaints.append(f"{complaint}. The instruction is written: {row.syntax}")
    return complaints[0]


def operand_type(spec: OperandSpec, types: tuple[str, ...]) -> str:
    """The PTX type of an operand, given the types among the instruction's modifiers."""
    own = types[-1] if types else ""
    if spec.type is None:
        return own
    if spec.type == "wide":
        kind = own.rstrip("0123456789")
        return kind + _WIDER[own[len(kind) :]]
    if spec.type.isdigit():
        return types[int(spec.type)]
    return spec.type


def _match_operands(
    specs: tuple[OperandSpec, ...], shape: tuple[object, ...], vector: int, types: tuple[str, ...]
) -> tuple[str | None, tuple[OperandSpec, ...]]:
    """A complaint, or None and the row's description of each operand that was written."""
    required = sum(not spec.optional for spec in specs)
    if not required <= len(shape) <= len(specs):
        wanted = str(required) if required == len(specs) else f"{required} to {len(specs)}"
        noun = "operand" if wanted == "1" else "operands"
        return f"it takes {wanted} {noun}, and {len(shape) or 'none'} were written", ()
    # Optional operands come last in nearly every row; those in the middle go by kind.
    spare = len(shape) - required
    chosen = []
    for spec in specs:
        if not spec.optional:
            chosen.append(spec)
        elif spare:
            spare -= 1
            chosen.append(spec)
    for number, (spec, written) in enumerate(zip(chosen, shape, strict=True), start=1):
        complaint = _kind_complaint(spec, written, vector, operand_type(spec, types))
        if complaint:
            return f"operand {number} ({spec.name}) {complaint}", ()
    return None, tuple(chosen)


def _kind_complaint(spec: OperandSpec, written: object, vector: int, kind: str) -> str | None:
    if spec.memory:
        return None if written is Address else "is a place in memory and is written in brackets, [a]"
    if written is Address:
        return "is a value; brackets belong to places in memory"
    length = written if isinstance(written, int) else 0
    if kind == "group":
        return None if written is Group else "is a list in parentheses"
    if written is Group:
        return "is a single operand, not a list in parentheses"
    if kind == "function":
        return None if written in (Symbol, Register) else "is the name of a function, or a register"
    if kind == "label":
        return None if written is Symbol else "is a label"
    if spec.length:
        noun = "register" if spec.length == 1 else "registers"
        return None if length == spec.length else f"is a vector of {spec.length} {noun} in braces"
    if spec.vector:
        return None if length else "is a vector such as {%r1, %r2}"
    if vector > 1 and spec.type is None:
        return None if length == vector else f"is a vector of {vector} registers in braces"
    if length:
        return "is a single register, not a vector"
    if spec.pair == "must" and written is not Pair:
        return "is a pair such as %p1|%p2"
    if written is Pair:
        return None if spec.pair != "no" else "is a single destination, not a pair"
    if spec.destination:
        return None if written in (Register, Sink) else "receives the result, so it is a register"
    if written is Sink:
        return "is a source; only a destination can be _"
    if written is Negated and kind != "pred":
        return "is not a predicate, so ! has no meaning"
    if kind == "pred" and written not in (Register, Negated, Immediate, Special):
        return "is a predicate"
    return None


def _unknown(opcode: str, modifiers: tuple[str, ...]) -> str:
    spelling = ".".join((opcode, *modifiers))
    rows = rows_by_opcode().get(opcode)
    if rows is None:
        near = difflib.get_close_matches(opcode, rows_by_opcode(), n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        return f"the simulated SM has no instruction {opcode} (in {spelling}).{hint}"
    return f"the simulated SM does not execute {spelling}. {_unknown_modifier(rows, modifiers)}"


def _unknown_modifier(rows: tuple[Row, ...], modifiers: tuple[str, ...]) -> str:
    """Which modifier no row of the opcode has, and what is near it; else the nearest row's syntax."""
    opcode = rows[0].opcode
    known = {modifier for row in rows for group in pattern(row.syntax).groups for modifier in group}
    strange = next((modifier for modifier in modifiers if modifier not in known), None)
    own = set(modifiers)
    nearest = max(
        rows, key=lambda row: (len(own & set().union(*pattern(row.syntax).groups)), _in_order(row, modifiers))
    )
    if strange is None:
        both = _alternatives(nearest, modifiers)
        if both is None:
            return f"It has: {nearest.syntax}"
        one, other = both
        return (
            f"{opcode} takes .{one} once."
            if one == other
            else f"{opcode} takes .{one} or .{other}, not both."
        )
    near = difflib.get_close_matches(strange, sorted(known), n=3)
    if near:
        return f"{opcode} has no .{strange}. Did you mean {_listed(near)}?"
    if not known:
        return f"{opcode} has no modifiers."
    # A type for what looks like a type; for any other word those that are no types. Short words first.
    wants_type = _LIKE_A_TYPE.fullmatch(strange) is not None
    alike = [word for word in known if (word in TYPE_BITS) == wants_type] or list(known)
    alike.sort(key=lambda word: ("::" in word, word))
    more = " and more" if len(alike) > _LISTED else ""
    return f"{opcode} has no .{strange}. It has: {_listed(alike[:_LISTED])}{more}."


def _in_order(row: Row, modifiers: tuple[str, ...]) -> bool:
    """Whether the row has places for all modifiers, in this order: ``cvt.s8.f32`` makes an integer of a float."""
    places = iter(pattern(row.syntax).groups)
    return all(any(modifier in place for place in places) for modifier in modifiers)


def _alternatives(row: Row, modifiers: tuple[str, ...]) -> tuple[str, str] | None:
    """Two of the modifiers that stand for one place of the row, such as two state spaces."""
    for one, other in combinations(modifiers, 2):
        places = [group for group in pattern(row.syntax).groups if one in group or other in group]
        if len(places) == 1 and {one, other} <= places[0]:
            return one, other
    return None


_LIKE_A_TYPE = re.compile(r"(?:[busf]|bf|tf)\d+\w*")
#: As many words as fit on a line.
_LISTED = 8


def _listed(words: Sequence[str]) -> str:
    """``.a, .b or .c``."""
    *first, last = (f".{word}" for word in words)
    return f"{', '.join(first)} or {last}" if first else last
