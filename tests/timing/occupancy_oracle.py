"""NVIDIA's occupancy calculator as a program: ``cuda_occupancy.h`` from the toolkit's wheel, and a C compiler."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np

from smsim.devices import DeviceSpec, load

#: The GPUs of five compute capabilities. 8.9 has no file of its own; it is 8.6 but for these (guide, table of
#: technical specifications per compute capability).
SPECS = {
    "7.5": load("T4"),
    "8.0": load("A100"),
    "8.6": load("RTX A6000"),
    "8.9": replace(
        load("RTX A6000"), name="8.9", compute_capability=(8, 9), arch="sm_89",
        max_blocks_per_sm=24, barriers_per_sm=24,
    ),
    "9.0": load("H800"),
}  # fmt: skip

FACTORS = {"warps": 1, "registers": 2, "shared": 4, "blocks": 8, "barriers": 16}
COLUMNS = (
    "resident", "factors", "registers", "shared", "warps", "blocks", "barriers", "registers_per_block",
    "shared_per_block",
)  # fmt: skip


def header() -> Path | None:
    """``cuda_occupancy.h``, wherever the wheels of this environment have put it."""
    found = importlib.util.find_spec("nvidia")
    folders = found.submodule_search_locations if found else None
    headers = [h for folder in folders or () for h in Path(folder).glob("**/include/cuda_occupancy.h")]
    return headers[0] if headers else None


def compiler() -> str | None:
    """A C compiler's path."""
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


def build(folder: Path, header: Path, compiler: str) -> Path:
    """The program, compiled."""
    program = folder / "oracle"
    source = Path(__file__).with_suffix(".c")
    subprocess.run(
        [compiler, "-std=gnu11", "-O1", "-o", program, f"-I{header.parent}", source], check=True, timeout=300
    )
    return program


def answers(program: Path, spec: DeviceSpec, cases: np.ndarray) -> dict[str, np.ndarray]:
    """What the header says to ``cases``, integers ``(n, 6)`` as the program reads them, by :data:`COLUMNS`."""
    device = (
        *spec.compute_capability, spec.max_threads_per_block, spec.max_threads_per_sm, spec.registers_per_block,
        spec.registers_per_sm, spec.warp_size, spec.shared_per_block, spec.shared_per_sm, spec.sms,
        spec.shared_per_block_optin, spec.shared_reserved_per_block,
    )  # fmt: skip
    rows = [" ".join(map(str, row)) for row in [device, *cases.tolist()]]
    ran = subprocess.run(
        [program], input="\n".join(rows), capture_output=True, text=True, check=True, timeout=300
    )
    table = np.array(ran.stdout.split(), np.int64).reshape(-1, len(COLUMNS))
    assert len(table) == len(cases)
    return dict(zip(COLUMNS, table.T))
