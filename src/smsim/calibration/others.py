"""What nothing is gated on: latencies that are known from memory or from a neighbouring chip, and the launch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from smsim import devices
from smsim.calibration import published
from smsim.calibration.kernels import per_link, run, text
from smsim.calibration.row import NOT_GATED, Row

_LINKS = {
    "MUFU": ("%f", "f32", "ex2.approx.ftz.f32 %f0, %f0;"),
    "SHFL": ("%r", "b32", "shfl.sync.bfly.b32 %r0, %r0, 1, 31, -1;"),
    "global atomic": ("%r", "b32", "atom.global.add.u32 %r0, [%a0+64], %r0;"),
    "barrier of one warp": ("%r", "b32", "bar.sync 0;"),
}


def rows() -> Iterator[Row]:
    """A row for each operation and GPU, and one for an empty kernel."""
    memory = np.zeros(64, np.float32)
    for device in devices.names():
        for name, (register, kind, link) in _LINKS.items():
            cycles = per_link(_chain(register, kind, link), 16, 48, memory, device=device, threads=32)
            said = published.values(f"latency of {name}", device)
            yield Row("Known from memory", name, device, cycles, "cycles", said, NOT_GATED)
        empty = run(text([]), 1, 32, memory, device=device).cycles
        said = published.values("empty kernel", device)
        yield Row("Known from memory", "empty kernel", device, empty, "cycles", said, NOT_GATED)


def _chain(register: str, kind: str, link: str) -> Callable[[int], str]:
    def of(links: int) -> str:
        return text(
            [
                f"ld.global.{kind} {register}0, [%a0];",
                *[link] * links,
                "mov.u32 %t, %tid.x;",
                "mad.wide.u32 %a1, %t, 4, %a0;",
                f"st.global.{kind} [%a1+128], {register}0;",
            ]
        )

    return of
