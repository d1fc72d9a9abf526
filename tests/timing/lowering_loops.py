"""Loop bodies and the order of loads: the lowering beside NVIDIA's machine code.

A loop is what lies between a backward branch and its target, in both. Only innermost loops are compared. Where
ptxas has unrolled one, its body has ``k`` times the memory accesses and floating-point operations of the PTX.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lowering_cases import SPEC
from lowering_corpus import CORPUS, blocks_of, called_of, main_of

from smsim.ptx import flow
from smsim.sass import NO_BARRIER, SassInstruction
from smsim.timing import microops as m
from smsim.timing.lowering import lower

#: Groups of pipes: NVIDIA's assembler moves integers between FMA and ALU to even them out.
GROUPS = ("arithmetic", "uniform", "fp64", "xu", "memory", "control")
_OF_PIPE = {
    m.FMA: "arithmetic", m.ALU: "arithmetic", m.FP16: "arithmetic", m.UNIFORM: "uniform", m.FP64: "fp64",
    m.XU: "xu", m.ADU: "control", m.CBU: "control", m.LSU: "memory", m.TENSOR: "arithmetic",
}  # fmt: skip
_MEMORY = {
    "LDG", "STG", "LDS", "STS", "LDL", "STL", "LD", "ST", "ATOMG", "ATOMS", "ATOM", "RED", "REDG", "REDS", "SHFL",
}  # fmt: skip
_XU = {"MUFU", "I2F", "F2I", "F2F", "POPC", "FLO", "BREV", "S2R", "S2UR", "MATCH", "REDUX", "FRND", "CS2R"}
_CONTROL = {
    "BRA",
    "EXIT",
    "BAR",
    "BSSY",
    "BSYNC",
    "CALL",
    "RET",
    "WARPSYNC",
    "LDC",
    "MEMBAR",
    "NANOSLEEP",
    "YIELD",
}
_FP64 = {"DADD", "DMUL", "DFMA", "DSETP"}
_LOADS = ("LDG", "LDS", "LD", "LDL")


@dataclass(frozen=True)
class LoopRow:
    """One innermost loop: the lowering's body, ptxas's, and how often that repeats it.

    Attributes:
        unrolled: accesses and floating-point operations of the SASS over those of the PTX.
        lowered, sass: instructions by group.
    """

    kernel: str
    unrolled: int
    lowered: Counter[str]
    sass: Counter[str]

    @property
    def ratio(self) -> float:
        """The lowering's instructions for ``unrolled`` turns over those of the machine code."""
        return self.unrolled * self.lowered.total() / self.sass.total()


def group(instruction: SassInstruction) -> str:
    name = instruction.name
    if name in _FP64:
        return "fp64"
    if name in _MEMORY:
        return "memory"
    if name in _XU:
        return "xu"
    if name in _CONTROL:
        return "control"
    return "uniform" if name.startswith(("U", "R2U", "VOTEU")) else "arithmetic"


def groups(kernel: str) -> tuple[Counter[str], Counter[str]]:
    """Instructions of a whole kernel by group: as lowered, and as machine code."""
    ops = lower(blocks_of(kernel), SPEC)
    return (
        Counter(_OF_PIPE[int(pipe)] for pipe in ops.pipe),
        Counter(group(one) for one in (*main_of(kernel), *called_of(kernel))),
    )


def loop_rows(kernel: str) -> list[LoopRow]:
    """The innermost loops of a kernel that are loops in both, in the order of the text."""
    written, machine = _lowered_loops(kernel), _machine_loops(main_of(kernel))
    rows, at = [], 0
    for marks, counts in written:
        for number in range(at, len(machine)):
            found = _marks(machine[number])
            times = _times(marks, found)
            if times:
                rows.append(LoopRow(kernel, times, counts, Counter(map(group, machine[number]))))
                at = number + 1
                break
    return rows


def loads_in_a_row(kernel: str) -> tuple[float, float]:
    """Loads on their way when one of them is first waited for, on average over basic blocks that load.

    As lowered, and as machine code.
    """
    return _mean(_lowered_batches(kernel)), _mean(_machine_batches(main_of(kernel)))


