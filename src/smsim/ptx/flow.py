"""Control flow: the basic blocks of a function, what is live at their start, who calls whom.

A basic block is a run of instructions that is entered at its top and left at its bottom. Two things
end one: a label behind it, since a branch may arrive there; and an instruction after which a lane may be
elsewhere, or may have to wait: a branch, call, return, exit, trap, or a barrier of the block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from smsim.ptx.nodes import (
    Address,
    Function,
    Group,
    Instruction,
    Module,
    Negated,
    Operand,
    Pair,
    Register,
    Symbol,
    TensorAddress,
    Vector,
)
from smsim.ptx.rows import resolve

#: ``uses_defs(i)`` says of instruction ``i`` which registers it reads, which it writes, and whether it
#: is predicated: a predicated write may not happen, so the old value stays live.
UsesDefs = Callable[[int], tuple[set[str], set[str], bool]]

#: The carry flag of ``add.cc`` and ``addc``, which PTX gives no name.
CARRY = "#carry"

_LEAVES = frozenset({"ret", "exit", "trap"})
#: The lanes of a warp wait for each other here.
_MEETS = frozenset({"shfl", "vote", "match", "redux", "elect", "mma", "ldmatrix", "stmatrix", "setmaxnreg"})
_READS_CARRY = frozenset({"addc", "subc", "madc"})


@dataclass(frozen=True, slots=True)
class Block:
    """Instructions ``start`` to ``end - 1`` of a function's body.

    Attributes:
        successors: numbers of the blocks that may come next, the one below first. A block that ends
            the function, or branches to its very end, has none.
        live_in: bit ``n`` is set if register number ``n`` may still be read before it is written.
        is_loop_header: a branch at or below this block goes back to its start.
        in_loop: a lane that leaves this block may come to it again.
    """

    start: int
    end: int
    successors: tuple[int, ...]
    live_in: int
    is_loop_header: bool
    in_loop: bool


def ends_block(instruction: Instruction) -> bool:
    """Whether a lane may be elsewhere, or have to wait, after this instruction."""
    opcode, modifiers = instruction.opcode, instruction.modifiers
    if opcode in ("bar", "barrier"):
        return "arrive" not in modifiers
    return opcode in _MEETS or opcode in _LEAVES or opcode in ("bra", "brx", "call")


def register_numbers(function: Function, uses_defs: UsesDefs) -> dict[str, int]:
    """Number the registers that the body mentions, from 0, in order of first mention."""
    numbers: dict[str, int] = {}
    for index in range(len(function.body)):
        used, defined, _ = uses_defs(index)
        for name in (*sorted(used), *sorted(defined)):
            numbers.setdefault(name, len(numbers))
    return numbers


def blocks(
    function: Function,
    uses_defs: UsesDefs,
    numbers: dict[str, int] | None = None,
    cuts: Iterable[int] = (),
) -> list[Block]:
    """The basic blocks of ``function`` in the order of the text.

    ``live_in`` counts registers as ``numbers`` does, by default :func:`register_numbers`. ``cuts`` are
    further indices into the body at which a block is to begin.
    """
    if numbers is None:
        numbers = register_numbers(function, uses_defs)
    starts = sorted({*_starts(function), *(index for index in cuts if index < len(function.body))})
    ends = [*starts[1:], len(function.body)][: len(starts)]
    number_of = {start: number for number, start in enumerate(starts)}
    successors = [_successors(function, end, number_of) for end in ends]
    headers = {
        target
        for number, nexts in enumerate(successors)
        for target in nexts
        if target <= number and _goes_back(function, ends[number], starts[target])
    }
    live = _live_in(starts, ends, successors, uses_defs, numbers)
    cyclic = _on_a_cycle(successors)
    return [
        Block(start, end, successors[n], live[n], n in headers, n in cyclic)
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def branch_targets(function: Function, instruction: Instruction) -> tuple[int, ...]:
    """Indices into the body that a ``bra`` or ``brx.idx`` may go to."""
    if instruction.opcode == "bra":
        names: Sequence[str] = (instruction.operands[0].name,)
    else:
        names = function.branch_targets.get(getattr(instruction.operands[-1], "name", ""), ())
    return tuple(dict.fromkeys(function.labels[name] for name in names))


def _starts(function: Function) -> list[int]:
    length = len(function.body)
    starts = {index for index in function.labels.values() if index < length}
    starts.update(i + 1 for i, instruction in enumerate(function.body) if ends_block(instruction))
    starts.add(0)
    starts.discard(length)
    return sorted(starts)


def _successors(function: Function, end: int, number_of: dict[int, int]) -> tuple[int, ...]:
    last = function.body[end - 1]
    targets: list[int] = []
    leaves_always = last.guard is None and (last.opcode in _LEAVES or last.opcode in ("bra", "brx"))
    if not leaves_always:
        targets.append(end)
    if last.opcode in ("bra", "brx"):
        targets.extend(branch_targets(function, last))
    return tuple(dict.fromkeys(number_of[t] for t in targets if t in number_of))


def _goes_back(function: Function, end: int, target: int) -> bool:
    last = function.body[end - 1]
    return last.opcode in ("bra", "brx") and target in branch_targets(function, last) and target <= end - 1


def _live_in(
    starts: list[int],
    ends: list[int],
    successors: list[tuple[int, ...]],
    uses_defs: UsesDefs,
    numbers: dict[str, int],
) -> list[int]:
    """Solve live_in = read first | (live out & not written), from the bottom up until nothing changes."""
    reads, writes = [], []
    for start, end in zip(starts, ends, strict=True):
        read = written = 0
        for index in range(start, end):
            used, defined, predicated = uses_defs(index)
            for name in used:
                bit = 1 << numbers[name]
                if not written & bit:
                    read |= bit
            if not predicated:
                for name in defined:
                    written |= 1 << numbers[name]
        reads.append(read)
        writes.append(written)
    predecessors: list[list[int]] = [[] for _ in starts]
    for number, nexts in enumerate(successors):
        for following in nexts:
            predecessors[following].append(number)
    live = list(reads)
    pending = list(range(len(starts)))
    waiting = set(pending)
    while pending:
        number = pending.pop()
        waiting.discard(number)
        out = 0
        for following in successors[number]:
            out |= live[following]
        new = reads[number] | (out & ~writes[number])
        if new != live[number]:
            live[number] = new
            for before in predecessors[number]:
                if before not in waiting:
                    waiting.add(before)
                    pending.append(before)
    return live


def _on_a_cycle(successors: list[tuple[int, ...]]) -> set[int]:
    """Blocks from which one can come back to them (Tarjan's strongly connected components)."""
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    cyclic = {number for number, nexts in enumerate(successors) if number in nexts}
    for root in range(len(successors)):
        if root in order:
            continue
        work = [(root, iter(successors[root]))]
        order[root] = lowest[root] = len(order)
        path.append(root)
        on_path.add(root)
        while work:
            number, remaining = work[-1]
            for following in remaining:
                if following not in order:
                    order[following] = lowest[following] = len(order)
                    path.append(following)
                    on_path.add(following)
                    work.append((following, iter(successors[following])))
                    break
                if following in on_path:
                    lowest[number] = min(lowest[number], order[following])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[number])
                if lowest[number] == order[number]:
                    component = {path.pop()}
                    while number not in component:
                        component.add(path.pop())
                    on_path -= component
                    if len(component) > 1:
                        cyclic |= component
    return cyclic


