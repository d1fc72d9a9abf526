"""The real GPUs of this computer, asked of NVIDIA's driver directly."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Gpu:
    """A real GPU: its name and compute capability, such as ``(7, 5)``."""

    name: str
    compute_capability: tuple[int, int]


@dataclass(frozen=True, slots=True)
class RealDriver:
    """NVIDIA's driver: the CUDA version that it supports, ``(major, minor)``, and its GPUs.

    ``cuda`` is ``None`` where no driver is installed.
    """

    cuda: tuple[int, int] | None
    gpus: tuple[Gpu, ...]


@cache
def real_driver() -> RealDriver:
    """What the driver says; asked once a process, before the simulated one takes its place."""
    library = _library()
    if library is None:
        return RealDriver(None, ())
    number = ctypes.c_int(0)
    library.cuDriverGetVersion(ctypes.byref(number))
    version = (number.value // 1000, number.value % 1000 // 10)
    count = ctypes.c_int(0)
    if library.cuInit(0) or library.cuDeviceGetCount(ctypes.byref(count)):
        return RealDriver(version, ())  # a driver without a GPU that it can use
    return RealDriver(version, tuple(_gpu(library, i) for i in range(count.value)))


def _library() -> ctypes.CDLL | None:
    names = ["nvcuda.dll"] if sys.platform == "win32" else ["libcuda.so.1", "libcuda.so"]
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _gpu(library: ctypes.CDLL, index: int) -> Gpu:
    device, text = ctypes.c_int(0), ctypes.create_string_buffer(256)
    library.cuDeviceGet(ctypes.byref(device), index)
    library.cuDeviceGetName(text, len(text), device)
    parts = []
    for attribute in (75, 76):  # COMPUTE_CAPABILITY_MAJOR, _MINOR
        value = ctypes.c_int(0)
        library.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        parts.append(value.value)
    return Gpu(text.value.decode(), (parts[0], parts[1]))