def _mean(numbers: list[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


# -- the lowering's side ------------------------------------------------------------------------------


def _lowered_loops(kernel: str) -> list[tuple[Counter[str], Counter[str]]]:
    codes = blocks_of(kernel)
    function = codes[0].steps[0].function
    ops = lower(codes, SPEC)
    blocks = flow.blocks(function, flow.uses_defs_of(function))
    found = []
    for first, last in _innermost([(t, n) for n, b in enumerate(blocks) for t in b.successors if t <= n]):
        marks: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        for n in range(ops.start[first], ops.start[last + 1]):
            counts[_OF_PIPE[int(ops.pipe[n])]] += 1
            marks[_mark_of(ops, n)] += 1
        del marks[""]
        found.append((marks, counts))
    return found


def _mark_of(ops: m.MicroOps, n: int) -> str:
    form = ops.instructions[ops.pc[n]].form
    kind = int(ops.kind[n])
    if kind in m.RECORDED and ops.width[n]:
        return "shared" if kind in (m.SHARED_LOAD, m.SHARED_STORE, m.SHARED_ATOMIC) else "global"
    if ops.instructions[ops.pc[n]].instruction.opcode == "shfl":
        return "shfl"
    if ops.pipe[n] == m.FP64:
        return "double"
    return "float" if ops.pipe[n] == m.FMA and form.type == "f32" else ""


def _lowered_batches(kernel: str) -> list[int]:
    ops = lower(blocks_of(kernel), SPEC)
    found = []
    for first, last in zip(ops.start, ops.start[1:], strict=False):
        flying: set[int] = set()
        number = 0
        for n in range(first, last):
            if flying & set(ops.src[ops.src_start[n] : ops.src_start[n + 1]]):
                break
            if ops.kind[n] in (m.LOAD, m.SHARED_LOAD):
                number += 1
                flying |= set(ops.dst[ops.dst_start[n] : ops.dst_start[n + 1]])
        if number:
            found.append(number)
    return found


# -- the machine's side -------------------------------------------------------------------------------


def _machine_loops(code: Sequence[SassInstruction]) -> list[Sequence[SassInstruction]]:
    at = {label: number for number, one in enumerate(code) for label in one.labels}
    back = []
    for number, one in enumerate(code):
        target = re.search(r"`\((\.L_\w+)\)", ",".join(one.operands)) if one.name == "BRA" else None
        if target and at.get(target[1], number + 1) <= number:
            back.append((at[target[1]], number))
    return [code[first : last + 1] for first, last in _innermost(back)]


def _marks(code: Sequence[SassInstruction]) -> Counter[str]:
    marks: Counter[str] = Counter()
    for one in code:
        if one.name == "SHFL":
            marks["shfl"] += 1
        elif one.name in _MEMORY:
            marks["shared" if one.name in ("LDS", "STS", "ATOMS", "REDS") else "global"] += 1
        elif one.name in _FP64 and one.name != "DSETP":
            marks["double"] += 1
        elif one.name in ("FFMA", "FADD", "FMUL"):
            marks["float"] += 1
    return marks


def _times(written: Counter[str], machine: Counter[str]) -> int:
    """How many turns of one body the other has; 0 if they are not the same loop."""
    if not written or set(written) != set(machine):
        return 0
    return max(1, round(max(machine[mark] / count for mark, count in written.items())))


def _machine_batches(code: Sequence[SassInstruction]) -> list[int]:
    found = []
    number, counters, over = 0, 0, False
    for one in code:
        if one.labels:
            found.append(number)
            number, counters, over = 0, 0, False
        over = over or bool(one.control.wait & counters)
        if one.name in _LOADS and not over:
            number += 1
            if one.control.write_barrier != NO_BARRIER:
                counters |= 1 << one.control.write_barrier
        if one.name in ("BRA", "EXIT", "CALL", "BAR") and number:
            found.append(number)
            number, counters, over = 0, 0, False
    return [n for n in (*found, number) if n]


def _innermost(loops: list[tuple[int, int]]) -> list[tuple[int, int]]:
    loops = sorted(set(loops))
    return [
        one
        for one in loops
        if not any(other != one and one[0] <= other[0] and other[1] <= one[1] for other in loops)
    ]


def table() -> str:
    """All rows, for a page."""
    lines = ["kernel        lowered/SASS   by group", ""]
    for name in CORPUS:
        ours, theirs = groups(name)
        text = "  ".join(f"{g} {ours[g]}/{theirs[g]}" for g in GROUPS if ours[g] or theirs[g])
        first, second = loads_in_a_row(name)
        lines.append(
            f"{name:13} {ours.total():4}/{theirs.total():<4}  {text}  loads {first:.1f}/{second:.1f}"
        )
        for one in loop_rows(name):
            text = "  ".join(
                f"{g} {one.unrolled * one.lowered[g]}/{one.sass[g]}"
                for g in GROUPS
                if one.lowered[g] or one.sass[g]
            )
            lines.append(f"    loop x{one.unrolled}: {one.ratio:.2f}   {text}")
    return "\n".join(lines)
