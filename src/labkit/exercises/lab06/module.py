"""A listing of the notebook as a whole module, and its run on the simulated SM, hazards on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

#: Names of the book's registers; a listing uses what it needs of them.
REGISTERS = """
    .reg .pred %p<4>;
    .reg .b32 %r<16>;
    .reg .b64 %rd<16>;
    .reg .f32 %f<4>;
"""


def module(parameters: Sequence[str], *parts: str) -> str:
    """A kernel ``listing`` with these parameters; ``parts`` of PTX one after the other make its body."""
    head = ".version 8.0\n.target sm_90\n.address_size 64\n"
    declared = ", ".join(f".param {parameter}" for parameter in parameters)
    body = "\n".join(part.strip("\n") for part in (REGISTERS, *parts))
    return f"{head}.visible .entry listing({declared})\n{{\n{body}\n    ret;\n}}\n"


@lru_cache(maxsize=64)
def kernel(text: str) -> Any:
    """The kernel of a module made by :func:`module`."""
    import smsim

    return smsim.load_ptx(text)["listing"]


def swapped(listing: str, *changes: tuple[str, str]) -> str:
    """``listing`` with other text in place of some; each must stand there exactly once."""
    for old, new in changes:
        if listing.count(old) != 1:
            raise LookupError(f"{old!r} stands {listing.count(old)} times in the listing")
        listing = listing.replace(old, new)
    return listing
