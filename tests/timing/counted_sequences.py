"""How many instructions NVIDIA's assembler emits for one PTX instruction, counted.

A kernel with the instruction, less the same kernel without it; loads and stores do not count.
What only a call to a subroutine needs is left out: a slow path, for subnormal numbers and overflow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lowering_cases import SPEC, program
from sass import sass

from smsim.sass import SassInstruction
from smsim.timing.lowering.sequences import sequence

_LETTER = {"f32": "f", "f64": "d", "32": "r", "64": "q", "16": "h"}
#: PTX to the types of its result and its operands.
COUNTED = {
    "div.s32": "s32 s32 s32", "div.u32": "u32 u32 u32", "rem.s32": "s32 s32 s32", "rem.u32": "u32 u32 u32",
    "div.rn.f32": "f32 f32 f32", "rcp.rn.f32": "f32 f32", "sqrt.rn.f32": "f32 f32",
    "div.rn.f64": "f64 f64 f64", "rcp.rn.f64": "f64 f64", "sqrt.rn.f64": "f64 f64",
    "sin.approx.f32": "f32 f32", "cos.approx.f32": "f32 f32", "ex2.approx.f32": "f32 f32",
    "lg2.approx.f32": "f32 f32", "div.approx.f32": "f32 f32 f32", "sqrt.approx.f32": "f32 f32",
    "rsqrt.approx.f32": "f32 f32", "rcp.approx.f32": "f32 f32", "div.full.f32": "f32 f32 f32",
    "ex2.approx.ftz.f32": "f32 f32", "rcp.approx.ftz.f32": "f32 f32", "tanh.approx.f32": "f32 f32",
    "min.s64": "s64 s64 s64", "max.s64": "s64 s64 s64", "min.u64": "u64 u64 u64", "max.u64": "u64 u64 u64",
    "min.s32": "s32 s32 s32", "max.f32": "f32 f32 f32", "min.f64": "f64 f64 f64", "max.f64": "f64 f64 f64",
    "popc.b32": "u32 b32", "popc.b64": "u32 b64", "clz.b32": "u32 b32", "clz.b64": "u32 b64",
    "brev.b32": "b32 b32", "brev.b64": "b64 b64", "bfind.u32": "u32 u32", "bfind.u64": "u32 u64",
    "abs.s32": "s32 s32", "abs.s64": "s64 s64", "mul.lo.s64": "s64 s64 s64", "mul.hi.u64": "u64 u64 u64",
    "mul.hi.s64": "s64 s64 s64", "mul.hi.s32": "s32 s32 s32", "mul.wide.s32": "s64 s32 s32",
    "mad.lo.s64": "s64 s64 s64 s64", "add.s64": "s64 s64 s64", "shl.b64": "b64 b64 u32", "shr.s64": "s64 s64 u32",
    "shr.u32": "u32 u32 u32", "xor.b64": "b64 b64 b64", "cvt.rn.f32.s32": "f32 s32", "cvt.rn.f32.u64": "f32 u64",
    "cvt.rzi.s32.f32": "s32 f32", "cvt.rzi.s64.f32": "s64 f32", "cvt.rzi.s64.f64": "s64 f64",
    "cvt.rn.f64.s32": "f64 s32", "cvt.rn.f64.s64": "f64 s64", "cvt.f64.f32": "f64 f32", "cvt.rn.f32.f64": "f32 f64",
    "cvt.s64.s32": "s64 s32", "cvt.rmi.f32.f32": "f32 f32", "cvt.rzi.f64.f64": "f64 f64",
    "fma.rn.f32": "f32 f32 f32 f32",
    "fma.rn.f64": "f64 f64 f64 f64", "add.rn.f64": "f64 f64 f64", "bfe.u32": "u32 u32 u32 u32",
    "bfe.u32 of constants": "u32 u32 =5 =9", "bfi.b32 of constants": "b32 b32 b32 =5 =9",
    "bfi.b32": "b32 b32 b32 u32 u32", "prmt.b32": "b32 b32 b32 b32", "dp4a.s32.s32": "s32 b32 b32 s32",
}  # fmt: skip


def counts(listed: str) -> tuple[int, int]:
    """Instructions of the model's sequence, and of the machine code."""
    ptx, types = listed.partition(" ")[0], COUNTED[listed].split()
    codes = program(_kernel(ptx, types, True)).blocks
    (step,) = (s for c in codes for s in c.steps if s.instruction.line == _LINE)
    return len(sequence(step.instruction, step.form)), _machine()[listed]


