"""Where in the program: the PTX line, and the Python line that it was compiled from."""

from __future__ import annotations

import linecache
import os
import re
from dataclasses import dataclass

from smsim.ptx.nodes import Function, Instruction, Module

_SHARED_ARRAY = re.compile(r"^\s*(\w+)\s*(?::[^=]+)?=\s*(?:\w+\.)*shared\.array\s*\(")


@dataclass(frozen=True)
class Where:
    """Lines of one instruction; ``source_*`` are ``None`` where the compiler left no line information."""

    ptx_line: int
    ptx_text: str
    source_line: int | None
    source_text: str | None

    def lines(self) -> str:
        """The lines as they stand below an error's sentence."""
        out = []
        if self.source_line is not None:
            out.append(f"Python line {self.source_line}: {self.source_text}".rstrip(": "))
        out.append(f"PTX line {self.ptx_line}: {self.ptx_text}")
        return "".join(f"\n    {line}" for line in out)

    def short(self) -> str:
        """One phrase: the Python line if it is known, else the PTX."""
        if self.source_line is not None:
            return (
                f"line {self.source_line}, {self.source_text}"
                if self.source_text
                else f"line {self.source_line}"
            )
        return f"PTX line {self.ptx_line}, {self.ptx_text}"

    def facts(self) -> dict[str, object]:
        return {
            "ptx_line": self.ptx_line,
            "ptx_text": self.ptx_text,
            "source_line": self.source_line,
            "source_text": self.source_text,
        }


def where(instruction: Instruction, module: Module) -> Where:
    loc = instruction.loc
    line = text = None
    if loc is not None and loc.line > 0:
        line = loc.line
        source = _source(module.files.get(loc.file, ""))
        text = (source[line - 1].strip() or None) if line <= len(source) else None
    return Where(instruction.line, instruction.text, line, text)


def _source(path: str) -> list[str]:
    """The lines of a source file. Older IPython names its cells without a folder, and Numba adds one."""
    return linecache.getlines(path) or linecache.getlines(os.path.basename(path))


def shared_names(function: Function, module: Module) -> dict[str, str]:
    """What the Python source calls the shared arrays: ``{"_cudapy_smem_1": "tile"}``.

    Numba numbers its shared arrays in the order of the source, so the assignments from the kernel's
    first line on name them, where there are as many of the one as of the other.
    """
    symbols = sorted(
        (
            v.name
            for v in (*module.variables.values(), *function.variables.values())
            if v.space == "shared" and v.name.startswith("_cudapy_smem_")
        ),
        key=lambda name: int(name.rsplit("_", 1)[1]),
    )
    lines = [i.loc for i in function.body if i.loc is not None and i.loc.line > 0]
    if not symbols or not lines:
        return {}
    source = _source(module.files.get(lines[0].file, ""))
    last = max(loc.line for loc in lines if loc.file == lines[0].file)
    first = min(loc.line for loc in lines if loc.file == lines[0].file)
    found = [m[1] for m in map(_SHARED_ARRAY.match, source[first - 1 : last]) if m]
    return dict(zip(symbols, found, strict=True)) if len(found) == len(symbols) else {}
