"""Kernels of the tests as NVIDIA's assembler makes them; tests are skipped where its tools are missing."""

from __future__ import annotations

import pytest

from smsim.sass import MissingTool, SassInstruction, assemble, disassemble


def sass(ptx: str, arch: str, options: tuple[str, ...] = ()) -> dict[str, tuple[SassInstruction, ...]]:
    """The kernels of a PTX text as machine code for ``arch``, by name."""
    return disassembled(assembled(ptx, arch, options))


def disassembled(cubin: bytes) -> dict[str, tuple[SassInstruction, ...]]:
    """The kernels of an ELF file of machine code, by name."""
    try:
        return disassemble(cubin)
    except MissingTool as missing:
        pytest.skip(str(missing))


def assembled(ptx: str, arch: str, options: tuple[str, ...] = ()) -> bytes:
    """The machine code, an ELF file."""
    try:
        return assemble(ptx, arch, options).cubin
    except MissingTool as missing:
        pytest.skip(str(missing))
