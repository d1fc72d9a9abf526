"""Functions that Numba compiles where it is installed, and that Python runs as they are where it is not.

What is compiled uses nothing but integers and one-dimensional arrays of them, so both give the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable)

try:
    from numba import config, njit
except ImportError:
    COMPILED = False
else:
    COMPILED = not config.DISABLE_JIT


def compiled(function: F) -> F:
    """``function``, compiled at its first call and kept on disk if the folder lets us."""
    if not COMPILED:
        return function
    try:
        return njit(cache=True)(function)
    except RuntimeError:  # nowhere to keep it
        return njit(function)
