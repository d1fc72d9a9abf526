"""What this computer has, and what stands in the way, in sentences that ``attach`` and ``doctor`` share."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from dataclasses import dataclass

from smsim.driver import toolchain
from smsim.driver.gpus import RealDriver, real_driver

#: numba-cuda versions that are tested: the pinned one, and the one of Colab's GPU runtime.
TESTED_NUMBA_CUDA = ("0.30.4", "0.22.2")

Version = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Environment:
    """The facts that decide whether kernels can run here. Versions are ``None`` where nothing was found."""

    python: tuple[int, int]
    system: str
    numpy: str | None
    numba: str | None
    numba_cuda: str | None
    cuda_bindings: str | None
    cuda_core: str | None
    nvvm: str | None
    nvvm_ptx: Version
    nvrtc: Version
    nvjitlink: Version
    driver: RealDriver
    colab: bool = False


def look() -> Environment:
    """Look at this computer. Loads the compiler libraries, but neither Numba nor the driver's bindings."""
    supported = platform.system() != "Darwin"
    return Environment(
        python=sys.version_info[:2],
        system=platform.system(),
        numpy=_installed("numpy"),
        numba=_installed("numba"),
        numba_cuda=_installed("numba-cuda"),
        cuda_bindings=_installed("cuda-bindings"),
        cuda_core=_installed("cuda-core"),
        nvvm=toolchain.path_of("nvvm") if supported else None,
        nvvm_ptx=toolchain.nvvm_ptx_version() if supported else None,
        nvrtc=toolchain.cuda_version_of("nvrtc") if supported else None,
        nvjitlink=toolchain.cuda_version_of("nvJitLink") if supported else None,
        driver=real_driver(),
        colab=importlib.util.find_spec("google.colab") is not None if _has("google") else False,
    )


def compiler_problem(here: Environment) -> str | None:
    """Why no kernel can be compiled here, with the remedy; ``None`` when all is well."""
    if here.python < (3, 11):
        return (
            f"This is Python {here.python[0]}.{here.python[1]}; smsim needs 3.11 or newer: make an "
            "environment with a newer Python."
        )
    if here.system == "Darwin":
        return (
            "NVIDIA publishes no compiler for macOS: open the notebooks in Colab, or run them in a Linux "
            "container (an arm64 one on Apple silicon)."
        )
    if here.numba is None or here.numba_cuda is None:
        missing = [n for n, v in (("numba", here.numba), ("numba-cuda", here.numba_cuda)) if v is None]
        return (
            f"{_listed(missing)} {_are(missing)} not installed: "
            f"pip install numba numba-cuda=={TESTED_NUMBA_CUDA[0]} {toolchain.PINS}"
        )
    return _library_problem(here)


def _library_problem(here: Environment) -> str | None:
    found = {"NVVM": here.nvvm, "NVRTC": here.nvrtc, "nvJitLink": here.nvjitlink}
    missing = [name for name, value in found.items() if value is None]
    if missing:
        return (
            f"No compiler: {_listed(missing)} {_are(missing)} missing. "
            f"Install NVIDIA's compiler, which needs no GPU: pip install {toolchain.PINS}"
        )
    if here.nvvm_ptx is None:
        return (
            "NVVM is here but compiles nothing; its installation is damaged or of another version: "
            f"pip install --force-reinstall {toolchain.PINS}"
        )
    readable = toolchain.ptx_of_cuda(here.nvjitlink)
    if here.nvvm_ptx > readable:
        return (
            f"Wrong NVVM: it writes PTX {_dotted(here.nvvm_ptx)}, and nvJitLink reads PTX up to "
            f"{_dotted(readable)}. Install one CUDA version of both: pip install {toolchain.PINS}"
        )
    return None


def gpu_problem(here: Environment) -> str | None:
    """Why the GPU cannot be used, with the remedy; ``None`` when it can, or when there is none."""
    cuda = here.driver.cuda
    if not here.driver.gpus or cuda is None or here.nvjitlink is None:
        return None
    if cuda[0] >= here.nvjitlink[0]:
        return None  # the driver loads the machine code of every minor version of its CUDA
    return (
        f"The driver is too old: it knows CUDA {_dotted(cuda)} and reads PTX up to "
        f"{_dotted(toolchain.ptx_of_cuda(cuda))}, and the compiler here writes "
        f"PTX {_dotted(here.nvvm_ptx or toolchain.ptx_of_cuda(here.nvjitlink))}. Update the driver, or "
        f'install the compiler of its CUDA version (pip install "numba-cuda[cu{cuda[0]}]"), or run on the '
        "simulated SM: set SMSIM=1."
    )


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _has(name: str) -> bool:
    return name in sys.modules or importlib.util.find_spec(name) is not None


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