# --- which registers an instruction reads and writes ----------------------------------------------


def uses_defs_of(function: Function) -> UsesDefs:
    """The callback that :func:`blocks` asks for, from the rows of the instruction table.

    Raises:
        UnsupportedPTX, PTXSyntaxError: an instruction has no row, or does not fit it.
    """
    table = [uses_and_defs(instruction) for instruction in function.body]
    return table.__getitem__


def uses_and_defs(instruction: Instruction) -> tuple[set[str], set[str], bool]:
    """Registers read, registers written, and whether the instruction is predicated."""
    written_operands = resolve(instruction).destinations
    used: set[str] = set()
    defined: set[str] = set()
    for position, operand in enumerate(instruction.operands):
        (defined if position < written_operands else used).update(registers_in(operand))
    if instruction.guard is not None:
        used.add(instruction.guard.name)
    if instruction.opcode in _READS_CARRY:
        used.add(CARRY)
    if "cc" in instruction.modifiers:
        defined.add(CARRY)
    return used, defined, instruction.guard is not None


def registers_in(operand: Operand) -> set[str]:
    """Names of all registers that an operand mentions."""
    match operand:
        case Register(name):
            return {name}
        case Negated(inner) | Address(inner, _):
            return registers_in(inner) if inner is not None else set()
        case Vector(items) | Group(items):
            return set().union(*map(registers_in, items))
        case Pair(first, second):
            return registers_in(first) | registers_in(second)
        case TensorAddress(base, coordinates):
            return registers_in(base).union(*map(registers_in, coordinates))
    return set()


# --- calls -----------------------------------------------------------------------------------------


def reachable(function: Function, module: Module) -> list[Function]:
    """``function`` and all functions that it may call, directly or through others, in order of discovery.

    A call through a register may reach every function whose address is taken: in the code that is
    reached, or in the initial value of a variable.
    """
    found = {function.name: function}
    pending = [function]
    in_tables = {
        name
        for variable in module.variables.values()
        for _, spelling, _ in variable.relocations
        if (name := _bare(spelling)) in module.functions
    }
    while pending:
        current = pending.pop(0)
        names = [name for names in current.call_targets.values() for name in names]
        for instruction in current.body:
            for operand in instruction.operands:
                if isinstance(operand, Symbol):
                    names.append(operand.name)
            if instruction.opcode == "call" and isinstance(instruction.operands[1], Register):
                names.extend(sorted(in_tables))
        for name in names:
            called = module.functions.get(name)
            hidden = name in current.labels or name in current.variables
            if called is not None and not hidden and name not in found:
                found[name] = called
                pending.append(called)
    return list(found.values())


def _bare(spelling: str) -> str:
    """``generic(name)`` and ``mask(0xff)name`` without what is around the name."""
    if spelling.startswith("mask("):
        spelling = spelling.partition(")")[2]
    return spelling.removeprefix("generic(").removesuffix(")")
