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

#: Global memory of the GPUs: one of 2**40 bytes each, GPU 0 first. Managed memory has the addresses that it has on
#: the host, outside of all.
GLOBAL = 0x7000_0000_0000
GPU_WINDOW_BITS = 40
MOST_GPUS = 15
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
    return gpu * ((gpu >= 0) & (gpu < MOST_GPUS))


def is_of_a_gpu(address: np.ndarray | int) -> np.ndarray | bool:
    """Whether ``address`` (int64, or an int) lies in one of the windows, not in managed memory."""
    return (address >= GLOBAL) & (address < END)
