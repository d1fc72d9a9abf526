"""Generic addresses: which part of the 64-bit space is whose.

Shared and local memory are seen through windows, the same numbers in every block and every thread;
what lies behind depends on who looks. Everything above is global memory, a window of addresses for each GPU,
so that an address alone tells on which GPU it lies.
"""

from __future__ import annotations

import numpy as np

SHARED = 0x0001_0000_0000
LOCAL = 0x0002_0000_0000
WINDOW_BYTES = 0x0001_0000_0000

#: Where the addresses of functions begin. No memory is there.
CODE = 0x0003_0000_0000

#: Global memory of the GPUs: one of 2**42 bytes each, GPU 0 first. Managed memory has the host's own addresses, above.
GLOBAL = 0x1000_0000_0000
GPU_WINDOW_BITS = 42
MOST_GPUS = 16
END = GLOBAL + (MOST_GPUS << GPU_WINDOW_BITS)

#: Start of each space's window; spaces that share the generic address are at 0.
START = {"global": 0, "const": 0, "param": 0, "shared": SHARED, "local": LOCAL}


def space_of(address: int) -> str:
    """The space that a generic address belongs to."""
    if SHARED <= address < SHARED + WINDOW_BYTES:
        return "shared"
    if LOCAL <= address < LOCAL + WINDOW_BYTES:
        return "local"
    return "global"


def owner(address: np.ndarray | int) -> np.ndarray | int:
    """The number of the GPU whose global memory is at ``address`` (int64, or an int); managed memory counts as
    that of GPU 0."""
    gpu = (address - GLOBAL) >> GPU_WINDOW_BITS
    return gpu * (gpu < MOST_GPUS)
