"""What one returned notebook may use, and which of that this system can hold it to."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """The most that one notebook may take.

    Attributes:
        seconds: wall-clock time from start to end; the CPU time of each process has the same limit.
        memory_mib: address space of a process, in MiB. A lab takes up to about 750 of it.
        notebook_mib: size of the returned file, in MiB. A larger one is not opened.
        output_mib: what its cells may print, in MiB; the rest is thrown away, and the row says so.
        file_mib: size of a file that it may write, in MiB.
    """

    seconds: float = 300
    memory_mib: float = 3072
    notebook_mib: float = 8
    output_mib: float = 1
    file_mib: float = 64

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"a limit is a number above 0; {name} is {value!r}")


def hold(limits: Limits) -> None:
    """Hold this process, and all that it starts, to ``limits``; where the system has no such limits, nothing."""
    if not _has_limits():
        return
    import resource

    cpu = int(limits.seconds) + 1
    for kind, value in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, int(limits.memory_mib * MIB)),
        (resource.RLIMIT_FSIZE, int(limits.file_mib * MIB)),
        (resource.RLIMIT_CORE, 0),
    ):
        most = resource.getrlimit(kind)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS refuses some; `not_held` says so
            continue


def not_held() -> str:
    """A sentence that names the limits this system does not hold; empty where all hold."""
    import sys

    if not _has_limits():
        return (
            "This system has no limits for a process: only the time, the size of a notebook and what its cells "
            "print are limited. Memory, CPU time and the size of files are not."
        )
    if sys.platform == "darwin":
        return "macOS does not hold a process to its limit of memory. The other limits hold."
    return ""


def _has_limits() -> bool:
    return importlib.util.find_spec("resource") is not None
