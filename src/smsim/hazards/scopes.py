"""How far a strong operation reaches: the scopes of the PTX memory consistency model, as numbers.

A thread-block cluster is one block here, unless a launch asks for more, and that is refused; ``.cluster`` then
reaches as far as ``.gpu`` for all who can tell.
"""

from __future__ import annotations

from collections.abc import Container

#: The threads of one's block, of one's GPU, and of all GPUs.
CTA, GPU, SYSTEM = 0, 1, 2
#: How each is written in PTX.
SCOPE_NAMES = (".cta", ".gpu", ".sys")


def reach(flags: Container[str]) -> int:
    """The scope of an instruction with these modifiers. ``volatile`` is relaxed at system scope."""
    if "cta" in flags:
        return CTA
    return SYSTEM if "sys" in flags or "volatile" in flags or "mmio" in flags else GPU
