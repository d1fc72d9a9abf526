"""Programs whose threads run for different lengths of time: Collatz and Mandelbrot."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from benchmarks.program import Program

MANDELBROT_LIMIT = 200


@lru_cache(maxsize=1)
def _collatz_steps(n: int) -> np.ndarray:
    """Steps from 1, 2, ... n down to 1, ``(n,)`` int32: the ones that are not there yet, again and again."""
    steps = np.zeros(n, np.int32)
    where, value = np.arange(1, n), np.arange(2, n + 1, dtype=np.int64)
    while value.size:
        value = np.where(value % 2 == 0, value // 2, 3 * value + 1)
        steps[where] += 1
        left = value != 1
        where, value = where[left], value[left]
    return steps


def cuda_collatz(n: int) -> Program:
    """The numbers 1 to n, a thread each; work is counted in steps."""
    from benchmarks.kernels import collatz, cuda

    steps = cuda.to_device(np.zeros(n, np.int32))
    expected = _collatz_steps(n)

    def run() -> None:
        collatz[-(-n // 128), 128](steps)
        cuda.synchronize()

    return Program(run, int(expected.sum()), n, lambda: np.array_equal(steps.copy_to_host(), expected))


def njit_collatz(n: int) -> Program:
    from numba import njit

    @njit
    def collatz(steps):
        for i in range(steps.size):
            n, count = i + 1, 0
            while n != 1:
                n = n // 2 if n % 2 == 0 else 3 * n + 1
                count += 1
            steps[i] = count

    steps, expected = np.zeros(n, np.int32), _collatz_steps(n)
    return Program(lambda: collatz(steps), int(expected.sum()), n, lambda: np.array_equal(steps, expected))


@lru_cache(maxsize=1)
def _mandelbrot_counts(n: int) -> np.ndarray:
    """Iterations of every pixel of an n by n picture, ``(n, n)`` int32, in float32 without ``fma``."""
    counts = np.zeros(n * n, np.int32)
    scale = np.float32(3 / n)
    where = np.arange(n * n)
    c_re = scale * (where % n).astype("f4") - np.float32(2.25)
    c_im = scale * (where // n).astype("f4") - np.float32(1.5)
    re, im = np.zeros(n * n, "f4"), np.zeros(n * n, "f4")
    for _ in range(MANDELBROT_LIMIT):
        left = re * re + im * im < 4
        where, c_re, c_im, re, im = (a[left] for a in (where, c_re, c_im, re, im))
        re, im = re * re - im * im + c_re, 2 * re * im + c_im
        counts[where] += 1
    return counts.reshape(n, n)


def _nearly_all_equal(found: np.ndarray, expected: np.ndarray) -> bool:
    """Rounding decides at the border of the set, and a compiler may use ``fma`` or not."""
    return float((found == expected).mean()) > 0.98


def cuda_mandelbrot(n: int) -> Program:
    """A picture of n by n pixels, a thread each; work is counted in iterations."""
    from benchmarks.kernels import cuda, mandelbrot

    counts = cuda.to_device(np.zeros((n, n), np.int32))
    expected = _mandelbrot_counts(n)
    blocks = -(-n // 16)

    def run() -> None:
        mandelbrot[(blocks, blocks), (16, 16)](counts)
        cuda.synchronize()

    return Program(
        run, int(expected.sum()), n * n, lambda: _nearly_all_equal(counts.copy_to_host(), expected)
    )


def njit_mandelbrot(n: int) -> Program:
    from numba import float32, njit

    @njit
    def mandelbrot(counts):
        height, width = counts.shape
        for y in range(height):
            c_im = float32(3.0 / height) * float32(y) - float32(1.5)
            for x in range(width):
                c_re = float32(3.0 / width) * float32(x) - float32(2.25)
                re, im, count = float32(0), float32(0), 0
                while count < MANDELBROT_LIMIT and re * re + im * im < float32(4):
                    re, im = re * re - im * im + c_re, float32(2) * re * im + c_im
                    count += 1
                counts[y, x] = count

    counts, expected = np.zeros((n, n), np.int32), _mandelbrot_counts(n)
    return Program(
        lambda: mandelbrot(counts), int(expected.sum()), n * n, lambda: _nearly_all_equal(counts, expected)
    )
