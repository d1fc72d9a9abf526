"""NVIDIA's assembler, which is inside nvJitLink: PTX to machine code, and what it reports of each kernel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from smsim.driver.cudacore import cuda_core
from smsim.driver.toolchain import path_of
from smsim.ptx.registerlimit import register_limit
from smsim.sass.missing import NoAssembler


class AssemblerError(ValueError):
    """NVIDIA's assembler refuses the PTX. The message is its own, with lines of the PTX text."""


@dataclass(frozen=True)
class Usage:
    """What one kernel uses, as the assembler reports it.

    Attributes:
        registers: 32-bit registers a thread.
        stack, spill_stores, spill_loads: bytes a thread.
    """

    registers: int
    stack: int
    spill_stores: int
    spill_loads: int


@dataclass(frozen=True)
class Assembled:
    """Machine code.

    Attributes:
        cubin: an ELF file.
        usage: what each kernel in it uses, by name.
    """

    cubin: bytes
    usage: dict[str, Usage]


def assemble(ptx: str, arch: str, options: Sequence[str] = ()) -> Assembled:
    """``ptx`` as machine code for ``arch``, such as ``"sm_90a"``.

    Where Numba compiled it with ``max_registers``, the assembler is held to that.

    Raises:
        AssemblerError: the assembler refuses it.
        NoAssembler: nvJitLink or cuda.core is not installed.
    """
    if path_of("nvJitLink") is None:
        raise NoAssembler
    core = cuda_core()
    settings = core.LinkerOptions(
        arch=arch,
        lineinfo=True,
        ptxas_options=["-v", *options],
        max_register_count=register_limit(ptx),
    )
    # A last line without its end, in a text of n * 16 bytes, makes nvJitLink 13.0 write beyond its memory.
    ended = ptx if ptx.endswith("\n") else f"{ptx}\n"
    linker = None
    try:
        linker = core.Linker(core.ObjectCode.from_ptx(ended.encode()), options=settings)
        code = linker.link("cubin")
        return Assembled(bytes(code.code), _usage(linker.get_info_log()))
    except Exception as error:  # nvJitLink's errors have no public class
        said = _refused(str(error))
        if not said:
            raise
        raise AssemblerError(f"NVIDIA's assembler refuses this PTX for {arch}:\n{said}") from None
    finally:
        if linker is not None:
            linker.close()


_ERROR = re.compile(r"ptxas .*?input(?:, line (\d+))?; (error|fatal)\s*: (.*)")
_FATAL = re.compile(r"ptxas fatal\s*:\s*(.*)")
_PROPERTIES = re.compile(
    r"Function properties for (\S+)\s*\n[^\n]*?(\d+) bytes stack frame, (\d+) bytes spill stores, "
    r"(\d+) bytes spill loads\s*\n[^\n]*?Used (\d+) registers"
)


def _refused(log: str) -> str:
    """The assembler's errors, a line each."""
    found = [(line, text.strip()) for line, _, text in _ERROR.findall(log)]
    if found:
        return "\n".join(f"  line {line}: {text}" if line else f"  {text}" for line, text in found)
    return "\n".join(f"  {text.strip()}" for text in _FATAL.findall(log))


def _usage(log: str) -> dict[str, Usage]:
    return {
        name: Usage(int(registers), int(stack), int(stores), int(loads))
        for name, stack, stores, loads, registers in _PROPERTIES.findall(log)
    }
