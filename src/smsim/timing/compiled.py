"""Numba's compiler for the replay's inner loop, where there is Numba; the same functions without it.

Compiling takes seconds, so the machine code of the loop is kept beside this package (or in the user's cache folder,
or nowhere, if neither can be written). Numba looks only at the loop's own file to see whether that is still valid.
The loop calls functions of other files and uses their constants, so here all of this folder's files count.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` for compiled functions to call; unchanged where Numba cannot be imported."""
    try:
        from numba import njit
    except ImportError:
        return function
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")(function)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, compiled when it is first called; unchanged where Numba cannot be imported."""
    try:
        from numba import njit
    except ImportError:
        return function
    dispatcher = njit(error_model="numpy")(function)
    if hasattr(dispatcher, "_cache"):  # there is none with NUMBA_DISABLE_JIT=1
        try:
            dispatcher._cache = _cache_of(function)
        except (ImportError, AttributeError, RuntimeError, OSError):
            pass  # no folder can be written, or this Numba keeps machine code in another way: compile each time
    return dispatcher


def _cache_of(function: Callable[..., Any]) -> Any:
    from numba.core.caching import FunctionCache

    class Cache(FunctionCache):
        """Numba's, with this package's sources in the key; what cannot be written is left out."""

        def _index_key(self, signature: Any, codegen: Any) -> tuple[Any, ...]:
            return (*super()._index_key(signature, codegen), sources())

        def save_overload(self, signature: Any, data: Any) -> None:
            try:
                super().save_overload(signature, data)
            except OSError:
                pass

    return Cache(function)


@functools.cache
def sources() -> str:
    """What stands in all files of this folder, as one short text."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
