"""The table of host memory that the driver has been told of: pinned, registered and managed buffers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(slots=True)
class HostBuffer:
    """Page-locked host memory. ``device_address`` is set once it has been mapped for the device."""

    data: np.ndarray
    device_address: int | None = None

    @property
    def address(self) -> int:
        return self.data.ctypes.data


class PinnedTable:
    """Pinned buffers by host address, and the bases of managed allocations."""

    def __init__(self) -> None:
        self._buffers: dict[int, HostBuffer] = {}
        self.managed: set[int] = set()

    def add(self, data: np.ndarray, address: int) -> HostBuffer:
        """Enter the uint8 array ``data``, whose first byte is at ``address``."""
        buffer = self._buffers[address] = HostBuffer(data)
        return buffer

    def remove(self, address: int) -> HostBuffer | None:
        """Forget the buffer that starts at ``address``."""
        return self._buffers.pop(address, None)

    def holding(self, address: int) -> HostBuffer | None:
        """The buffer in which ``address`` lies."""
        for start, buffer in self._buffers.items():
            if start <= address < start + max(1, buffer.data.size):
                return buffer
        return None

    def is_pinned(self, address: int) -> bool:
        """True where an asynchronous copy may read or write later, because the memory stays."""
        return self.holding(address) is not None
