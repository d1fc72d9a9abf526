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
def move_one_by_one(source, target, words, lane):
    """As :func:`move`, but each load is waited for before the next."""
    for i in range(4 * lane, words, 128):
        store4(target[i:], load4(source[i:]))


@cuda.jit(device=True)
def move(source, target, words, lane):
    """Copy ``words`` 32-bit words, a multiple of 4, from one row to another; four loads are under way at once."""
    i = 4 * lane
    while i + 3 * 128 < words:
        a, b, c, d = (
            load4(source[i:]),
            load4(source[i + 128 :]),
            load4(source[i + 256 :]),
            load4(source[i + 384 :]),
        )
        store4(target[i:], a)
        store4(target[i + 128 :], b)
        store4(target[i + 256 :], c)
        store4(target[i + 384 :], d)
        i += 4 * 128
    move_one_by_one(source[i - 4 * lane :], target[i - 4 * lane :], words - i + 4 * lane, lane)
