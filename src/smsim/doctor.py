"""``python -m smsim doctor``: what this computer has, which engine will run, and what to do if none can."""

from __future__ import annotations

import sys
from collections.abc import Callable

from smsim.driver import environment
from smsim.driver.attach import choose
from smsim.driver.environment import Environment
from smsim.errors import EnvironmentProblem


def examine(write: Callable[[str], object] = print) -> int:
    """Print the findings. Returns 0 when an engine can run kernels here, 1 when none can."""
    here = environment.look()
    for name, value in findings(here):
        write(f"{name:<12} {value}")
    write("")
    try:
        write(_verdict(here))
    except EnvironmentProblem as problem:
        write(f"No engine can run kernels here. {problem}")
        return 1
    note = _untested(here)
    if note:
        write(note)
    return 0


def findings(here: Environment) -> list[tuple[str, str]]:
    """What was found, as pairs of name and text."""
    nvvm = None
    if here.nvvm:
        nvvm = f"writes PTX {_dotted(here.nvvm_ptx)}" if here.nvvm_ptx else "found, but compiles nothing"
    gpus = [f"{g.name} (sm_{g.compute_capability[0]}{g.compute_capability[1]})" for g in here.driver.gpus]
    return [
        ("Python", _dotted(here.python) + f" on {here.system}"),
        ("NumPy", here.numpy or "missing"),
        ("Numba", here.numba or "missing"),
        ("numba-cuda", here.numba_cuda or "missing"),
        ("NVVM", nvvm or "missing"),
        ("NVRTC", f"CUDA {_dotted(here.nvrtc)}" if here.nvrtc else "missing"),
        ("nvJitLink", f"CUDA {_dotted(here.nvjitlink)}" if here.nvjitlink else "missing"),
        ("driver", f"CUDA {_dotted(here.driver.cuda)}" if here.driver.cuda else "none"),
        ("GPU", ", ".join(gpus) or "none"),
    ]


def _verdict(here: Environment) -> str:
    choice = choose(here)
    if choice.gpu is not None:
        return f"Kernels will run on the {choice.gpu}: {choice.reason}."
    order = "" if choice.seed is None else f" Threads will run in the order of seed {choice.seed}."
    return f"Kernels will run on a simulated {choice.device}: {choice.reason}.{order}"


def _untested(here: Environment) -> str | None:
    if here.numba_cuda in environment.TESTED_NUMBA_CUDA:
        return None
    tested = " and ".join(environment.TESTED_NUMBA_CUDA)
    return f"numba-cuda {here.numba_cuda} has not been tried with smsim; {tested} have."


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


if __name__ == "__main__":
    sys.exit(examine())
