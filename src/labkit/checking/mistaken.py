"""Runs a *mistaken kernel*: a few lines of Python that make a known mistake, thread by thread.

A misconception is recognised by its behaviour. If the learner's kernel did, on every case, exactly
what the mistaken kernel does (the same wrong elements, the same threads out of bounds), then it is
that mistake, however it is written.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checking.case import Case, Dimensions

Triple = tuple[int, int, int]


def triple(dimensions: Dimensions) -> Triple:
    """``(x, y, z)`` of a launch size, missing dimensions filled with 1."""
    given = (dimensions,) if isinstance(dimensions, int | np.integer) else tuple(dimensions)
    return tuple(int(d) for d in (*given, 1, 1, 1)[:3])


@dataclass(frozen=True)
class Thread:
    """Where one thread stands; the names are CUDA's."""

    thread: Triple
    block: Triple
    block_size: Triple
    grid_size: Triple

    @property
    def local(self) -> int:
        return self.thread[0]

    @property
    def index(self) -> int:
        """``cuda.grid(1)``."""
        return self.block[0] * self.block_size[0] + self.thread[0]

    @property
    def index_2d(self) -> tuple[int, int]:
        """``cuda.grid(2)``: x (column) first, then y (row)."""
        return tuple(self.block[d] * self.block_size[d] + self.thread[d] for d in (0, 1))

    @property
    def total(self) -> int:
        """``cuda.gridsize(1)``."""
        return self.grid_size[0] * self.block_size[0]


class OutOfBounds(Exception):
    """A mistaken kernel left its array."""


class DeviceArray:
    """An array indexed as compiled CUDA code indexes it.

    A negative index gets the length added once, as Numba does; nothing else is checked but the
    final address, so ``image[0, width]`` is the first element of the next row.
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.shape, self.size = values.shape, values.size
        self.written: dict[int, set] = {}

    def _offset(self, index: Any) -> int:
        indices = index if isinstance(index, tuple) else (index,)
        offset = 0
        for i, length in zip(indices, self.shape, strict=True):
            i = int(i)
            offset = offset * length + (i + length if i < 0 else i)
        if not 0 <= offset < self.size:
            raise OutOfBounds
        return offset

    def __getitem__(self, index: Any) -> Any:
        return self.values.reshape(-1)[self._offset(index)]

    def __setitem__(self, index: Any, value: Any) -> None:
        offset = self._offset(index)
        self.values.reshape(-1)[offset] = value
        self.written.setdefault(offset, set()).add(self.values.reshape(-1)[offset].item())

    def __len__(self) -> int:
        return self.shape[0]


@dataclass(frozen=True)
class Imagined:
    """What the mistaken kernel left behind, which threads left their array, and where threads collided.

    ``contested`` marks elements that got different values from different threads: which one stays is
    not known.
    """

    outputs: dict[str, np.ndarray]
    contested: dict[str, np.ndarray]
    strays: frozenset[tuple[Triple, Triple]]


def _places(size: Triple) -> Iterator[Triple]:
    """All indices below ``size``, x fastest, as CUDA numbers threads."""
    for z, y, x in itertools.product(range(size[2]), range(size[1]), range(size[0])):
        yield (x, y, z)


def imagine(body: Callable[..., None], case: Case) -> Imagined:
    """Run ``body(thread, *arguments)`` for every thread of the launch, one after another."""
    arrays = {
        name: DeviceArray(value.copy()) if isinstance(value, np.ndarray) else value
        for name, value in case.arguments.items()
    }
    blocks, threads = triple(case.blocks), triple(case.threads)
    strays = set()
    with np.errstate(all="ignore"):
        for block in _places(blocks):
            for thread in _places(threads):
                try:
                    body(Thread(thread, block, threads, blocks), *arrays.values())
                except OutOfBounds:
                    strays.add((block, thread))
    contested = {name: _contested(arrays[name]) for name in case.outputs}
    return Imagined({name: arrays[name].values for name in case.outputs}, contested, frozenset(strays))


def _contested(array: DeviceArray) -> np.ndarray:
    marks = np.zeros(array.size, dtype=bool)
    marks[[offset for offset, values in array.written.items() if len(values) > 1]] = True
    return marks.reshape(array.shape)
