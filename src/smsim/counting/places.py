"""Where an access goes, as far as it matters to sectors, lines and banks.

In a loop the same places come again and again, or places that are whole cache lines further on, which is
the same to sectors and lines; to banks as well, which repeat every 128 bytes. Counts are remembered by this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smsim.machine.outersum import OuterSum
from smsim.timing.coalesce import LINE_BYTES


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of an access by all lanes of a chunk, but for a shift by whole cache lines.

    Attributes:
        key: equal for equal places, as long as ``parts`` are alive.
        parts: the objects that the key names by their ids.
    """

    key: tuple
    parts: tuple

    @classmethod
    def of(cls, address: np.ndarray | OuterSum) -> Places | None:
        """``None`` if every block has addresses of its own that follow no rule: comparing would cost too much."""
        if isinstance(address, OuterSum):
            parts = address.rows, address.cols
            return cls((id(parts[0]), id(parts[1]), int(address.offset) % LINE_BYTES), parts)
        if address.shape[1] > 1:
            return None
        first = address[0, 0]
        return cls((address.shape, (address - first).tobytes(), int(first) % LINE_BYTES), ())
