"""The kernels that are measured, as PTX, and how one is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smsim.handwritten import load_ptx
from smsim.profiling import Profile, profile

_HEADER = ".version 8.0\n.target sm_75\n.address_size 64\n"
_REGISTERS = """.reg .b32 %t, %u, %n; .reg .b64 %a0, %a1, %a2; .reg .pred %more;
    .reg .f32 %f<40>; .reg .f64 %d<12>; .reg .b32 %r<12>; .reg .b64 %p<12>;"""


def text(lines: Sequence[str], parameters: str = ".param .u64 at") -> str:
    """A PTX module with one kernel, ``measured``, of these lines. Its first parameter is in ``%a0``."""
    body = "\n    ".join(lines)
    return (
        f"{_HEADER}.visible .entry measured({parameters}) {{\n    {_REGISTERS}\n    "
        f"ld.param.u64 %a0, [at];\n    {body}\n    ret;\n}}\n"
    )


def run(
    ptx: str, blocks: int, threads: int, *arguments: Any, device: Any, shared: int = 0, estimate: bool = False
) -> Profile:
    """Profile the kernel of :func:`text`."""
    kernel = load_ptx(ptx)["measured"]
    launch = kernel[blocks, threads, 0, shared] if shared else kernel[blocks, threads]
    return profile(launch, *arguments, device=device, estimate=estimate)


def per_link(ptx: Any, short: int, long: int, *arguments: Any, device: Any, threads: int = 1) -> float:
    """Cycles that one more repetition takes: ``ptx(n)`` is a kernel with ``n`` of them, run by one block."""
    cycles = [run(ptx(n), 1, threads, *arguments, device=device).cycles for n in (short, long)]
    return (cycles[1] - cycles[0]) / (long - short)
