"""The plain kernels of lab 8, without inline PTX: what an answer's traffic is compared with."""

from __future__ import annotations

from numba import cuda


@cuda.jit
def copy(source, target, first, n):
    for i in range(first + cuda.grid(1), first + n, cuda.gridsize(1)):
        target[i] = source[i]


@cuda.jit
def experts(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        out[k, t] = x[k, t] * scale[expert[k], t]


@cuda.jit
def steps(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = start[b, t]
    cuda.syncthreads()
    for s in range(w.shape[0]):
        new = x[b, t] + w[s, t] * x[b, (t + 1) % x.shape[1]]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()
