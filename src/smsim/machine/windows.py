"""Generic addresses: which part of the 64-bit space is whose.

Shared and local memory are seen through windows, the same numbers in every block and every thread;
what lies behind depends on who looks. Everything above is global memory.
"""

from __future__ import annotations

SHARED = 0x0001_0000_0000
LOCAL = 0x0002_0000_0000
WINDOW_BYTES = 0x0001_0000_0000

#: Where the addresses of functions begin. No memory is there.
CODE = 0x0003_0000_0000

#: Start of each space's window; spaces that share the generic address are at 0.
START = {"global": 0, "const": 0, "param": 0, "shared": SHARED, "local": LOCAL}


def space_of(address: int) -> str:
    """The space that a generic address belongs to."""
    if SHARED <= address < SHARED + WINDOW_BYTES:
        return "shared"
    if LOCAL <= address < LOCAL + WINDOW_BYTES:
        return "local"
    return "global"
