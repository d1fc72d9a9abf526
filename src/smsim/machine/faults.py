"""How a memory space says that an access went wrong, before anyone has made a sentence of it."""

from __future__ import annotations

import numpy as np


class AccessFault(Exception):
    """Some lanes' addresses are bad.

    Attributes:
        reason: ``"outside"`` or ``"misaligned"``.
        lanes: boolean array over the lanes, true where the address is bad.
        address: the addresses, broadcastable to ``lanes``.
        size: bytes of one access.
        space: the memory space that was asked, one of the spaces of this package.
        extent: the variable that the address was meant for, where that is known.
    """

    def __init__(
        self,
        reason: str,
        lanes: np.ndarray,
        address: np.ndarray,
        size: int,
        space: object,
        extent: object = None,
    ) -> None:
        super().__init__(reason)
        self.extent = extent
        self.reason, self.lanes, self.address, self.size, self.space = reason, lanes, address, size, space


def active_where(condition: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """``condition`` within ``mask`` (all lanes when ``None``)."""
    return condition if mask is None else condition & mask
