"""Inputs of lab 5: small whole numbers in float32, so that every sum is exact, in whatever order it is added."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, Dimensions, unwritten_like

#: Rows of A and of C, length of the sums, columns of B and of C.
Shape = tuple[int, int, int]


def specification(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return A @ B


def product(
    rng: np.random.Generator, shape: Shape, readable: bool, blocks: Dimensions, threads: Dimensions
) -> Case:
    """One launch that multiplies ``(m, k)`` by ``(k, n)``. Readable numbers are positive and differ."""
    m, k, n = shape
    if readable:
        A, B = ((rng.permutation(rows * columns) % 9 + 1) for rows, columns in ((m, k), (k, n)))
    else:
        A, B = (rng.integers(-99, 100, size) for size in (m * k, k * n))
    arguments = {
        "A": A.reshape(m, k).astype(np.float32),
        "B": B.reshape(k, n).astype(np.float32),
        "C": unwritten_like((m, n), np.float32),
    }
    text = f"A is {m} x {k}, B is {k} x {n}"
    return Case(text, arguments, blocks=blocks, threads=threads, outputs=("C",))
