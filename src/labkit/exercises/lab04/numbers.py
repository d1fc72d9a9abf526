"""Inputs of lab 4: whole numbers, so that every sum is exact and may be compared with ``==``."""

from __future__ import annotations

import numpy as np


def counting(rng: np.random.Generator, length: int, readable: bool) -> np.ndarray:
    """``(length,)`` int32. Readable ones count 1, 2, 3, ...: a missing element shows in the sum."""
    if readable:
        return np.arange(1, length + 1, dtype=np.int32)
    return rng.integers(-1000, 1001, length).astype(np.int32)


def signed(rng: np.random.Generator, length: int, readable: bool) -> np.ndarray:
    """``(length,)`` int32: positive, negative and zero, in no order; absolute values are distinct."""
    numbers = rng.permutation(np.arange(length) + 1) * rng.choice((-1, 1), length)
    if length > 3:
        numbers[rng.integers(1, length)] = 0
    scale = 1 if readable else int(rng.integers(1, 100))
    return (numbers * scale).astype(np.int32)
