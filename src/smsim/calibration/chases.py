"""Memory latency, by loads each of which needs the address that the one before it brought."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smsim import devices
from smsim.calibration import published
from smsim.calibration.kernels import per_link, text
from smsim.calibration.row import NOT_GATED, WITHIN_15, Row

#: Distance of two places of a ring in DRAM: no line and no sector is met twice.
_FAR = 512


def rows() -> Iterator[Row]:
    """A row for each level and GPU."""
    for device in devices.names():
        yield _row("shared memory", device, shared_chase(device), WITHIN_15)
        yield _row("L1", device, chase(device, "ca", places=4), WITHIN_15)
        yield _row("L2", device, chase(device, "cg", places=4), WITHIN_15)
        yield _row("DRAM", device, chase(device, "cg", places=128), NOT_GATED)


def _row(level: str, device: str, cycles: float, gate: str) -> Row:
    said = published.values(f"latency of {level}", device)
    known = bool(said) and said[0].mark != "recalled"  # nothing is decided by what could not be read
    return Row("Latency", level, device, cycles, "cycles", said, gate if known else NOT_GATED)


def chase(device: str, cache: str, places: int) -> float:
    """Cycles a load of global memory around a ring of so many places.

    The first 32 loads are not counted: a short ring is in the caches by then, and a long one is not yet closed.
    The array holds distances from its own beginning; what adding that takes is taken off.
    """
    ring = np.zeros(places * _FAR // 8, np.int64)
    step = _FAR // 8
    ring[::step] = np.roll(np.arange(places) * _FAR, -1)

    def of(loads: int) -> str:
        go = [f"add.s64 %p1, %a0, %p0;\n    ld.global.{cache}.b64 %p0, [%p1];"] * loads
        return text(["mov.b64 %p0, 0;", *go, "st.global.b64 [%a0], %p0;"])

    # The 64-bit addition between two loads is two instructions, the high half after the low one.
    addition = 2 * devices.load(device).timing.integer_latency
    return per_link(of, 32, 96, ring, device=device) - addition


def shared_chase(device: str) -> float:
    """Cycles a load of shared memory that brings its own address."""

    def of(loads: int) -> str:
        return text(
            [
                ".shared .align 4 .b32 word[4];",
                "mov.u32 %r0, word;",
                "st.shared.b32 [%r0], %r0;",
                *["ld.shared.b32 %r0, [%r0];"] * loads,
                "st.global.b32 [%a0], %r0;",
            ]
        )

    return per_link(of, 16, 48, np.zeros(4, np.int32), device=device)
