"""NVIDIA's compiler libraries: which are here, and which PTX they write and read.

NVVM turns Numba's LLVM IR into PTX, NVRTC compiles CUDA C and tells Numba which GPUs there are, nvJitLink
links and assembles. All three come from PyPI and run without a GPU.
"""

from __future__ import annotations

import ctypes
import re
from functools import cache

#: The versions that are tested, as pip takes them.
PINS = "nvidia-nvvm==13.0.88 nvidia-cuda-nvrtc==13.0.88 nvidia-nvjitlink==13.0.88"

#: PTX version that came with each CUDA 12; from 13 on the minor versions of both are the same.
_PTX_OF_CUDA_12 = (0, 1, 2, 3, 4, 5, 5, 6, 7, 8)

_PROBE = b"""target datalayout = "e-p:64:64:64-i1:8:8-i8:8:8-i16:16:16-i32:32:32-i64:64:64-i128:128:128-f32:32:32\
-f64:64:64-v16:16:16-v32:32:32-v64:64:64-v128:128:128-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
define void @f() { ret void }
!nvvmir.version = !{!0}
!0 = !{i32 2, i32 0}
"""


def ptx_of_cuda(version: tuple[int, int]) -> tuple[int, int]:
    """The PTX version that a CUDA version understands: ``(13, 0)`` reads up to ``(9, 0)``."""
    major, minor = version
    if major == 12:
        return (8, _PTX_OF_CUDA_12[min(minor, len(_PTX_OF_CUDA_12) - 1)])
    return (major - 4, minor)


@cache
def path_of(library: str) -> str | None:
    """Where ``"nvvm"``, ``"nvrtc"`` or ``"nvJitLink"`` lies, or ``None``. It is loaded by asking."""
    try:
        from cuda.pathfinder import load_nvidia_dynamic_lib

        return load_nvidia_dynamic_lib(library).abs_path
    except Exception:  # not installed, or of another kind than this Python can load
        return None


@cache
def cuda_version_of(library: str) -> tuple[int, int] | None:
    """The CUDA version that NVRTC or nvJitLink came with."""
    path = path_of(library)
    if path is None:
        return None
    loaded = ctypes.CDLL(path)
    ask = getattr(loaded, "nvrtcVersion" if library == "nvrtc" else "nvJitLinkVersion", None)
    if ask is None:
        return None
    major, minor = ctypes.c_int(0), ctypes.c_int(0)
    ask(ctypes.byref(major), ctypes.byref(minor))
    return (major.value, minor.value)


@cache
def nvvm_ptx_version() -> tuple[int, int] | None:
    """The PTX version that NVVM writes, read off an empty function that it compiles."""
    path = path_of("nvvm")
    if path is None:
        return None
    nvvm = ctypes.CDLL(path)
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    options = (ctypes.c_char_p * 1)(b"-arch=compute_90")
    failed = (
        nvvm.nvvmCreateProgram(ctypes.byref(program))
        or nvvm.nvvmAddModuleToProgram(program, _PROBE, ctypes.c_size_t(len(_PROBE)), b"probe")
        or nvvm.nvvmCompileProgram(program, 1, options)
        or nvvm.nvvmGetCompiledResultSize(program, ctypes.byref(size))
    )
    if failed:
        return None
    text = ctypes.create_string_buffer(size.value)
    nvvm.nvvmGetCompiledResult(program, text)
    nvvm.nvvmDestroyProgram(ctypes.byref(program))
    found = re.search(rb"\.version (\d+)\.(\d+)", text.raw)
    return (int(found.group(1)), int(found.group(2))) if found else None
