"""Which SM a block goes to, where kernels share a GPU: an SM holds what its resources have room for.

A kernel on its own needs none of this: its blocks go to SMs by their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smsim.devices import DeviceSpec

#: The shares of an SM that a block takes: of its block slots, its registers, its shared memory and its warps.
Footprint = tuple[float, float, float, float]

_ROUNDING = 1e-9


class Residency:
    """What is taken of each SM of a GPU.

    Args:
        sms: how many it has.
    """

    def __init__(self, sms: int) -> None:
        self._taken = np.zeros((sms, 4))

    def take(self, footprint: Footprint, most: int) -> np.ndarray:
        """Room for up to ``most`` blocks, each on the SM that has most left: their SMs, int64 ``(n,)``."""
        found = []
        while len(found) < most:
            after = (self._taken + footprint).max(axis=1)
            sm = int(after.argmin())
            if after[sm] > 1 + _ROUNDING:
                break
            self._taken[sm] += footprint
            found.append(sm)
        return np.array(found, np.int64)

    def give_back(self, footprint: Footprint, sms: np.ndarray) -> None:
        """Blocks on ``sms`` have ended."""
        np.subtract.at(self._taken, sms, footprint)


def footprint_without_registers(spec: DeviceSpec, threads: int, shared: int) -> Footprint:
    """What is known of a block before an assembler has given it registers; ``shared`` in bytes."""
    warps = -(-threads // spec.warp_size)
    return 1 / spec.max_blocks_per_sm, 0.0, shared / spec.shared_per_sm, warps / spec.max_warps_per_sm
