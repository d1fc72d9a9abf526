"""What a kernel's array arguments are called, so that messages can name them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ArrayArgument:
    """An array passed to a kernel.

    Attributes:
        name: the parameter's name in Python.
        address: device address of its first element.
        shape, strides: as NumPy has them; strides in bytes.
        dtype: element type.
    """

    name: str
    address: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    def span(self) -> tuple[int, int]:
        """First and one-past-last byte address that the array's elements take."""
        if self.size == 0:
            return self.address, self.address
        low = sum(min(0, (n - 1) * s) for n, s in zip(self.shape, self.strides, strict=True))
        high = sum(max(0, (n - 1) * s) for n, s in zip(self.shape, self.strides, strict=True))
        return self.address + low, self.address + high + self.dtype.itemsize
