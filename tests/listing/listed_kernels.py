"""Kernels whose listings the tests read. Line numbers matter only relative to each kernel's first line."""

import numpy as np
from numba import cuda, float32, types

F = float32[::1]
SAXPY = (types.int64, float32, F, F)


@cuda.jit
def saxpy(n, a, x, y):
    i = cuda.grid(1)
    if i < n:
        y[i] = a * x[i] + y[i]


@cuda.jit
def mirror(x, out):
    tile = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    cuda.syncthreads()
    out[t] = tile[63 - t]


@cuda.jit(device=True)
def cubed(v):
    return v * v * v


@cuda.jit
def cubes(x, out):
    i = cuda.grid(1)
    # a line without instructions
    if i < x.size:
        out[i] = cubed(x[i])


@cuda.jit
def mixed(pair, z, grid):
    if pair[0] < 3 and z.real > pair[1]:
        grid[1, 2] = z.imag


MIXED = (types.UniTuple(types.int32, 2), types.complex64, types.float32[:, ::1])


def first_line(kernel) -> int:
    """The line of the kernel's decorator."""
    return kernel.py_func.__code__.co_firstlineno


def arrays(*lengths: int) -> tuple[np.ndarray, ...]:
    return tuple(np.zeros(n, np.float32) for n in lengths)
