"""Moving words by the 32 lanes of a warp, 16 bytes a lane and access, past L1."""

from __future__ import annotations

from numba import cuda

import smsim


@cuda.jit(device=True)
def load4(a):
    return smsim.asm(
        "ld.global.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l : memory", a
    )


@cuda.jit(device=True)
def store4(a, v):
    smsim.asm(
        "st.global.L1::no_allocate.v4.u32 [%0], {%1, %2, %3, %4};",
        "l, r, r, r, r : memory",
        a, v[0], v[1], v[2], v[3],
    )  # fmt: skip


@cuda.jit(device=True)
def move(source, target, words, lane):
    """Copy ``words`` 32-bit words, a multiple of 4, from one row to another."""
    for i in range(4 * lane, words, 128):
        store4(target[i:], load4(source[i:]))
