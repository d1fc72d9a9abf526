"""The table of C function pointers through which NVIDIA's Python packages reach the driver.

``cuda.bindings.cydriver`` exports each driver function as a capsule in ``__pyx_capi__``: a pointer, named
by its C signature. Other Cython modules copy the pointers when they are imported, so whatever stands in
the table before their import is the driver they use. This is Cython's own linking convention, not an
interface that NVIDIA documents: versions are pinned, and a test proves that the replacement took.
"""

from __future__ import annotations

import ctypes
from types import ModuleType

_api = ctypes.pythonapi
_get_name = _api.PyCapsule_GetName
_get_name.restype, _get_name.argtypes = ctypes.c_char_p, [ctypes.py_object]
_new = _api.PyCapsule_New
_new.restype = ctypes.py_object
_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]

#: Capsule names must outlive their capsules, which nobody ever frees.
_kept_names: list[bytes] = []

_BITS = {
    "int": 32,
    "unsigned int": 32,
    "unsigned": 32,
    "unsigned char": 8,
    "unsigned short": 16,
    "unsigned PY_LONG_LONG": 64,
    "size_t": 64,
    "cuuint32_t": 32,
    "cuuint64_t": 64,
    "CUdevice": 32,
    "CUdeviceptr": 64,
    "CUmemLocation": 64,  # two ints by value: one integer register on x86-64 and arm64
}

_HANDLES = frozenset(
    """CUarray CUcontext CUevent CUexternalMemory CUexternalSemaphore CUfunction CUgraph CUgraphExec
    CUgraphNode CUgreenCtx CUhostFn CUkernel CUlibrary CUlinkState CUmemoryPool CUmipmappedArray CUmodule
    CUoccupancyB2DSize CUstream CUstreamCallback CUuserObject""".split()
)


def signature(capsule: object) -> str:
    """The C signature that names ``capsule``, such as ``CUresult (CUdeviceptr *, size_t)``."""
    return _get_name(capsule).decode()


def argument_bits(c_signature: str) -> list[int]:
    """Width in bits of each C argument: 64 for pointers and handles, 32 for enums."""
    inside = c_signature[c_signature.index("(") + 1 : c_signature.rindex(")")].strip()
    if inside in ("", "void"):
        return []
    return [_bits_of(text.strip()) for text in inside.split(",")]


def _bits_of(c_type: str) -> int:
    if "*" in c_type or c_type in _HANDLES:
        return 64
    return _BITS.get(c_type, 32)


def replace(module: ModuleType, addresses: dict[str, int]) -> None:
    """Put functions at ``addresses`` into the capsule table of ``module``, under their old signatures."""
    table = module.__pyx_capi__
    for name, address in addresses.items():
        c_signature = signature(table[name]).encode()
        _kept_names.append(c_signature)
        table[name] = _new(address, c_signature, None)
