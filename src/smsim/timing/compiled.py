"""Numba's compiler for the inner loop, where there is Numba; the same functions without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, compiled when it is first called; unchanged where Numba cannot be imported."""
    try:
        from numba import njit
    except ImportError:
        return function
    try:
        return njit(cache=True)(function)
    except RuntimeError:  # no folder to keep the machine code in
        return njit(function)
