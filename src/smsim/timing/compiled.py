"""Functions that Numba compiles where it is asked to, and that Python runs as they are everywhere else.

Compiling the replay takes a minute or more at its first use, so it is done only where the environment variable
``SMSIM_COMPILE_REPLAY`` is 1; what was compiled is kept on disk. Only integers and one-dimensional arrays of
them are used, so that both give the same result.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable)

COMPILED = False
if os.environ.get("SMSIM_COMPILE_REPLAY") == "1":
    try:
        from numba import config, njit
    except ImportError:
        pass
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
