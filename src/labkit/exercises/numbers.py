"""Input numbers: short and distinct for the cases that may be shown, random for the others."""

from __future__ import annotations

import numpy as np


def vector(rng: np.random.Generator, length: int, readable: bool) -> np.ndarray:
    """``(length,)`` float32 in [-10, 10].

    Readable numbers are halves, so that a float cut to an integer shows; none is zero and up to 38
    of them are distinct, so that the wrong element cannot pass for the right one.
    """
    if not readable:
        return rng.uniform(-10, 10, length).astype(np.float32)
    halves = np.concatenate([np.arange(-19, 0), np.arange(1, 20)]) / 2
    picked = rng.permutation(halves)
    return np.resize(picked, length).astype(np.float32)


def image(rng: np.random.Generator, shape: tuple[int, int], readable: bool) -> np.ndarray:
    """``(height, width)`` int32, all elements distinct; readable ones count from 1."""
    count = shape[0] * shape[1]
    values = np.arange(1, count + 1) if readable else rng.permutation(4 * count + 7)[:count] + 1
    return values.astype(np.int32).reshape(shape)
