"""One instruction's accesses to shared memory, as they are noted until they are judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Tag
from smsim.machine.lanes import Lanes

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Mask


@dataclass(eq=False, slots=True)
class Access:
    """One instruction's accesses to shared memory: who, where, and what was written."""

    kind: str
    step: Step
    address: np.ndarray
    size: int
    mask: Mask
    lanes: Lanes
    value: np.ndarray | None = None
    tag: Tag | None = None
    time: np.ndarray | None = None


def same_in_all_blocks(access: Access) -> bool:
    """Whether every block of the chunk does the same in this access."""
    if access.lanes.shape[1] == access.lanes.blocks == 1 and access.lanes.full:
        return True
    by_thread = access.mask is None or access.mask.shape[1] == 1
    return access.lanes.full and access.address.shape[1] == 1 and by_thread


def value_of(access: Access, thread: int, block: int) -> bytes | None:
    """The bits that a thread wrote."""
    if access.value is None:
        return None
    lanes = access.lanes
    value = np.broadcast_to(access.value, lanes.shape)
    if lanes.full:
        return value[thread, block].tobytes()
    at = np.flatnonzero((lanes.thread[:, 0] == thread) & (lanes.block[:, 0] == block))
    return value[at[0], 0].tobytes()
