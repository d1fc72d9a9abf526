"""Kernels behind the figures that are operated: the simulated SM runs what the page draws."""

from __future__ import annotations

import math
import os

os.environ["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"
os.environ["NUMBA_CUDA_WARN_ON_IMPLICIT_COPY"] = "0"

import smsim

smsim.attach(force=True)

from numba import cuda  # noqa: E402

ROUNDS = 16
THREADS = 64


@cuda.jit
def two_ways(kind, x, out):
    i = cuda.grid(1)
    v = x[i]
    if kind[i]:
        for _ in range(ROUNDS):
            v = math.sqrt(v)
    else:
        for _ in range(ROUNDS):
            v = 0.5 * v + 1
    out[i] = v
