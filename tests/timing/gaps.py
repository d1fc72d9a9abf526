"""Streams of independent instructions of one kind: how many cycles the assembler keeps between two of them.

Nothing there depends on anything, so the distance is no latency: it is how long one instruction takes the
sub-core's pipe. 32 lanes in 2 cycles are 16 results a cycle, and 64 for the four sub-cores of an SM.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from sass import sass

from smsim.sass import SassInstruction

COUNT = 8

#: A kind, by the name of its machine instruction, to the PTX of one; {n} is its number in the stream.
STREAMS: dict[str, str] = {
    "FFMA": "fma.rn.f32 %f{n}, %f{n}, %f8, %f9;",
    "IADD3": "add.s32 %r{n}, %r{n}, %r8; add.s32 %r{n}, %r{n}, %r9;",
    "IMAD": "mad.lo.s32 %r{n}, %r{n}, %r8, %r9;",
    "SHF": "shf.l.wrap.b32 %r{n}, %r{n}, %r8, %r9;",
    "HFMA2": "fma.rn.f16x2 %r{n}, %r{n}, %r8, %r9;",
    "DFMA": "fma.rn.f64 %d{n}, %d{n}, %d8, %d9;",
    "MUFU": "ex2.approx.ftz.f32 %f{n}, %f{n};",
    "POPC": "popc.b32 %r{n}, %r{n};",
    "F2I": "cvt.rzi.s32.f32 %r{n}, %f{n};",
    "I2F or I2FP": "cvt.rn.f32.s32 %f{n}, %r{n};",
    "I2F": "cvt.rn.f32.s64 %f{n}, %q{n};",
    "F2F": "cvt.f64.f32 %d{n}, %f{n};",
    "SHFL": "shfl.sync.idx.b32 %r{n}, %r{n}, %r8, 31, -1;",
    "VOTE": "vote.sync.ballot.b32 %r{n}, %p{n}, -1;",
    "LDS": "ld.shared.f32 %f{n}, [%s+{n}*1024];",
    "STS": "st.shared.f32 [%s+{n}*1024], %f{n};",
    "LDG": "ld.global.f32 %f{n}, [%at+{n}*1024];",
    "STG": "st.global.f32 [%at+{n}*1024], %f{n};",
    "ATOMG": "atom.global.add.u32 %r{n}, [%at+{n}*1024], %r8;",
    "RED": "red.global.add.u32 [%at+{n}*1024], %r{n};",
    "ATOMS": "atom.shared.add.u32 %r{n}, [%s+{n}*1024], %r8;",
    "BAR": "bar.sync {n};",
    "MEMBAR": "membar.gl;",
}

_HEADER = ".version 8.0\n.target sm_75\n.address_size 64\n"
_REGISTERS = (
    ".reg .f32 %f<10>; .reg .b32 %r<10>, %s, %t; .reg .f64 %d<10>; .reg .b64 %q<10>, %at; .reg .pred %p<8>;\n"
    ".shared .align 16 .b8 room[16384];"
)


@cache
def gaps(arch: str) -> dict[str, tuple[int, int]]:
    """For every kind of :data:`STREAMS` how many cycles lie between two, and over how many pipes they go.

    Two pipes are told by the opcodes: HFMA2 and HFMA2.MMA take turns.
    """
    code = sass(_HEADER + "\n".join(map(_kernel, STREAMS)), arch)
    return {kind: _gap(kind, code[_entry(kind)]) for kind in STREAMS}


def _gap(kind: str, code: Sequence[SassInstruction]) -> tuple[int, int]:
    names = kind.split(" or ")
    at = {}
    for cycle, instruction in _issued(code):
        if instruction.name in names or instruction.name == {"RED": "REDG"}.get(kind):
            at.setdefault(instruction.opcode, []).append(cycle)
    assert sum(map(len, at.values())) >= COUNT, f"{kind}: {[i.opcode for i in code]}"
    return min(after - before for cycles in at.values() for before, after in zip(cycles, cycles[1:])), len(at)


def _issued(code: Sequence[SassInstruction]) -> Iterator[tuple[int, SassInstruction]]:
    """Each instruction with the cycle in which it would issue if no counter had to be waited for."""
    cycle = 0
    for instruction in code:
        yield cycle, instruction
        cycle += instruction.control.stall


def _entry(kind: str) -> str:
    return "stream_" + kind.replace(" ", "_")


def _kernel(kind: str) -> str:
    step = STREAMS[kind]
    lines = [f".visible .entry {_entry(kind)}(.param .u64 at) {{", _REGISTERS]
    lines += ["ld.param.u64 %at, [at];", "mov.u32 %t, %tid.x;", "mad.wide.u32 %at, %t, 4, %at;"]
    lines += ["mov.u32 %s, room;", "mad.lo.u32 %s, %t, 4, %s;"]
    for letter, kind_of in ("f", "f32"), ("r", "b32"), ("d", "f64"), ("q", "b64"):
        if f"%{letter}" in step:
            lines += [f"ld.global.{kind_of} %{letter}{n}, [%at+{n * 256 + 65536}];" for n in range(10)]
    lines += [f"setp.lt.s32 %p{n}, %r{n}, %r8;" for n in range(COUNT)] if "%p" in step else []
    lines += ["bar.sync 15;"] + [step.format(n=n) for n in range(COUNT)] + ["bar.sync 15;"]
    for letter, kind_of in ("f", "f32"), ("r", "b32"), ("d", "f64"):
        if f"%{letter}" in step:
            lines += [f"st.global.{kind_of} [%at+{n * 256 + 131072}], %{letter}{n};" for n in range(COUNT)]
    return "\n".join([*lines, "ret;", "}"])
