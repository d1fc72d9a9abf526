"""How the sectors of a trace are reached: in the GPU's own memory, over NVLink, or over the network."""

from __future__ import annotations

import numpy as np

from smsim.machine import windows
from smsim.machine.device import Device
from smsim.timing.coalesce import SECTOR_BYTES
from smsim.timing.trace import LOCAL_SECTORS


def sector_links(sectors: np.ndarray, device: Device) -> np.ndarray:
    """The link by which ``device`` reaches each sector, as :mod:`smsim.devices.links` numbers them.

    Managed memory counts as the GPU's own: the pages that are in use move there.

    Args:
        sectors: numbers of sectors, int64 ``(n,)``; local memory above ``LOCAL_SECTORS``.

    Returns:
        uint8 ``(n,)``.
    """
    out = np.zeros(len(sectors), np.uint8)
    if device.cluster is None:
        return out
    address = np.where(sectors < LOCAL_SECTORS, sectors, 0) * SECTOR_BYTES
    there = np.flatnonzero(windows.is_of_a_gpu(address))
    out[there] = device.cluster.routes(device.ordinal)[windows.owner(address[there])]
    return out
