"""What each warp's access touches: the record of one instruction, for all warps that execute it together."""

from __future__ import annotations

import numpy as np

from smsim.timing import banks, coalesce
from smsim.timing.trace import LOCAL_SECTORS

#: Sectors of local memory that a warp can have: 32 lanes of a stack of a megabyte.
_LOCAL_OF_A_WARP = 1 << 20
_NONE = np.iinfo(np.int64).max


def sectors(address: np.ndarray, active: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The different 32-byte sectors of each warp's access.

    Args:
        address: byte addresses, int64 ``(rows, 32)``.
        active: which lanes take part.
        width: bytes a lane.

    Returns:
        ``(how many in each row, all of them row after row, ascending in each)``, int64.
    """
    first = address >> 5
    last = (address + (width - 1)) >> 5
    if width > 1 and (first != last).any():
        most = int((last - first)[active].max(initial=0))
        first = np.concatenate([np.minimum(first + n, last) for n in range(most + 1)], axis=1)
        active = np.tile(active, most + 1)
    ordered = np.sort(np.where(active, first, _NONE), axis=1)
    new = ordered != _NONE
    new[:, 1:] &= ordered[:, 1:] != ordered[:, :-1]
    return np.count_nonzero(new, axis=1), ordered[new]


def local_sectors(
    offset: np.ndarray, active: np.ndarray, width: int, warp: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """As :func:`sectors` for local memory, where each warp has sectors of its own.

    Args:
        offset: byte offsets in each thread's own local memory.
        warp: each row's warp, numbered through the grid.
    """
    words, lane = max(width // 4, 1), np.arange(offset.shape[1])
    address = np.concatenate([coalesce.local_addresses(offset + 4 * n, lane) for n in range(words)], axis=1)
    count, found = sectors(address, np.tile(active, words), min(width, 4))
    return count, found + np.repeat(LOCAL_SECTORS + warp * _LOCAL_OF_A_WARP, count)


def wavefronts(address: np.ndarray, active: np.ndarray, width: int, atomic: bool) -> np.ndarray:
    """Passes over the banks of shared memory, ``(rows,)``."""
    return (banks.atomic_wavefronts if atomic else banks.wavefronts)(address, active, width)


def most_at_one_address(address: np.ndarray, active: np.ndarray) -> np.ndarray:
    """The most lanes of each warp that meet at one address, ``(rows,)``."""
    ordered = np.sort(np.where(active, address, _NONE), axis=1)
    longest, run = np.zeros(ordered.shape[0], np.int64), np.zeros(ordered.shape[0], np.int64)
    before = None
    for lane in ordered.T:
        run = np.where(lane == before, run + 1, 1) if before is not None else np.ones_like(run)
        run = np.where(lane == _NONE, 0, run)
        longest = np.maximum(longest, run)
        before = lane
    return longest
