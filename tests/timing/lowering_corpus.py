"""Numba kernels whose lowering is set beside NVIDIA's machine code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from lowering_cases import SPEC, program
from numba import cuda, float32, int32
from sass import sass

from smsim.isolated import call_of
from smsim.timing.lowering import lower


@cuda.jit
def saxpy(x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = float32(2) * x[i] + y[i]


@cuda.jit
def stencil(x, y, out):
    i = cuda.grid(1)
    if 0 < i < x.size - 1:
        out[i] = (x[i - 1] + x[i] + x[i + 1]) / float32(3)


@cuda.jit
def strided(x, y, out):
    step = cuda.gridsize(1)
    for i in range(cuda.grid(1), x.size, step):
        out[i] = x[i]


@cuda.jit
def block_sum(x, y, out):
    tile = cuda.shared.array(256, float32)
    t = cuda.threadIdx.x
    tile[t] = x[cuda.grid(1)]
    cuda.syncthreads()
    step = 128
    while step:
        if t < step:
            tile[t] += tile[t + step]
        cuda.syncthreads()
        step //= 2
    if t == 0:
        out[cuda.blockIdx.x] = tile[0]


@cuda.jit
def warp_sum(x, y, out):
    i = cuda.grid(1)
    value = x[i]
    for step in (16, 8, 4, 2, 1):
        value += cuda.shfl_down_sync(0xFFFFFFFF, value, step)
    if cuda.laneid == 0:
        out[i // 32] = value


@cuda.jit
def histogram(x, y, out):
    counts = cuda.shared.array(64, int32)
    t = cuda.threadIdx.x
    counts[t % 64] = 0
    cuda.syncthreads()
    cuda.atomic.add(counts, int32(x[cuda.grid(1)]) % 64, 1)
    cuda.syncthreads()
    cuda.atomic.add(out, t % 64, float32(counts[t % 64]))


@cuda.jit
def transpose(a, b, c):
    tile = cuda.shared.array((16, 17), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    tile[y, x] = a[cuda.blockIdx.y * 16 + y, cuda.blockIdx.x * 16 + x]
    cuda.syncthreads()
    c[cuda.blockIdx.x * 16 + y, cuda.blockIdx.y * 16 + x] = tile[x, y]


@cuda.jit
def naive(a, b, c):
    i, j = cuda.grid(2)
    if i < c.shape[0] and j < c.shape[1]:
        total = float32(0)
        for k in range(a.shape[1]):
            total += a[i, k] * b[k, j]
        c[i, j] = total


@cuda.jit
def tiled(a, b, c):
    left, right = cuda.shared.array((16, 16), float32), cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    i, j = cuda.blockIdx.y * 16 + y, cuda.blockIdx.x * 16 + x
    total = float32(0)
    for t in range(a.shape[1] // 16):
        left[y, x] = a[i, t * 16 + x]
        right[y, x] = b[t * 16 + y, j]
        cuda.syncthreads()
        for k in range(16):
            total += left[y, k] * right[k, x]
        cuda.syncthreads()
    c[i, j] = total


@cuda.jit
def doubles(x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = x[i] * y[i] + x[i] / y[i]


_LINE, _TABLE = np.zeros(1024, np.float32), np.zeros((64, 64), np.float32)
_LONG = np.zeros(1024)
CORPUS = {
    "saxpy": (saxpy, _LINE), "stencil": (stencil, _LINE), "strided": (strided, _LINE),
    "block_sum": (block_sum, _LINE), "warp_sum": (warp_sum, _LINE), "histogram": (histogram, _LINE),
    "transpose": (transpose, _TABLE), "naive": (naive, _TABLE), "tiled": (tiled, _TABLE),
    "doubles": (doubles, _LONG),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """How many instructions a kernel has: as PTX, as lowered, as machine code.

    Of its subroutines those for 64-bit integer division count, once each.
    """

    kernel: str
    ptx: int
    lowered: int
    sass: int


def row(name: str) -> Row:
    kernel, array = CORPUS[name]
    block = (16, 16) if array.ndim == 2 else 256
    ptx = call_of("x", kernel[(4, 4) if array.ndim == 2 else 4, block], (array,) * 3, SPEC).ptx
    blocks = program(ptx).blocks
    machine = sass(ptx, SPEC.arch)
    # A 64-bit integer division is a subroutine of its own in SASS, and all ordinary numbers go through it.
    code = machine[blocks[0].steps[0].function.name]
    code = [one for one in code if one.name != "NOP"]
    called = [part for name, part in machine.items() if "u64" in name or "s64" in name]
    written = sum(len(c.steps) + (c.ending is not None) for c in blocks)
    return Row(name, written, len(lower(blocks, SPEC).kind), len(code) - 1 + sum(map(len, called)))


def rows() -> list[Row]:
    """One for each kernel, for the calibration page."""
    return [row(name) for name in CORPUS]
