"""Where an access goes, as far as it matters to sectors, lines and banks.

In a loop the same places come again and again, or places that are whole cache lines further on, which is
the same to sectors and lines; to banks as well, which repeat every 128 bytes. Counts are remembered by this.
"""

from __future__ import annotations

import numpy as np

from smsim.machine.outersum import OuterSum
from smsim.timing.coalesce import LINE_BYTES


def places(address: np.ndarray | OuterSum) -> tuple | None:
    """A key that is equal for accesses whose addresses differ by whole cache lines, the same in all lanes.

    Args:
        address: int64 byte addresses of all lanes of a chunk, ``(T|1, B|1)`` or a sum of two such parts.

    Returns:
        ``None`` if every block has addresses of its own that follow no rule: comparing would cost too much.
    """
    if isinstance(address, OuterSum):
        rows, cols, first = address.rows, address.cols % LINE_BYTES, address.first()
        return _from_first(rows), _from_first(cols), first % LINE_BYTES
    if address.shape[1] > 1:
        return None
    return _from_first(address), int(address[0, 0]) % LINE_BYTES


def _from_first(part: np.ndarray) -> bytes:
    return (part - part[0, 0]).tobytes()
