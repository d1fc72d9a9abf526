"""One test case: arguments, launch size, and what happened when an answer ran on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: What every output element holds before a launch. No specification in the labs produces it, so
#: an element that still holds it was never written.
UNWRITTEN = -9999

Dimensions = int | tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """Arguments of one launch (or one call), in the order the answer takes them.

    ``size`` is what the case was made from: a length, or a shape; a text is shown as it stands. ``outputs``
    names the arguments that the answer must fill; all others must stay as they are.
    """

    size: Dimensions | str
    arguments: Mapping[str, Any]
    blocks: Dimensions = 1
    threads: Dimensions = 1
    outputs: tuple[str, ...] = ("out",)

    @property
    def inputs(self) -> dict[str, Any]:
        return {name: value for name, value in self.arguments.items() if name not in self.outputs}

    def launch_text(self) -> str:
        """``"2 blocks of 4 threads"``, or ``"2 x 1 blocks of 8 x 8 threads"`` (x first, as CUDA has it)."""
        return f"{_count(self.blocks, 'block')} of {_count(self.threads, 'thread')}"


def _count(number: Dimensions, noun: str) -> str:
    if isinstance(number, tuple):
        return " x ".join(map(str, number)) + f" {noun}s"
    return f"{number} {noun}" + ("" if number == 1 else "s")


def unwritten_like(shape: Dimensions, dtype: Any) -> np.ndarray:
    """An output array in which nothing has been written yet."""
    return np.full(shape, UNWRITTEN, dtype=dtype)


@dataclass(frozen=True)
class Outcome:
    """What an answer did on one case.

    ``got`` is ``None`` where the run stopped before its end. ``report`` is the engine's own
    report, for scores. ``failure`` is any exception that is not the simulator's verdict. ``complaint`` says why
    the case counts as wrong although its values agree.
    """

    case: Case
    expected: Mapping[str, np.ndarray]
    got: Mapping[str, np.ndarray] | None
    errors: tuple[Exception, ...] = ()
    warnings: tuple[Any, ...] = ()
    changed_inputs: tuple[str, ...] = ()
    failure: Exception | None = None
    complaint: str | None = None
    report: Any = field(default=None, repr=False)

    @property
    def right(self) -> bool:
        if self.errors or self.failure or self.complaint or self.changed_inputs or self.got is None:
            return False
        return self.agrees

    @property
    def agrees(self) -> bool:
        """Whether every output has the expected values, whatever else is to be said."""
        if self.got is None:
            return False
        return all(np.all(agree(self.got[name], want)) for name, want in self.expected.items())


def agree(got: Any, want: Any) -> np.ndarray:
    """Element by element: equal for whole numbers, equal to about five digits for floats.

    Floats get room because ``a*x + y`` is one ``fma`` in PTX, rounded once, and NumPy rounds twice.
    """
    got, want = np.asarray(got), np.asarray(want)
    if got.shape != want.shape:
        return np.zeros(want.shape, dtype=bool)
    if got.dtype.kind in "fc" or want.dtype.kind in "fc":
        return np.isclose(got, want, rtol=2e-5, atol=1e-5, equal_nan=True)
    if got.dtype == want.dtype == object:  # results of plain functions, of any type and size
        same = [_same(one, other) for one, other in zip(got.ravel(), want.ravel(), strict=True)]
        return np.array(same, dtype=bool).reshape(want.shape)
    return got == want


def _same(got: Any, want: Any) -> bool:
    """Equal; or, where one is a float, equal to about five digits however small or large they are."""
    floats, numbers = (float, np.floating), (int, float, np.integer, np.floating)
    if isinstance(got, numbers) and isinstance(want, numbers) and isinstance(got + want, floats):
        return math.isclose(got, want, rel_tol=2e-5)
    return bool(got == want)
