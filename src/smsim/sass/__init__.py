"""Machine code (SASS): what NVIDIA's assembler makes of PTX, read with NVIDIA's disassembler. Neither needs a GPU."""

from smsim.sass.assembler import Assembled, AssemblerError, Usage, assemble
from smsim.sass.code import MachineCode, machine_code
from smsim.sass.disassembler import disassemble
from smsim.sass.instructions import NO_BARRIER, Control, SassInstruction, decode
from smsim.sass.missing import MissingTool, NoAssembler, NoDisassembler

__all__ = [
    "NO_BARRIER",
    "Assembled",
    "AssemblerError",
    "Control",
    "MachineCode",
    "MissingTool",
    "NoAssembler",
    "NoDisassembler",
    "SassInstruction",
    "Usage",
    "assemble",
    "decode",
    "disassemble",
    "machine_code",
]
