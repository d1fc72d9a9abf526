"""The orders that an exchange stands on: flags that release and acquire, and barriers of one role.

A stream has two counters. Its **tail** says how many records have been put in, and lies with the receiver. Its **head**
says how many have been taken out, and lies with the sender. So each side polls memory of its own, and stores into the
other's. A stream that ends closes its tail: ``-n - 1`` stands for *n, and no more will come*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numba import cuda, int32

import smsim
from trainmath.exchange.moving import move


@cuda.jit(device=True)
def publish(flag, value):
    """Store ``value`` in ``flag[0]``, and with it all that this thread knows of."""
    smsim.asm("st.release.sys.global.s32 [%0], %1;", "l, r, memory", flag, int32(value))


@cuda.jit(device=True)
def look(flag):
    """The value of ``flag[0]``, and all that came with it."""
    return smsim.asm("ld.acquire.sys.global.s32 %0, [%1];", "=r, l, memory", flag)


@cuda.jit(device=True)
def meet(barrier, threads):
    """Wait at a named barrier for as many threads, whole warps; 0 is the barrier of ``syncthreads``."""
    cuda.syncwarp()
    smsim.asm("bar.sync %0, %1;", "r, r, memory", int32(barrier), int32(threads))


@dataclass(frozen=True)
class Orders:
    """What the kernels use; put another device function in place of one, and see what happens.

    Attributes:
        publish: ``(flag, value)``.
        look: ``(flag)``, returns the value.
        meet: ``(barrier, threads)``.
        move: ``(source, target, words, lane)``, copies a row by a warp.
    """

    publish: Callable[..., None] = publish
    look: Callable[..., int] = look
    meet: Callable[..., None] = meet
    move: Callable[..., None] = move
