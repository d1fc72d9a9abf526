"""Registers, local and shared memory of a kernel, as NVIDIA's own assembler gives them.

nvJitLink holds that assembler and needs no GPU. Its log says what each kernel uses; 10 to 30 ms a module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from smsim.devices import DeviceSpec
from smsim.driver.cudacore import cuda_core
from smsim.machine.registerpool import entry_registers
from smsim.machine.residency import Footprint
from smsim.ptx import load_text
from smsim.ptx.flow import reachable
from smsim.ptx.registerlimit import register_limit
from smsim.timing.occupancy import NO_PREFERENCE, block_limits, warps_of_largest_block


@dataclass(frozen=True, slots=True)
class Resources:
    """What a kernel uses: registers and local bytes a thread, shared and constant bytes a block.

    ``spill_stores`` and ``spill_loads`` are bytes a thread that want of registers moves to and from local memory.
    ``known`` is False where the assembler could not say (it was not found, or refused the text);
    then 32 registers are assumed.
    """

    registers: int = 32
    shared: int = 0
    local: int = 0
    constant: int = 0
    barriers: int = 0
    spill_stores: int = 0
    spill_loads: int = 0
    known: bool = False


@lru_cache(maxsize=256)
def of(text: str, arch: str) -> Mapping[str, Resources]:
    """Resources of every kernel in the PTX ``text``, by its PTX name; empty when they cannot be had."""
    try:
        log = _assemble(text, arch)
    except Exception:  # several classes, none public; without figures one can still launch
        return {}
    found = {}
    for part in re.split(r"Compiling entry function '", log)[1:]:
        name = part[: part.index("'")]
        found[name] = Resources(
            registers=_number(part, r"Used (\d+) registers"),
            shared=_number(part, r"(\d+) bytes smem"),
            local=_number(part, r"(\d+) bytes stack frame"),
            constant=_number(part, r"(\d+) bytes cmem\[[2-9]\]"),
            barriers=_number(part, r"used (\d+) barriers"),
            spill_stores=_number(part, r"(\d+) bytes spill stores"),
            spill_loads=_number(part, r"(\d+) bytes spill loads"),
            known=True,
        )
    if "setmaxnreg" in text:
        _start_as_declared(found, text)
    return found


def _start_as_declared(found: dict[str, Resources], text: str) -> None:
    """Kernels that move registers between their warps start with as many as they declare. nvJitLink ignores
    ``setmaxnreg`` and says how many it would need itself."""
    module = load_text(text)
    for name, used in found.items():
        functions = reachable(module.functions[name], module)
        if not any(i.opcode == "setmaxnreg" for f in functions for i in f.body):
            continue
        declared = entry_registers(module.functions[name].directives, register_limit(text))
        found[name] = replace(used, registers=max(used.registers, declared or 0))


def _assemble(text: str, arch: str) -> str:
    core = cuda_core()

    linker = core.Linker(
        core.ObjectCode.from_ptx(text.encode()),
        options=core.LinkerOptions(arch=arch, ptxas_options=["-v"], max_register_count=register_limit(text)),
    )
    linker.link("cubin")
    log = linker.get_info_log()
    linker.close()
    return log


def _number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return int(found.group(1)) if found else 0


def largest_block(
    used: Resources, spec: DeviceSpec, directives: Mapping[str, tuple[int, ...]] | None = None
) -> int:
    """The most threads a block of this kernel may have, by its registers and its launch bounds."""
    threads = min(
        spec.max_threads_per_block, int(warps_of_largest_block(used.registers, spec)) * spec.warp_size
    )
    for directive in ("maxntid", "reqntid"):
        if directives and directive in directives:
            product = 1
            for extent in directives[directive]:
                product *= extent
            threads = min(threads, product)
    return threads


def blocks_per_sm(
    used: Resources,
    spec: DeviceSpec,
    threads: ArrayLike,
    dynamic_shared: int = 0,
    carveout: int = NO_PREFERENCE,
) -> np.ndarray:
    """Blocks of ``threads`` threads that one SM holds at once; see :mod:`smsim.timing.occupancy`."""
    shared = used.shared + dynamic_shared
    return block_limits(spec, threads, used.registers, shared, used.barriers, carveout).resident


def footprint(used: Resources, spec: DeviceSpec, threads: int, dynamic_shared: int = 0) -> Footprint:
    """The share that a block of ``threads`` threads takes of each resource of an SM."""
    limits = block_limits(spec, threads, used.registers, used.shared + dynamic_shared)
    most = (limits.blocks, limits.registers, limits.shared, limits.warps)
    return tuple(1 / max(int(limit), 1) for limit in most)
