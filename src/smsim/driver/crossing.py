"""Exceptions across C.

The CUDA driver's interface carries nothing but an error number, and cuda.core replaces even that by a text
of its own. So an exception raised under a driver call is kept here, the call returns
``CUDA_ERROR_LAUNCH_FAILED``, and :func:`carried` raises the exception itself once Python is reached again.
Readers then see what happened, and Ctrl-C stays Ctrl-C.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from smsim.errors import SimulationError

_local = threading.local()


def keep(error: BaseException) -> None:
    """Remember ``error`` for this thread; an earlier one that nobody has seen yet stays first."""
    if pending() is None:
        _local.error = error


def pending() -> BaseException | None:
    """The exception that waits in this thread, if any."""
    return getattr(_local, "error", None)


def forget() -> None:
    """Drop the waiting exception."""
    _local.error = None


def raise_pending() -> None:
    """Raise the waiting exception, if there is one, as if it had come from the caller's own line."""
    error = pending()
    if error is None:
        return
    forget()
    if isinstance(error, SimulationError):
        error = error.with_traceback(None)  # the engine's own frames explain nothing to its users
    error.__cause__, error.__suppress_context__ = None, True
    raise error


def carried(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a Python function that calls into the driver, so that kept exceptions come out of it."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        forget()
        try:
            return function(*args, **kwargs)
        except Exception:
            raise_pending()
            raise

    return wrapper
