"""One kernel's machine code: its instructions and what it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smsim.sass.assembler import Usage, assemble
from smsim.sass.disassembler import disassemble
from smsim.sass.instructions import SassInstruction


@dataclass(frozen=True, repr=False)
class MachineCode:
    """The SASS of one kernel. It can be iterated and indexed like a list of instructions.

    Attributes:
        arch: the GPU it is for, ``"sm_90a"``.
        instructions: in order; the padding at the end is left out.
        usage: registers and spills, as the assembler reports them.
    """

    arch: str
    instructions: tuple[SassInstruction, ...]
    usage: Usage

    def __iter__(self) -> Iterator[SassInstruction]:
        return iter(self.instructions)

    def __len__(self) -> int:
        return len(self.instructions)

    def __getitem__(self, at: int) -> SassInstruction:
        return self.instructions[at]

    def __str__(self) -> str:
        return "\n".join(map(str, self.instructions))

    __repr__ = __str__


def machine_code(ptx: str, entry: str, arch: str) -> MachineCode:
    """What NVIDIA's assembler makes of the kernel ``entry`` of ``ptx``, for ``arch``.

    Raises:
        AssemblerError: it refuses the PTX.
        NoDisassembler: ``nvdisasm`` is not installed.
        KeyError: the machine code has no such kernel.
    """
    assembled = assemble(ptx, arch)
    return MachineCode(arch, disassemble(assembled.cubin)[entry], assembled.usage[entry])
