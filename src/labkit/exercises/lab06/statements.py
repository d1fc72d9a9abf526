"""Eight kernels that differ in one line, and the types of their arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

#: Name -> types of the elements of ``a`` and of ``out``.
TYPES = {
    "floor": ("int64", "int64"),
    "modulo": ("int64", "int64"),
    "float3": ("float32", "float32"),
    "plain3": ("float32", "float32"),
    "int3": ("int64", "int64"),
    "short3": ("int16", "int64"),
    "eighth": ("float32", "float32"),
    "positive": ("float32", "float32"),
}


@lru_cache
def kernels() -> dict[str, Any]:
    """The kernels by name. Made when they are asked for: the engine is attached before Numba is imported."""
    from numba import cuda, float32

    @cuda.jit
    def floor(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] // 8

    @cuda.jit
    def modulo(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] % 8

    @cuda.jit
    def float3(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] * float32(3) + a[i]

    @cuda.jit
    def plain3(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] * 3 + a[i]

    @cuda.jit
    def int3(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] * 3 + a[i]

    @cuda.jit
    def short3(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] * 3

    @cuda.jit
    def eighth(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] / 8

    @cuda.jit
    def positive(a, out):
        i = cuda.grid(1)
        if 0 <= i < a.size:
            out[i] = a[i] if a[i] > 0 else 0

    return {
        "floor": floor,
        "modulo": modulo,
        "float3": float3,
        "plain3": plain3,
        "int3": int3,
        "short3": short3,
        "eighth": eighth,
        "positive": positive,
    }
