"""The ladder of bank conflicts: a warp whose lanes lie one, two, four ... words apart in shared memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from smsim import devices
from smsim.calibration.kernels import run, text
from smsim.calibration.row import EQUAL, Row, Source

STRIDES = (1, 2, 4, 8, 16, 32)
_SHORT, _LONG = 8, 24
_BANKS = "32 banks of 4 bytes (CUDA C++ Programming Guide): lanes n words apart meet n at a bank"


def rows() -> Iterator[Row]:
    """Two rows for each stride on each GPU: wavefronts that a load takes, and cycles more than without conflict."""
    for device in devices.names():
        found = {stride: _load(device, stride) for stride in STRIDES}
        for stride, (cycles, wavefronts) in found.items():
            name = f"stride {stride}"
            more = cycles - found[1][0]
            yield _row(f"{name}: wavefronts a load", device, wavefronts, "wavefronts", stride)
            yield _row(f"{name}: cycles more", device, more, "cycles", stride - 1)


def _row(name: str, device: str, modelled: float, unit: str, expected: int) -> Row:
    return Row(
        "Bank conflicts", name, device, modelled, unit,
        (Source(expected, _BANKS, "2026-11", "published"),), EQUAL,
    )  # fmt: skip


def ladder(stride: int) -> Callable[[int], str]:
    """The text of a kernel in which each lane loads the address of its own word, ``loads`` times."""

    def of(loads: int) -> str:
        return text(
            [
                f".shared .align 4 .b32 word[{32 * stride}];",
                "mov.u32 %r1, word;",
                "mov.u32 %t, %tid.x;",
                f"mad.lo.s32 %r0, %t, {4 * stride}, %r1;",
                "st.shared.b32 [%r0], %r0;",
                *["ld.shared.b32 %r0, [%r0];"] * loads,
                "mad.wide.u32 %a1, %t, 4, %a0;",
                "st.global.b32 [%a1], %r0;",
            ]
        )

    return of


def _load(device: str, stride: int) -> tuple[float, float]:
    """Cycles and wavefronts of one load."""
    memory = np.zeros(32, np.int32)
    short, long = (run(ladder(stride)(n), 1, 32, memory, device=device) for n in (_SHORT, _LONG))
    wavefronts = "l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum"
    per = _LONG - _SHORT
    return (long.cycles - short.cycles) / per, (long.metrics[wavefronts] - short.metrics[wavefronts]) / per
