"""What NVIDIA's assembler makes of PTX: the instructions that a GPU executes (SASS), with their control bits.

The assembler is inside nvJitLink, the disassembler is ``nvdisasm``; both come from PyPI and need no GPU. From
Volta on an instruction has 128 bits, and 21 of the upper ones tell the hardware how to schedule it. NVIDIA does
not document them; that is how maxas, CuAssembler and Huerta et al. (arXiv 2503.20481) read them:

    bits 105-108  stall: cycles until the same warp may issue its next instruction
    bit  109      yield
    bits 110-112  write barrier: the counter that tells when the result is there; 7 for none
    bits 113-115  read barrier: the counter that tells when the operands were read; 7 for none
    bits 116-121  wait: the counters that must be zero before this instruction may issue, one bit each
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

#: No counter.
NO_BARRIER = 7


@dataclass(frozen=True)
class Sass:
    """One instruction.

    Attributes:
        address: in bytes from the start of its function.
        guard: ``"@!P0"``, or nothing.
        opcode: with its modifiers, ``"IMAD.WIDE.U32"``.
        operands: as the disassembler prints them.
        stall, yields, write_barrier, read_barrier, wait: the control bits; see above.
        labels: names of this place, for branches.
    """

    address: int
    guard: str
    opcode: str
    operands: tuple[str, ...]
    stall: int
    yields: bool
    write_barrier: int
    read_barrier: int
    wait: int
    labels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The opcode without modifiers."""
        return self.opcode.partition(".")[0]

    @property
    def fixed(self) -> bool:
        """Whether the assembler knows when its result is there, so that it needs no counter."""
        return self.write_barrier == NO_BARRIER


def sass(ptx: str, arch: str, options: tuple[str, ...] = ()) -> dict[str, list[Sass]]:
    """The kernels of a PTX text as machine code for ``arch``, by name.

    Skips the test where there is no disassembler or no assembler.
    """
    program = _nvdisasm()
    if program is None:
        pytest.skip("nvdisasm is missing: pip install nvidia-cuda-nvdisasm")
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(assembled(ptx, arch, options))
        file.flush()
        done = subprocess.run(
            [program, "-c", "-hex", file.name], capture_output=True, text=True, timeout=120, check=True
        )
    return _parsed(done.stdout)


def assembled(ptx: str, arch: str, options: tuple[str, ...] = ()) -> bytes:
    """The machine code, an ELF file."""
    core = pytest.importorskip("cuda.core")
    linker = core.Linker(
        core.ObjectCode.from_ptx(ptx.encode()),
        options=core.LinkerOptions(arch=arch, ptxas_options=list(options) or None),
    )
    try:
        return linker.link("cubin").code
    finally:
        linker.close()


@cache
def _nvdisasm() -> Path | None:
    try:
        files = importlib.metadata.files("nvidia-cuda-nvdisasm") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = [file.locate() for file in files if file.name in ("nvdisasm", "nvdisasm.exe")]
    return Path(found[0]) if found else None


_SECTION = re.compile(r"^\.text\.(\S+):")
_LABEL = re.compile(r"^(\.L_\w+):")
_FIRST = re.compile(
    r"^\s*/\*([0-9a-f]{4,})\*/\s+(?:(@\S+)\s+)?([A-Z]\S*)\s*(.*?)\s*;?\s*/\* 0x([0-9a-f]{16}) \*/"
)
_SECOND = re.compile(r"^\s*/\* 0x([0-9a-f]{16}) \*/")


def _parsed(listing: str) -> dict[str, list[Sass]]:
    functions: dict[str, list[Sass]] = {}
    current: list[Sass] = []
    labels: list[str] = []
    lines = iter(listing.splitlines())
    for line in lines:
        if section := _SECTION.match(line):
            current = functions.setdefault(section[1], [])
        elif label := _LABEL.match(line):
            labels.append(label[1])
        elif first := _FIRST.match(line):
            second = _SECOND.match(next(lines))
            address, guard, opcode, operands, _ = first.groups()
            control = int(second[1], 16) >> 41
            current.append(
                Sass(
                    int(address, 16),
                    guard or "",
                    opcode.rstrip(";"),
                    tuple(part.strip() for part in operands.split(",") if part.strip()),
                    stall=control & 15,
                    yields=not control >> 4 & 1,
                    write_barrier=control >> 5 & 7,
                    read_barrier=control >> 8 & 7,
                    wait=control >> 11 & 63,
                    labels=tuple(labels),
                )
            )
            labels = []
    return {name: _without_padding(code) for name, code in functions.items()}


def _without_padding(code: list[Sass]) -> list[Sass]:
    """The end of a function is a branch to itself, against prefetching, and NOPs up to a full line."""
    while code and code[-1].name == "NOP":
        code.pop()
    if code and code[-1].name == "BRA":
        code.pop()
    return code
