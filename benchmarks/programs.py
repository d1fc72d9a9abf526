"""The programs that are measured: with Numba CUDA kernels, and with plain functions for ``njit``.

Numba is imported by whoever runs one: ``numba.cuda`` means something else in each engine's process.
"""

from __future__ import annotations

import numpy as np

from benchmarks.contended import cuda_histogram, cuda_lock, njit_histogram
from benchmarks.divergent import cuda_collatz, cuda_mandelbrot, njit_collatz, njit_mandelbrot
from benchmarks.program import Program


def _saxpy_data(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(132)
    return rng.random(n, np.float32), rng.random(n, np.float32), np.zeros(n, np.float32)


def _matmul_data(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(132)
    return rng.random((n, n), np.float32), rng.random((n, n), np.float32), np.zeros((n, n), np.float32)


def cuda_saxpy(n: int) -> Program:
    from benchmarks.kernels import cuda, saxpy

    x, y, out = _saxpy_data(n)
    device = [cuda.to_device(array) for array in (x, y, out)]
    blocks = -(-n // 128)

    def run() -> None:
        saxpy[blocks, 128](np.float32(1.7), *device)
        cuda.synchronize()

    def right() -> bool:
        return np.allclose(device[2].copy_to_host(), np.float32(1.7) * x + y)

    return Program(run, n, blocks * 128, right)


def njit_saxpy(n: int) -> Program:
    from numba import njit

    @njit
    def saxpy(a, x, y, out):
        for i in range(out.size):
            out[i] = a * x[i] + y[i]

    x, y, out = _saxpy_data(n)
    return Program(
        lambda: saxpy(np.float32(1.7), x, y, out),
        n,
        n,
        lambda: np.allclose(out, np.float32(1.7) * x + y),
    )


def cuda_matmul(n: int) -> Program:
    from benchmarks.kernels import TILE, cuda, matmul

    a, b, c = _matmul_data(n)
    device = [cuda.to_device(array) for array in (a, b, c)]
    grid = (n // TILE, n // TILE)

    def run() -> None:
        matmul[grid, (TILE, TILE)](*device)
        cuda.synchronize()

    return Program(run, n**3, n * n, lambda: np.allclose(device[2].copy_to_host(), a @ b, rtol=1e-4))


def njit_matmul(n: int) -> Program:
    from numba import njit

    @njit(fastmath=True)
    def matmul(a, b, c):
        for i in range(a.shape[0]):
            for j in range(b.shape[1]):
                c[i, j] = 0
            for k in range(a.shape[1]):
                factor = a[i, k]
                for j in range(b.shape[1]):
                    c[i, j] += factor * b[k, j]

    a, b, c = _matmul_data(n)
    return Program(lambda: matmul(a, b, c), n**3, n * n, lambda: np.allclose(c, a @ b, rtol=1e-4))


PROGRAMS = {
    "saxpy": {"smsim": cuda_saxpy, "cudasim": cuda_saxpy, "njit": njit_saxpy},
    "matmul": {"smsim": cuda_matmul, "cudasim": cuda_matmul, "njit": njit_matmul},
    "Collatz": {"smsim": cuda_collatz, "cudasim": cuda_collatz, "njit": njit_collatz},
    "Mandelbrot": {"smsim": cuda_mandelbrot, "cudasim": cuda_mandelbrot, "njit": njit_mandelbrot},
    "histogram": {"smsim": cuda_histogram, "cudasim": cuda_histogram, "njit": njit_histogram},
    "lock": {"smsim": cuda_lock, "cudasim": cuda_lock},
}
