"""Numba's link step, made to hand over PTX instead of machine code.

With link-time optimisation, which is Numba's default, nvJitLink merges LTO-IR from Numba and from CUDA C
into one PTX module in which everything is resolved. Without it (``debug=True``, ``lto=False``, a linked
``.ptx`` file) the PTX modules are handed over one after another, and the simulated device links them.
"""

from __future__ import annotations

from typing import Any

from smsim.driver.cudacore import cuda_core
from smsim.ptx.registerlimit import with_register_limit

_PTX, _LTOIR = "ptx", "ltoir"
_IGNORED = ("library",)  # archives: Numba only ever links cudadevrt, whose functions the device has


def link_to_ptx(linker: Any) -> str:
    """The PTX of everything that was added to ``linker``, a ``numba.cuda.cudadrv.driver._Linker``.

    Raises:
        numba.cuda.cudadrv.driver.LinkerError: something was added that holds no PTX.
    """
    from numba.cuda.cudadrv.driver import LinkerError

    intermediate, texts = [], []
    for code in linker._object_codes:
        kind = _kind(code)
        if kind == _LTOIR:
            intermediate.append(code)
        elif kind == _PTX:
            texts.append(_text(code))
        elif kind not in _IGNORED:
            raise LinkerError(
                f"A {kind} was linked: it holds machine code of a real GPU, and the simulated SM executes "
                "PTX. Link the CUDA C source or its PTX instead."
            )
    if intermediate:
        texts.insert(0, _optimised(intermediate, linker.arch, linker.max_registers))
    return with_register_limit("\n".join(texts), linker.max_registers)


def _optimised(codes: list[Any], arch: str, max_registers: int | None) -> str:
    core = cuda_core()

    options = core.LinkerOptions(
        arch=arch,
        link_time_optimization=True,
        ptx=True,
        lineinfo=True,
        max_register_count=max_registers or None,
    )
    linker = core.Linker(*codes, options=options)
    try:
        return _text(linker.link("ptx"))
    finally:
        linker.close()


def complete(linker: Any) -> Any:
    """Stands in for ``_Linker.complete``: an ObjectCode that holds PTX."""
    text = link_to_ptx(linker)
    linker.linker = linker  # only asked whether there is one
    linker._info_log, linker._error_log, linker._complete = "", "", True
    return cuda_core().ObjectCode.from_ptx(text.encode())


def machine_code(code: Any, arch: str) -> Any:
    """``code``, or if it holds PTX the cubin that NVIDIA's assembler makes of it (for ``inspect_sass``)."""
    if _kind(code) != _PTX:
        return code
    core = cuda_core()

    linker = core.Linker(code, options=core.LinkerOptions(arch=arch, lineinfo=True))
    try:
        return linker.link("cubin")
    finally:
        linker.close()


def _kind(code: Any) -> str:
    return code.code_type if hasattr(code, "code_type") else code._code_type


def _text(code: Any) -> str:
    raw = code.code
    text = raw.decode("utf-8", "replace") if isinstance(raw, (bytes, bytearray)) else str(raw)
    return text.strip("\0").rstrip() + "\n"
