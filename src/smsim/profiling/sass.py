"""The machine code that NVIDIA's assembler makes of a kernel, by Python line, where a disassembler is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

_LINE = re.compile(r'//## File ".*", line (\d+)')
_INSTRUCTION = re.compile(r"\s*/\*[0-9a-f]{4,}\*/\s+(.*?)\s*;")


def disassembled(ptx: str, entry: str, arch: str) -> list[tuple[int, str]] | None:
    """``(Python line, instruction)`` in order, 0 for no line; ``None`` where nvdisasm or nvJitLink is not installed.

    Nvdisasm is looked for on the path and in the wheel ``nvidia-cuda-nvdisasm``.
    """
    program = _nvdisasm()
    if program is None:
        return None
    from smsim.driver.cudacore import cuda_core
    from smsim.driver.linker import machine_code

    try:
        cubin = machine_code(cuda_core().ObjectCode.from_ptx(ptx.encode()), arch).code
    except Exception:  # several classes, none public; a listing is no reason to fail
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "kernel.cubin")
        file.write_bytes(cubin)
        done = subprocess.run([program, "-g", "-c", str(file)], capture_output=True, text=True, check=False)
    return None if done.returncode else _parsed(done.stdout, entry)


def _parsed(listing: str, entry: str) -> list[tuple[int, str]]:
    found, line, inside = [], 0, False
    for text in listing.splitlines():
        if text.lstrip().startswith(".section"):
            inside = f".text.{entry}," in text
        elif marked := _LINE.search(text):
            line = int(marked[1])
        elif inside and (one := _INSTRUCTION.match(text)):
            found.append((line, one[1]))
    return found


def _nvdisasm() -> str | None:
    on_path = shutil.which("nvdisasm")
    if on_path:
        return on_path
    try:
        files = metadata.files("nvidia-cuda-nvdisasm") or []
    except metadata.PackageNotFoundError:
        return None
    programs = [f for f in files if f.name in ("nvdisasm", "nvdisasm.exe")]
    place = str(programs[0].locate()) if programs else ""
    return place if os.access(place, os.X_OK) else None
