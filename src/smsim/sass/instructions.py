"""One SASS instruction, its control bits, and how they are read off what ``nvdisasm -hex`` prints.

From Volta on an instruction has 128 bits, and 21 of the upper ones tell the hardware how to schedule it. NVIDIA does
not document them. Their places are those of Jia et al., "Dissecting the NVIDIA Volta GPU Architecture via
Microbenchmarking" (arXiv 1804.06826), and of Huerta et al. (arXiv 2503.20481), who find the same
up to Ampere:

    bits 105-108  stall: cycles until the same warp may issue its next instruction
    bit  109      yield: cleared if the scheduler had better go on with another warp
    bits 110-112  write barrier: the counter that tells when the result is there; 7 for none
    bits 113-115  read barrier: the counter that tells when the operands were read; 7 for none
    bits 116-121  wait: the counters that must be zero before this instruction may issue, one bit each
    bits 122-125  reuse: source operands that are kept in the operand cache, one bit each

Checked here, for sm_90a and what nvJitLink 13.0 assembles: the reuse bits are as many as the disassembler prints
``.reuse``, no fixed-latency instruction sets a write barrier, and every LDG and LDS does. That stall counts
cover the latencies of the arithmetic is checked by the tests of the timing model. The meaning of yield is not checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: No counter.
NO_BARRIER = 7


@dataclass(frozen=True)
class Control:
    """How one instruction is scheduled.

    Attributes:
        stall: cycles until the warp may issue again, from 0 to 15.
        yields: the scheduler is asked to go on with another warp.
        write_barrier, read_barrier: the counter it sets, from 0 to 5, or :data:`NO_BARRIER`.
        wait: mask of the counters it waits for; bit n is counter n.
        reuse: mask of the source operands it keeps for the next instruction; bit n is source n.
    """

    stall: int
    yields: bool
    write_barrier: int
    read_barrier: int
    wait: int
    reuse: int

    def __str__(self) -> str:
        """As maxas writes it: what it waits for, read and write barrier, yield, stall: ``01----:-:2:Y:04``."""
        wait = "".join(str(n) if self.wait >> n & 1 else "-" for n in range(6))
        barriers = ["-" if b == NO_BARRIER else str(b) for b in (self.read_barrier, self.write_barrier)]
        return ":".join([wait, *barriers, "Y" if self.yields else "-", f"{self.stall:02}"])

    @property
    def said(self) -> str:
        """The same in words: ``waits for 0; sets 2 when the result is there; then 4 cycles``."""
        parts = []
        if self.wait:
            parts.append(f"waits for {', '.join(str(n) for n in range(6) if self.wait >> n & 1)}")
        if self.write_barrier != NO_BARRIER:
            parts.append(f"counter {self.write_barrier} tells when the result is there")
        if self.read_barrier != NO_BARRIER:
            parts.append(f"counter {self.read_barrier} tells when the operands were read")
        if self.reuse:
            parts.append(f"keeps source {', '.join(str(n) for n in range(4) if self.reuse >> n & 1)}")
        if self.yields:
            parts.append("yields")
        parts.append(f"stall {self.stall}")
        return "; ".join(parts)


def decode(upper: int) -> Control:
    """The control bits in the upper 64 bits of an instruction."""
    bits = upper >> 41
    return Control(
        stall=bits & 15,
        yields=not bits >> 4 & 1,
        write_barrier=bits >> 5 & 7,
        read_barrier=bits >> 8 & 7,
        wait=bits >> 11 & 63,
        reuse=bits >> 17 & 15,
    )


@dataclass(frozen=True)
class SassInstruction:
    """One instruction.

    Attributes:
        offset: in bytes from the start of its function.
        guard: ``"@!P0"``, or nothing.
        opcode: with its modifiers, ``"IMAD.WIDE.U32"``.
        operands: as the disassembler prints them.
        control: its control bits.
        labels: names of this place, for branches.
        file, line: the source file and line it comes from; nothing and 0 where none is known.
        ptx_line: the line of the PTX text it comes from; 0 where none is known.
        encoding: all its 128 bits.
        note: what the disassembler remarks: ``"SpillRefill"`` where the assembler had too few registers.
    """

    offset: int
    guard: str
    opcode: str
    operands: tuple[str, ...]
    control: Control
    labels: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    ptx_line: int = 0
    encoding: int = 0
    note: str = ""

    @property
    def name(self) -> str:
        """The opcode without modifiers."""
        return self.opcode.partition(".")[0]

    @property
    def text(self) -> str:
        """Guard, opcode and operands: ``@P0 LDG.E R4, desc[UR4][R2.64]``."""
        return " ".join(filter(None, (self.guard, self.opcode, ", ".join(self.operands))))

    @property
    def fixed(self) -> bool:
        """Whether the assembler knows when its result is there, so that it needs no counter."""
        return self.control.write_barrier == NO_BARRIER

    def __str__(self) -> str:
        return f"/*{self.offset:04x}*/ {self.control}  {self.text}"


_SECTION = re.compile(r"^\.text\.(\S+):")
_LABEL = re.compile(r"^(\.L_\w+):")
_LINE = re.compile(r'//## File "(.*?)", line (\d+)')
_PTX_FILE = ".nv_debug_ptx_txt"
_FIRST = re.compile(
    r"^\s*/\*([0-9a-f]{4,})\*/\s+(?:(@\S+)\s+)?([A-Z][^\s;]*)\s*(.*?)\s*;?\s*/\* 0x([0-9a-f]{16}) \*/"
)
_NOTE = re.compile(r'\s*\(\*"(\w+)"\*\)')
_SECOND = re.compile(r"^\s*/\* 0x([0-9a-f]{16}) \*/")


def parse(listing: str) -> dict[str, tuple[SassInstruction, ...]]:
    """The functions of what ``nvdisasm -c -hex`` printed, with ``-g -gp`` also their lines, by name."""
    functions: dict[str, list[SassInstruction]] = {}
    current: list[SassInstruction] = []
    labels: list[str] = []
    place, ptx_line = ("", 0), 0
    lines = iter(listing.splitlines())
    for line in lines:
        if section := _SECTION.match(line):
            current = functions.setdefault(section[1], [])
            labels, place, ptx_line = [], ("", 0), 0
        elif label := _LABEL.match(line):
            labels.append(label[1])
        elif marked := _LINE.search(line):
            if marked[1].startswith(_PTX_FILE):
                ptx_line = int(marked[2])
            else:
                place = (marked[1], int(marked[2]))
        elif first := _FIRST.match(line):
            offset, guard, opcode, operands, lower = first.groups()
            second = _SECOND.match(next(lines, ""))
            if second is None:
                raise ValueError(f"nvdisasm printed no second half of the instruction at 0x{offset}")
            upper = int(second[1], 16)
            operands, note = _without_note(operands)
            current.append(
                SassInstruction(
                    offset=int(offset, 16),
                    guard=guard or "",
                    opcode=opcode,
                    operands=_split(operands),
                    control=decode(upper),
                    labels=tuple(labels),
                    file=place[0],
                    line=place[1],
                    ptx_line=ptx_line,
                    encoding=upper << 64 | int(lower, 16),
                    note=note,
                )
            )
            labels = []
    return {name: tuple(_without_padding(code)) for name, code in functions.items()}


def _without_note(operands: str) -> tuple[str, str]:
    """The operands, and the disassembler's remark that may stand among them."""
    found = _NOTE.search(operands)
    return _NOTE.sub("", operands), found[1] if found else ""


def _split(operands: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in operands.split(",") if part.strip())


def _without_padding(code: list[SassInstruction]) -> list[SassInstruction]:
    """The end of a function is a branch to itself, against prefetching, and NOPs up to a full line."""
    while code and code[-1].name == "NOP":
        code.pop()
    if code and code[-1].name == "BRA":
        code.pop()
    return code
