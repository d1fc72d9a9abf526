"""What Numba knows of the launch that is under way: the kernel's Python name and its arguments' names.

The driver sees only bytes. Numba's launch is wrapped (:mod:`smsim.driver.numba_patches`) to leave a note
here, so that errors can speak of ``x`` rather than of an address.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_local = threading.local()


@dataclass(frozen=True, slots=True)
class Launching:
    """A launch seen from Python: the kernel's name, its parameters' names and Numba types."""

    name: str
    parameters: tuple[str, ...]
    types: tuple[Any, ...]

    def arrays(self, raw: Sequence[bytes]) -> Sequence[Any]:
        """The array arguments among the raw PTX parameters; none when they do not fit the types."""
        from smsim.driver.arguments import arrays_among

        return arrays_among(self.types, self.parameters, raw)


def current() -> Launching | None:
    """The launch under way in this thread, if it came through Numba."""
    return getattr(_local, "launching", None)


@contextmanager
def calling(function: Callable[..., Any]) -> Iterator[None]:
    """Note which Python function is called as a kernel: one from Numba's disk cache has forgotten it."""
    before = callee()
    _local.function = function
    try:
        yield
    finally:
        _local.function = before


def callee() -> Callable[..., Any] | None:
    """The Python function that is being called as a kernel in this thread."""
    return getattr(_local, "function", None)


@contextmanager
def under_way(launch: Launching) -> Iterator[None]:
    """Note ``launch`` for as long as the block runs."""
    before = current()
    _local.launching = launch
    try:
        yield
    finally:
        _local.launching = before
