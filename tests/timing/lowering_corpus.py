"""Numba kernels whose lowering is set beside NVIDIA's machine code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from lowering_cases import SPEC, program
from numba import cuda, float32, int32
from sass import sass

from smsim.isolated import call_of
from smsim.machine.program import Code
from smsim.sass import SassInstruction
from smsim.timing.lowering import lower

#: Where the calibration page's tool finds the counts: ``python tests/timing/lowering_corpus.py`` writes them.
STORED = Path(__file__).resolve().parents[2] / "book" / "data" / "lowering.toml"


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


@cuda.jit
def chain(x, y, out):
    i = cuda.grid(1)
    value = x[i]
    for _ in range(x.size):
        value = value * float32(0.5) + float32(1)
    out[i] = value


@cuda.jit
def double_sums(x, y, out):
    i = cuda.grid(1)
    total = 0.0
    for k in range(i, x.size, cuda.gridsize(1)):
        total += x[k] * y[k]
    out[i] = total


@cuda.jit
def bins(x, y, out):
    counts = cuda.shared.array(256, int32)
    t = cuda.threadIdx.x
    counts[t] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        cuda.atomic.add(counts, int32(x[i]) & 255, 1)
    cuda.syncthreads()
    cuda.atomic.add(out, t, float32(counts[t]))


@cuda.jit
def registers(a, b, c):
    left, right = cuda.shared.array((64, 8), float32), cuda.shared.array((8, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    y, x = t // 16 * 4, t % 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    k0 = 0
    while k0 < a.shape[1]:
        for r in range(0, 64, 32):
            left[t // 8 + r, t % 8] = a[i0 + t // 8 + r, k0 + t % 8]
            right[t // 64 + r // 8, t % 64] = b[k0 + t // 64 + r // 8, j0 + t % 64]
        cuda.syncthreads()
        k = 0
        while k < 8:
            for i in range(4):
                u = left[y + i, k]
                for j in range(4):
                    sums[i, j] += u * right[k, x + j]
            k += 1
        cuda.syncthreads()
        k0 += 8
    for i in range(4):
        for j in range(4):
            c[i0 + y + i, j0 + x + j] = sums[i, j]


_LINE, _TABLE = np.zeros(1024, np.float32), np.zeros((64, 64), np.float32)
_LONG = np.zeros(1024)
CORPUS = {
    "saxpy": (saxpy, _LINE), "stencil": (stencil, _LINE), "strided": (strided, _LINE),
    "block_sum": (block_sum, _LINE), "warp_sum": (warp_sum, _LINE), "histogram": (histogram, _LINE),
    "transpose": (transpose, _TABLE), "naive": (naive, _TABLE), "tiled": (tiled, _TABLE),
    "doubles": (doubles, _LONG), "chain": (chain, _LINE), "double_sums": (double_sums, _LONG),
    "bins": (bins, _LINE), "registers": (registers, _TABLE),
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


@cache
def ptx_of(name: str) -> str:
    kernel, array = CORPUS[name]
    block = (16, 16) if array.ndim == 2 and name != "registers" else 256
    return call_of("x", kernel[(4, 4) if array.ndim == 2 else 4, block], (array,) * 3, SPEC).ptx


@cache
def machine_of(name: str) -> dict[str, Sequence[SassInstruction]]:
    return sass(ptx_of(name), SPEC.arch)


@cache
def blocks_of(name: str) -> list[Code]:
    return program(ptx_of(name)).blocks


def main_of(name: str) -> Sequence[SassInstruction]:
    """The machine code of the kernel itself, without subroutines."""
    function = blocks_of(name)[0].steps[0].function.name
    return [one for one in machine_of(name)[function] if one.name != "NOP"]


def called_of(name: str) -> Sequence[SassInstruction]:
    """The subroutines for 64-bit integer division, which all ordinary numbers go through."""
    parts = [part for other, part in machine_of(name).items() if "u64" in other or "s64" in other]
    return [one for part in parts for one in part]


def row(name: str) -> Row:
    blocks = blocks_of(name)
    written = sum(len(c.steps) + (c.ending is not None) for c in blocks)
    return Row(name, written, len(lower(blocks, SPEC).kind), len(main_of(name)) + len(called_of(name)))


def rows() -> list[Row]:
    """One for each kernel, for the calibration page."""
    return [row(name) for name in CORPUS]


def as_toml(found: list[Row]) -> str:
    """The rows as the page's tool reads them."""
    text = ["# Written by tests/timing/lowering_corpus.py: instructions of each kernel, for sm_90a."]
    for one in found:
        text += ["", "[[kernels]]", f'kernel = "{one.kernel}"']
        text += [f"{field} = {getattr(one, field)}" for field in ("ptx", "lowered", "sass")]
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    STORED.write_text(as_toml(rows()), encoding="utf-8")
