"""Answers to lab 9 as texts, and planted mistakes as changes of a right text. Each text is a cell of a notebook."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from typing import Any

MESSAGE = """
@cuda.jit(device=True)
def publish(flag, value):
    smsim.asm("st.release.gpu.global.s32 [%0], %1;", "l, r, memory", flag, int32(value))

@cuda.jit(device=True)
def await_at_least(flag, value):
    while smsim.asm("ld.acquire.gpu.global.s32 %0, [%1];", "=r, l, memory", flag) < value:
        pass
"""

RING = """
@cuda.jit
def ring(x, slots, head, tail, out):
    t, S, W = cuda.threadIdx.x, slots.shape[0], slots.shape[1]
    for k in range(x.size // W):
        if cuda.blockIdx.x == 0:
            if t == 0:
                await_at_least(head, k + 1 - S)
            cuda.syncthreads()  # space
            slots[k % S, t] = x[k * W + t]
            cuda.syncthreads()  # written
            if t == 0:
                publish(tail, k + 1)
        else:
            if t == 0:
                await_at_least(tail, k + 1)
            cuda.syncthreads()  # arrived
            out[k * W + t] = slots[k % S, t]
            cuda.syncthreads()  # read
            if t == 0:
                publish(head, k + 1)
"""

CHANNELS = """
@cuda.jit
def channels(x, sizes, slots, head, tail, out, count):
    t, c = cuda.threadIdx.x, cuda.blockIdx.x // 2
    S, W = slots.shape[1], slots.shape[2] - 1
    if cuda.blockIdx.x % 2 == 0:
        for k in range(sizes[c] // W + 1):
            m = min(W, sizes[c] - k * W)
            if t == 0:
                await_at_least(head[c:], k + 1 - S)
            cuda.syncthreads()  # space
            if t == 0:
                slots[c, k % S, 0] = m
            if t < m:
                slots[c, k % S, 1 + t] = x[c, k * W + t]
            cuda.syncthreads()  # written
            if t == 0:
                publish(tail[c:], k + 1)
    else:
        k, m = 0, W
        while m == W:
            if t == 0:
                await_at_least(tail[c:], k + 1)
            cuda.syncthreads()  # arrived
            m = slots[c, k % S, 0]
            if t < m:
                out[c, k * W + t] = slots[c, k % S, 1 + t]
            cuda.syncthreads()  # read
            k += 1
            if t == 0:
                publish(head[c:], k)
        if t == 0:
            count[c] = (k - 1) * W + m
"""

NAMES = {
    "lab09.message": ("publish", "await_at_least"),
    "lab09.ring": ("ring",),
    "lab09.channels": ("channels",),
}
TEXTS = {
    "lab09.message": MESSAGE,
    "lab09.ring": MESSAGE + RING,
    "lab09.channels": MESSAGE + CHANNELS,
}


@dataclass(frozen=True)
class Planted:
    """A right answer with pieces replaced, and what the check must call it (``None``: right)."""

    exercise: str
    label: str
    misconception: str | None
    changes: tuple[tuple[str, str], ...]
    noted: bool = False

    @property
    def text(self) -> str:
        text = TEXTS[self.exercise]
        for old, new in self.changes:
            assert old in text, old
            text = text.replace(old, new)
        return text

    def ready(self, cuda: Any) -> tuple[Any, ...]:
        """What a reader would hand to ``labkit.check``, defined as in a notebook's cell."""
        from numba import int32

        import smsim

        scope = {"cuda": cuda, "smsim": smsim, "int32": int32}
        name = f"<{self.exercise} {self.label}>"
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(True), name)
        exec(compile(self.text, name, "exec"), scope)
        return tuple(scope[each] for each in NAMES[self.exercise])
