"""Chains of dependent instructions: how long the assembler lets the next one wait.

Where the hardware's latency is fixed the assembler has to know it: nothing else keeps the next instruction
from reading an old register. So the stall count of an instruction whose result the next one needs is the
latency of that chip. Where it varies, a counter tells, and the stall count is only the least that has to pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sass import sass

from smsim.sass import SassInstruction

LENGTH = 24
#: The architectures of the figures, and one between them. T4, A100, RTX A6000, (L40), H800 and H100.
ARCHITECTURES = ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90a")

#: A chain's name to its registers' type and the PTX of one round: {x} goes round, {a} to {d} come from memory.
CHAINS: dict[str, tuple[str, tuple[str, ...]]] = {
    "FADD": ("f32", ("add.rn.f32 {x}, {x}, {a};",)),
    "FMUL": ("f32", ("mul.rn.f32 {x}, {x}, {a};",)),
    "FFMA": ("f32", ("fma.rn.f32 {x}, {x}, {a}, {b};",)),
    "IMAD": ("b32", ("mad.lo.s32 {x}, {x}, {a}, {b};",)),
    "FMNMX": ("f32", ("min.f32 {x}, {x}, {a};", "max.f32 {x}, {x}, {b};")),
    "SHF": ("b32", ("shf.l.wrap.b32 {x}, {x}, {a}, {b};",)),
    "PRMT": ("b32", ("prmt.b32 {x}, {x}, {a}, {b};",)),
    "IADD3 LOP3": (
        "b32",
        ("add.s32 {y}, {a}, {b};", "add.s32 {x}, {x}, {y};", "lop3.b32 {x}, {x}, {c}, {d}, 0x6a;"),
    ),
    "ISETP SEL": ("b32", ("setp.lt.s32 {p}, {x}, {a};", "selp.b32 {x}, {b}, {x}, {p};")),
    "ISETP SHF": ("b32", ("setp.lt.s32 {p}, {x}, {a};", "@{p} shf.l.wrap.b32 {x}, {x}, {a}, {b};")),
    "IMAD LOP3": ("b32", ("mad.lo.s32 {x}, {x}, {a}, {b};", "lop3.b32 {x}, {x}, {c}, {d}, 0x6a;")),
    "FMNMX FADD": ("f32", ("min.f32 {x}, {x}, {a};", "add.rn.f32 {x}, {x}, {b};")),
    "HADD2": ("b32", ("add.rn.f16x2 {x}, {x}, {a};",)),
    "HMUL2": ("b32", ("mul.rn.f16x2 {x}, {x}, {a};",)),
    "HFMA2": ("b32", ("fma.rn.f16x2 {x}, {x}, {a}, {b};",)),
    "DADD": ("f64", ("add.rn.f64 {x}, {x}, {a};",)),
    "DMUL": ("f64", ("mul.rn.f64 {x}, {x}, {a};",)),
    "DFMA": ("f64", ("fma.rn.f64 {x}, {x}, {a}, {b};",)),
    "MUFU": ("f32", ("ex2.approx.ftz.f32 {x}, {x};",)),
    "POPC": ("b32", ("popc.b32 {x}, {x};",)),
    "FLO": ("b32", ("clz.b32 {x}, {x};",)),
    "BREV": ("b32", ("brev.b32 {x}, {x};", "add.s32 {x}, {x}, {a};")),
    "SHFL": ("b32", ("shfl.sync.up.b32 {x}, {x}, 1, 0, -1;",)),
    "I2F F2I": ("b32", ("cvt.rn.f32.s32 {f}, {x};", "cvt.rzi.s32.f32 {x}, {f};")),
    "F2F f64": ("f32", ("cvt.f64.f32 {g}, {x};", "cvt.rn.f32.f64 {x}, {g};")),
    "F2F f16": ("f32", ("cvt.rn.f16.f32 {h}, {x};", "cvt.f32.f16 {x}, {h};")),
}

# Which chains measure which of the figures, and how many of their instructions go from one pipe to the other.
FP32 = ("FADD", "FMUL", "FFMA")
INTEGER = ("IMAD", "FMNMX", "SHF", "PRMT", "IADD3 LOP3", "ISETP SEL")
CROSSING = ("IMAD LOP3", "FMNMX FADD")
#: A compare, and an instruction that it guards. Its own result is ready after the usual time.
GUARD = "ISETP SHF"
HALF = ("HADD2", "HMUL2", "HFMA2")
FP64 = ("DADD", "DMUL", "DFMA")

_BYTES = {"f32": 4, "b32": 4, "f64": 8}
_HEADER = ".version 8.0\n.target sm_75\n.address_size 64\n"
_REGISTERS = ".reg .b32 %y, %t; .reg .f32 %f; .reg .f64 %g; .reg .b16 %h; .reg .pred %p; .reg .u64 %at;"
_NAMES = dict(x="%x0", a="%x1", b="%x2", c="%x3", d="%x4", y="%y", f="%f", g="%g", h="%h", p="%p")


@dataclass(frozen=True)
class Chain:
    """The middle of a chain in machine code.

    Attributes:
        opcodes: those of one round by name, without modifiers; more than in the PTX where the assembler adds
            some.
        stalls: cycles from each to its dependent, in the same order.
        fixed: whether the assembler knows all the latencies, so that ``stalls`` are them.
    """

    opcodes: tuple[str, ...]
    stalls: tuple[int, ...]
    fixed: bool

    @property
    def latency(self) -> float:
        """Cycles an instruction, on average over a round."""
        return sum(self.stalls) / len(self.stalls)


@cache
def chains(arch: str) -> dict[str, Chain]:
    """Every chain of :data:`CHAINS` as the assembler schedules it for ``arch``."""
    ptx = _HEADER + "\n".join(_kernel(_entry(name), *CHAINS[name]) for name in CHAINS)
    code = sass(ptx, arch)
    return {name: _round(code[_entry(name)]) for name in CHAINS}


def latency(arch: str, names: Iterable[str]) -> list[float]:
    """The fixed latencies of these chains, cycles."""
    found = [chains(arch)[name] for name in names]
    assert all(chain.fixed for chain in found)
    return [chain.latency for chain in found]


def _entry(name: str) -> str:
    return "chain_" + name.replace(" ", "_")


def _kernel(entry: str, kind: str, steps: tuple[str, ...]) -> str:
    """A kernel with the chain. Each lane has its own values: of equal ones the assembler makes no shuffles."""
    size = _BYTES[kind]
    lines = [f".visible .entry {entry}(.param .u64 at) {{", f".reg .{kind} %x<5>; {_REGISTERS}"]
    lines += ["ld.param.u64 %at, [at];", "mov.u32 %t, %tid.x;", "mad.wide.u32 %at, %t, 128, %at;"]
    lines += [f"ld.global.{kind} %x{n}, [%at+{n * size}];" for n in range(5)]
    lines += [step.format(**_NAMES) for _ in range(LENGTH) for step in steps]
    # What comes out is stored, or the assembler would drop the chain.
    lines += [f"st.global.{kind} [%at], %x0;", "ret;", "}"]
    return "\n".join(lines)


def _round(code: Sequence[SassInstruction]) -> Chain:
    """What repeats in the code: the shortest row of opcodes and stalls that stands there over and over.

    The beginning, which still loads, and the end, which stores, are left out.
    """
    middle = code[-20:-4]
    shown = [(i.opcode, i.control.stall, i.fixed) for i in middle]
    period = next(n for n in range(1, 9) if shown[n:] == shown[:-n])
    once = sorted(middle[:period], key=lambda i: i.opcode)
    return Chain(
        tuple(i.name for i in once), tuple(i.control.stall for i in once), all(i.fixed for i in once)
    )