@cache
def _machine() -> dict[str, int]:
    """How many instructions each has; all are assembled at once."""
    header, kernels = "", []
    for number, (listed, types) in enumerate(COUNTED.items()):
        for with_it in (False, True):
            text = _kernel(listed.partition(" ")[0], types.split(), with_it)
            header, entry, rest = text.partition(".visible .entry k(")
            kernels.append(entry.replace(" k(", f" k{number}{'ab'[with_it]}(") + rest)
    code = sass(header + "\n".join(kernels), SPEC.arch)
    length = {name: len(_ordinary(one)) for name, one in code.items()}
    return {listed: length[f"k{n}b"] - length[f"k{n}a"] for n, listed in enumerate(COUNTED)}


_LINE = 5
#: Operands, result and their address; and what a kernel with a slow path does for that.
_NOT_COUNTED = {"NOP", "LDG", "STG", "LDC", "ULDC"}


def _register(kind: str, number: int) -> str:
    letter = _LETTER.get(kind) or _LETTER[re.sub(r"\D", "", kind)]
    return f"%{letter}{number}"


def _kernel(ptx: str, types: list[str], with_it: bool) -> str:
    """The instruction stands alone in line 5. Without it the operands are stored, with it the result."""
    operands = [kind[1:] if kind[0] == "=" else _register(kind, n) for n, kind in enumerate(types[1:], 1)]
    registers = [(n, _plain(types[n]), one) for n, one in enumerate(operands, 1) if one[0] == "%"]
    loads = [f"ld.global.{plain} {one}, [%at+{8192 * n}];" for n, plain, one in registers]
    result = _register(types[0], 9)
    if with_it:
        stores = [f"st.global.{_plain(types[0])} [%at+65536], {result};"]
    else:
        stores = [f"st.global.{plain} [%at+{65536 + 8192 * n}], {one};" for n, plain, one in registers]
    return "\n".join([
        ".version 8.0", ".target sm_90a .address_size 64 .visible .entry k(.param .u64 p) {",
        ".reg .f32 %f<10>; .reg .f64 %d<10>; .reg .b32 %r<10>; .reg .b64 %q<10>; .reg .b64 %at;",
        "ld.param.u64 %at, [p]; " + " ".join(loads),
        f"{ptx} {result}, {', '.join(operands)};" if with_it else "", " ".join(stores) + " ret; }",
    ])  # fmt: skip


def _plain(kind: str) -> str:
    return kind if kind.startswith("f") else "b" + re.sub(r"\D", "", kind)


def _ordinary(code: Sequence[SassInstruction]) -> Sequence[SassInstruction]:
    """Without what lies between a branch and its target if a subroutine is called in there."""
    at = {label: number for number, one in enumerate(code) for label in one.labels}
    skipped: set[int] = set()
    for number, one in enumerate(code):
        target = re.search(r"`\((\.L_\w+)\)", ",".join(one.operands)) if one.name == "BRA" else None
        end = at.get(target[1], 0) if target else 0
        between = code[number + 1 : end]
        calls = [n for n, other in enumerate(between) if other.name == "CALL"]
        leaves = [n for n, other in enumerate(between) if other.name == "BRA"]
        if calls and all(n > calls[0] for n in leaves):
            skipped |= set(range(number + 1, end))
    return [one for n, one in enumerate(code) if n not in skipped and one.name not in _NOT_COUNTED]
