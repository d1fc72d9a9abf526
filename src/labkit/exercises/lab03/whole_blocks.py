"""Cases of lab 3: a vector that fills its blocks, one thread an element, and an output like it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import MakeCase
from labkit.exercises.numbers import vector


def one_thread_an_element(threads: int, **extra: Callable[[np.random.Generator], object]) -> MakeCase:
    """Makes cases ``(x, out)`` of ``size`` elements in blocks of ``threads``; the last may be part full.

    ``extra`` are further arguments, each drawn from the generator, between ``x`` and ``out``.
    """

    def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
        arguments = {"x": vector(rng, size, readable)}
        arguments |= {name: draw(rng) for name, draw in extra.items()}
        arguments["out"] = unwritten_like(size, np.float32)
        return Case(size, arguments, blocks=-(-size // threads), threads=threads)

    return make
