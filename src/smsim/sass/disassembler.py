"""NVIDIA's disassembler, ``nvdisasm``: where it is, and what it says of an ELF file of machine code."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from smsim.sass.instructions import SassInstruction, parse
from smsim.sass.missing import NoDisassembler


def disassemble(cubin: bytes) -> dict[str, tuple[SassInstruction, ...]]:
    """The functions of an ELF file of machine code, by name.

    A run of ``nvdisasm`` takes most of a second, however short the code; several functions in one file cost no more.

    Raises:
        NoDisassembler: it is not installed.
        RuntimeError: it cannot read the file.
    """
    program = find()
    if program is None:
        raise NoDisassembler
    return dict(_disassembled(program, cubin))


@lru_cache(maxsize=64)
def _disassembled(program: str, cubin: bytes) -> dict[str, tuple[SassInstruction, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kernel.cubin")
        file.write_bytes(cubin)
        command = [program, "-g", "-gp", "-c", "-hex", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        said = (done.stderr or done.stdout).replace(str(file), "the machine code").strip()
        raise RuntimeError(f"nvdisasm cannot read this machine code: {said}")
    return parse(done.stdout)


def find() -> str | None:
    """Where ``nvdisasm`` is: in the wheel ``nvidia-cuda-nvdisasm``, else on the path, else ``None``."""
    try:
        files = metadata.files("nvidia-cuda-nvdisasm") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        place = str(file.locate())
        if file.name in ("nvdisasm", "nvdisasm.exe") and os.access(place, os.X_OK):
            return place
    return shutil.which("nvdisasm")
