"""Registers, local and shared memory of a kernel, as NVIDIA's own assembler gives them.

nvJitLink holds that assembler and needs no GPU. Its log says what each kernel uses; 10 to 30 ms a module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from smsim.devices import DeviceSpec
from smsim.driver.cudacore import cuda_core


@dataclass(frozen=True, slots=True)
class Resources:
    """What a kernel uses: registers and local bytes a thread, shared and constant bytes a block.

    ``known`` is False where the assembler could not say (it was not found, or refused the text);
    then 32 registers are assumed.
    """

    registers: int = 32
    shared: int = 0
    local: int = 0
    constant: int = 0
    barriers: int = 0
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
            known=True,
        )
    return found


def with_register_limit(text: str, limit: int | None) -> str:
    """``text`` with a note for the assembler's sake: PTX from the linker has lost ``max_registers``."""
    return f"{text}{_LIMIT}{limit}\n" if limit else text


_LIMIT = "// registers a thread at most: "


def _assemble(text: str, arch: str) -> str:
    core = cuda_core()

    limit = _number(text, re.escape(_LIMIT) + r"(\d+)")

    linker = core.Linker(
        core.ObjectCode.from_ptx(text.encode()),
        options=core.LinkerOptions(arch=arch, ptxas_options=["-v"], max_register_count=limit or None),
    )
    linker.link("cubin")
    log = linker.get_info_log()
    linker.close()
    return log


def _number(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    return int(found.group(1)) if found else 0


def registers_per_warp(registers: int, spec: DeviceSpec) -> int:
    """Registers set aside for a warp, in the hardware's units (occupancy tables of the CUDA guide)."""
    unit = spec.register_allocation_unit
    return -(-registers * spec.warp_size // unit) * unit


def largest_block(
    used: Resources, spec: DeviceSpec, directives: Mapping[str, tuple[int, ...]] | None = None
) -> int:
    """The most threads a block of this kernel may have, by its registers and its launch bounds."""
    warps = spec.registers_per_block // max(1, registers_per_warp(used.registers, spec))
    warps -= warps % spec.subpartitions_per_sm
    threads = min(spec.max_threads_per_block, warps * spec.warp_size)
    for directive in ("maxntid", "reqntid"):
        if directives and directive in directives:
            product = 1
            for extent in directives[directive]:
                product *= extent
            threads = min(threads, product)
    return threads


def blocks_per_sm(used: Resources, spec: DeviceSpec, threads: int, dynamic_shared: int = 0) -> int:
    """Blocks of ``threads`` threads that one SM holds at once (CUDA guide, occupancy).

    Limited by warps, blocks, registers and shared memory; named barriers are left out.
    """
    warps = -(-threads // spec.warp_size)
    per_warp = registers_per_warp(used.registers, spec)
    part = spec.registers_per_sm // spec.subpartitions_per_sm
    by_registers = (
        (part // per_warp) * spec.subpartitions_per_sm // warps if per_warp else spec.max_blocks_per_sm
    )
    unit = spec.shared_allocation_unit
    shared = used.shared + dynamic_shared + spec.shared_reserved_per_block
    shared = -(-shared // unit) * unit
    by_shared = spec.shared_per_sm // shared if shared else spec.max_blocks_per_sm
    return max(0, min(spec.max_blocks_per_sm, spec.max_warps_per_sm // warps, by_registers, by_shared))
