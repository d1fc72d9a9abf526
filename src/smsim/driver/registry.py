"""The driver's functions by their C names, and how one is called from C.

A driver function is a Python function under :func:`implements`. It takes the C arguments (integers;
pointers as addresses, 0 for NULL) and returns nothing. To report a CUDA error it raises
:class:`DriverFailure`. Any other exception is kept and raised again where Python code can see it
(:mod:`smsim.driver.crossing`).
"""

from __future__ import annotations

from collections.abc import Callable

FUNCTIONS: dict[str, Callable[..., None]] = {}


class DriverFailure(Exception):
    """A CUDA error code on its way back to the caller."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def implements(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a Python function as the driver function(s) called ``names`` (without ``_v2``, ``_v3``)."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        for name in names:
            FUNCTIONS[name] = function
        return function

    return register


def lookup(name: str) -> Callable[..., None] | None:
    """The function that answers to ``name``, also when the caller asks for a later version of it."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    stem, _, version = name.rpartition("_v")
    return FUNCTIONS.get(stem) if version.isdigit() else None
