"""Kernels that the tests profile."""

from numba import cuda


@cuda.jit
def saxpy(a, x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a * x[i] + y[i]


@cuda.jit
def shift(x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i] + 1


@cuda.jit
def too_far(x):
    x[cuda.grid(1)] = 1


@cuda.jit
def waits_for_a_flag(flag, out):
    i = cuda.blockIdx.x
    if i == 0:
        out[0] = 7
        cuda.threadfence()
        cuda.atomic.exch(flag, 0, 1)
    else:
        while cuda.atomic.cas(flag, 0, 1, 1) == 0:
            pass
        cuda.threadfence()
        out[i] = out[0]
