"""Arguments copied into a device's memory, whole allocations at a time, so that overlaps stay overlaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Placed:
    """An array in device memory. ``shape`` in elements, ``strides`` in bytes."""

    address: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype

    def span(self) -> tuple[int, int]:
        """First byte address of its elements, and how many bytes they span."""
        if 0 in self.shape:
            return self.address, 0
        reach = [(n - 1) * s for n, s in zip(self.shape, self.strides)]
        low = sum(min(r, 0) for r in reach)
        return self.address + low, sum(max(r, 0) for r in reach) - low + self.dtype.itemsize


class Copies:
    """Where each array of a launch went.

    Args:
        put: copies a 1-D uint8 array into device memory and returns its address.
        on_device: places an array that is in some device's memory already: called with its base address
            and a description of it, and with ``put_once(key, data)``.

    Attributes:
        placed: ``id`` of an argument to where it lies.
    """

    def __init__(
        self,
        put: Callable[[np.ndarray], int],
        on_device: Callable[[Any, Placed, Callable[[int, np.ndarray], int]], Placed],
    ) -> None:
        self._put, self._on_device = put, on_device
        self._roots: dict[int, int] = {}
        self._given: list[Any] = []
        self.placed: dict[int, Placed] = {}

    def place(self, value: Any) -> Placed:
        """Put an array (host or device) into the device's memory, unless it is there already."""
        found = self.placed.get(id(value))
        if found is None:
            self._given.append(value)  # its id stays its own for as long as these copies live
            found = self.placed[id(value)] = self._place(value)
        return found

    def host_arrays(self) -> list[tuple[np.ndarray, Placed]]:
        """The NumPy arrays among the arguments, and where each went."""
        return [(v, self.placed[id(v)]) for v in self._given if isinstance(v, np.ndarray)]

    def _place(self, value: Any) -> Placed:
        interface = getattr(value, "__cuda_array_interface__", None)
        if interface is not None:
            return self._on_device(value, described(interface), self._put_once)
        array = value if isinstance(value, np.ndarray) else np.asarray(value)
        root = array
        while isinstance(root.base, np.ndarray):
            root = root.base
        if not root.flags.c_contiguous and not root.flags.f_contiguous:
            root = array if array.flags.c_contiguous else np.ascontiguousarray(array)
            array = root
        start = root.__array_interface__["data"][0]
        offset = array.__array_interface__["data"][0] - start
        raw = root.ravel(order="K").view(np.uint8) if root.size else np.empty(0, np.uint8)
        return Placed(self._put_once(start, raw) + offset, array.shape, array.strides, array.dtype)

    def _put_once(self, key: int, data: np.ndarray) -> int:
        if key not in self._roots:
            self._roots[key] = self._put(data)
        return self._roots[key]


def described(interface: dict) -> Placed:
    """An array in device memory, from its ``__cuda_array_interface__``."""
    shape, dtype = tuple(interface["shape"]), np.dtype(interface["typestr"])
    if "descr" in interface and dtype.kind == "V":
        dtype = np.dtype(interface["descr"])
    strides = interface.get("strides") or packed_strides(shape, dtype.itemsize)
    return Placed(int(interface["data"][0] or 0), shape, tuple(strides), dtype)


def packed_strides(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The strides of a C-contiguous array, in bytes."""
    strides, step = [], itemsize
    for extent in reversed(shape):
        strides.append(step)
        step *= extent
    return tuple(reversed(strides))
