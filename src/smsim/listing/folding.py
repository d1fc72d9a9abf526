"""From a parsed PTX function to what a listing shows: headings, labels, statements. No layout here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from smsim.errors import SimulationError
from smsim.hazards.where import shared_names
from smsim.listing.names import is_bookkeeping, names_in, renamed
from smsim.listing.parameters import Argument, as_written
from smsim.listing.source import Origin, Source
from smsim.ptx.nodes import Function, Instruction, Module, Symbol, Variable
from smsim.ptx.rows import Row, resolve

#: Classes of registers in the order in which a listing counts them.
_CLASSES = ("pred", "b16", "f16", "b32", "f32", "b64", "f64", "b128")


@dataclass(frozen=True)
class Statement:
    """One instruction as the listing writes it.

    Attributes:
        line: its line in the full text.
        guard: ``@%p1`` or empty.
        opcode: with modifiers, ``ld.global.f32``.
        operands: with short names.
        row: its row in the instruction table, or None if the simulated SM lacks it.
        instruction: as parsed.
    """

    line: int
    guard: str
    opcode: str
    operands: str
    row: Row | None
    instruction: Instruction

    @property
    def head(self) -> str:
        """Guard and opcode: ``@%p1 bra``."""
        return f"{self.guard} {self.opcode}" if self.guard else self.opcode

    @property
    def summary(self) -> str:
        """One sentence about what the instruction does."""
        return self.row.summary if self.row else ""


@dataclass(frozen=True)
class Group:
    """Instructions in a row that come from one Python line."""

    origin: Origin
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Label:
    """A place that some branch jumps to."""

    name: str


@dataclass(frozen=True)
class Folded:
    """One function of a listing.

    Attributes:
        name, kind: ``saxpy``, ``entry``.
        arguments: its parameters, one entry an argument.
        memory: ``(name, space, bytes)`` of the variables it uses.
        registers: register class to how many of it are used.
        parts: labels and groups, in order.
    """

    name: str
    kind: str
    arguments: tuple[Argument, ...]
    memory: tuple[tuple[str, str, int], ...]
    registers: dict[str, int]
    parts: tuple[Label | Group, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(s for part in self.parts if isinstance(part, Group) for s in part.statements)


def fold(
    function: Function,
    module: Module,
    names: Mapping[str, str],
    source: Source,
    arguments: tuple[Argument, ...] | None = None,
) -> Folded:
    """Fold one function; ``names`` holds the short names, ``arguments`` what its parameters are."""
    arguments = as_written(function) if arguments is None else arguments
    names = {**names, **shared_names(function, module)}
    spellings = [spelling for argument in arguments for spelling in argument.spellings]
    names.update({p.name: s for p, s in zip(function.params, spellings)})
    texts = [instruction.text for instruction in function.body]
    mentioned = names_in(texts)
    return Folded(
        name=names.get(function.name, function.name),
        kind=function.kind,
        arguments=_renamed_arguments(arguments, names),
        memory=_memory(function, module, names, mentioned),
        registers=_registers(function, mentioned),
        parts=_parts(function, module, names, source),
    )


def _renamed_arguments(arguments: tuple[Argument, ...], names: Mapping[str, str]) -> tuple[Argument, ...]:
    return tuple(Argument(renamed(a.name, names), a.kind, a.parts, a.first) for a in arguments)


def _memory(
    function: Function, module: Module, names: Mapping[str, str], mentioned: set[str]
) -> tuple[tuple[str, str, int], ...]:
    found: list[Variable] = [v for v in function.variables.values() if v.space != "param"]
    found += [v for v in module.variables.values() if v.name in mentioned and not is_bookkeeping(v.name)]
    return tuple((names.get(v.name, v.name), v.space, v.size_bytes) for v in found)


def _registers(function: Function, mentioned: set[str]) -> dict[str, int]:
    declared = function.registers
    counts = Counter(declared[name] for name in mentioned if name in declared)
    order = [*(c for c in _CLASSES if c in counts), *sorted(counts.keys() - set(_CLASSES))]
    return {kind: counts[kind] for kind in order}


def _parts(
    function: Function, module: Module, names: Mapping[str, str], source: Source
) -> tuple[Label | Group, ...]:
    labels = _labels_that_matter(function)
    parts: list[Label | Group] = []
    origin: Origin | None = None
    run: list[Statement] = []

    def close() -> None:
        if run:
            parts.append(Group(origin, tuple(run)))
            run.clear()

    for index, instruction in enumerate(function.body):
        here = source.origin(instruction.loc, module.files)
        if index in labels or here != origin:
            close()
            parts += [Label(name) for name in labels.get(index, ())]
            origin = here
        run.append(_statement(instruction, names))
    close()
    parts += [Label(name) for name in labels.get(len(function.body), ())]
    return tuple(parts)


def _labels_that_matter(function: Function) -> dict[int, list[str]]:
    """Index in the body to the labels there which some instruction names; compilers leave others behind."""
    targets = {o.name for i in function.body for o in i.operands if isinstance(o, Symbol)}
    for listed in (*function.branch_targets.values(), *function.call_targets.values()):
        targets.update(listed)
    at: dict[int, list[str]] = {}
    for name, index in function.labels.items():
        if name in targets:
            at.setdefault(index, []).append(name)
    return at


def _statement(instruction: Instruction, names: Mapping[str, str]) -> Statement:
    text = renamed(instruction.text, names)
    guard, rest = re.match(r"(@!?\S+)?\s*(.*)", text, re.DOTALL).groups()
    opcode, _, operands = rest.partition(" ")
    try:
        row = resolve(instruction).row
    except SimulationError:
        row = None
    return Statement(instruction.line, guard or "", opcode, operands.strip(), row, instruction)
