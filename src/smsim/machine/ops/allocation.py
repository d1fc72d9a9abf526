"""Keeps the C library from handing memory back to the operating system between two instructions.

An instruction on 16,384 lanes makes arrays of 128 KiB and drops them at once. That is just the size from
which glibc asks the system for each block and returns it on release, so the same pages are mapped and
cleared over and over: measured, a chain of six additions took five times as long. glibc raises both of its
limits when a larger block of that kind is freed; so one such block, never touched, is made and freed here.
Elsewhere (musl, macOS, the browser) this does nothing.
"""

from __future__ import annotations

import numpy as np

_JUST_BELOW_THE_LIMIT = 31 << 20  # glibc adapts to blocks of up to 32 MiB


def keep_freed_memory() -> None:
    """Call once, before the first large arrays are made."""
    np.empty(_JUST_BELOW_THE_LIMIT, np.uint8)
