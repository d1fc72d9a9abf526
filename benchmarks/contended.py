"""Programs whose threads want the same words: a histogram by atomics, and a lock."""

from __future__ import annotations

import numpy as np

from benchmarks.program import Program

BINS = 256


def _values(n: int) -> np.ndarray:
    return np.random.default_rng(132).integers(0, BINS, n, dtype=np.uint8)


def cuda_histogram(n: int) -> Program:
    """n values into 256 bins, a thread and an atomic each. Every run starts with empty bins."""
    from benchmarks.kernels import cuda, histogram

    values = _values(n)
    on_device, bins, empty = cuda.to_device(values), cuda.device_array(BINS, np.int32), np.zeros(BINS, "i4")

    def run() -> None:
        bins.copy_to_device(empty)
        histogram[-(-n // 256), 256](on_device, bins)
        cuda.synchronize()

    expected = np.bincount(values, minlength=BINS)
    return Program(run, n, n, lambda: np.array_equal(bins.copy_to_host(), expected))


def njit_histogram(n: int) -> Program:
    from numba import njit

    @njit
    def histogram(values, bins):
        bins[:] = 0
        for i in range(values.size):
            bins[values[i]] += 1

    values, bins = _values(n), np.zeros(BINS, np.int32)
    return Program(
        lambda: histogram(values, bins),
        n,
        n,
        lambda: np.array_equal(bins, np.bincount(values, minlength=BINS)),
    )


def cuda_lock(n: int) -> Program:
    """n threads in blocks of 64 take one lock in turn: compare-and-swap, fence, count, fence, give back.

    There is no ``njit`` program to compare with: one core has nobody to wait for.
    """
    from benchmarks.kernels import cuda, lock

    mutex, count = cuda.to_device(np.zeros(1, np.int32)), cuda.device_array(1, np.int32)
    zero = np.zeros(1, np.int32)

    def run() -> None:
        count.copy_to_device(zero)
        lock[-(-n // 64), 64](mutex, count)
        cuda.synchronize()

    return Program(run, n, n, lambda: int(count.copy_to_host()[0]) == n)
