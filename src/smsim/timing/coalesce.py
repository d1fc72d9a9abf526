"""Global memory as a warp sees it: 32 addresses become sectors of 32 bytes in lines of 128 bytes.

The rule, from the CUDA C++ Best Practices Guide ("Coalesced Access to Global Memory", compute capability
6.0 and higher): a warp's accesses become as many 32-byte transactions as are needed to serve all its
threads. Nsight Compute calls the pieces *sectors*, and the four that share a tag a *cache line*
(Nsight Compute, "Memory Tables", L1/TEX cache).
"""

from __future__ import annotations

import numpy as np

#: Bytes that global memory, L2 and L1 move at least.
SECTOR_BYTES = 32
#: Bytes that share one tag in L1 and L2.
LINE_BYTES = 128


def sectors(address: np.ndarray, active: np.ndarray | None = None, width: int = 4) -> np.ndarray:
    """How many different 32-byte sectors each warp's access touches.

    Args:
        address: byte addresses, integers of shape ``(warps, 32)``.
        active: which lanes take part, bool of the same shape; ``None`` for all of them.
        width: bytes that each lane accesses (4 for ``f32``, 16 for ``v4.f32``).

    Returns:
        Integers, shape ``(warps,)``. A warp without any active lane touches none.
    """
    return _pieces(address, active, width, SECTOR_BYTES)


def lines(address: np.ndarray, active: np.ndarray | None = None, width: int = 4) -> np.ndarray:
    """How many different 128-byte cache lines each warp's access touches; as :func:`sectors`."""
    return _pieces(address, active, width, LINE_BYTES)


def sectors_and_lines(
    address: np.ndarray, active: np.ndarray, width: int = 4
) -> tuple[np.ndarray, np.ndarray]:
    """:func:`sectors` and :func:`lines` at once, for half of the work."""
    touched, active = _touched(address, None if active.all() else active, width, SECTOR_BYTES)
    if active is not None:
        chosen = np.take_along_axis(touched, np.argmax(active, axis=1)[:, None], axis=1)
        touched = np.where(active, touched, chosen)
    ordered = np.sort(touched, axis=1)
    found = [
        1 + np.count_nonzero(pieces[:, 1:] != pieces[:, :-1], axis=1)
        for pieces in (ordered, ordered // (LINE_BYTES // SECTOR_BYTES))
    ]
    if active is not None:
        found = [np.where(np.any(active, axis=1), count, 0) for count in found]
    return found[0], found[1]


def atomic_sectors(address: np.ndarray, active: np.ndarray | None = None, width: int = 4) -> np.ndarray:
    """How many sectors an atomic operation of each warp asks L2 for; arguments as :func:`sectors`.

    Lanes that meet at one address are served in rounds, and each round touches the sectors of its own
    addresses: 32 lanes at 32 neighbouring words take 4 sectors, 32 lanes at one word take 32. (No manual
    says so; it is what people measure with Nsight Compute, ``l1tex__t_sectors_pipe_lsu_mem_global_op_atom``.)
    """
    address = np.asarray(address)
    on = np.ones(address.shape, bool) if active is None else np.asarray(active)
    total = np.zeros(address.shape[0], np.int64)
    while on.any():
        order = np.argsort(np.where(on, address, -1), axis=1, kind="stable")
        ordered = np.take_along_axis(address, order, axis=1)
        first = np.take_along_axis(on, order, axis=1)
        first[:, 1:] &= (ordered[:, 1:] != ordered[:, :-1]) | ~first[:, :-1]
        total += _pieces(ordered, first, width, SECTOR_BYTES)
        served = np.zeros_like(on)
        np.put_along_axis(served, order, first, axis=1)
        on = on & ~served
    return total


def _pieces(address: np.ndarray, active: np.ndarray | None, width: int, size: int) -> np.ndarray:
    return distinct(*_touched(address, active, width, size))


def _touched(
    address: np.ndarray, active: np.ndarray | None, width: int, size: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """The pieces of ``size`` bytes that lanes touch, a row a warp, and which places of it are active."""
    address = np.asarray(address)
    if address.ndim != 2:
        raise ValueError(f"addresses have the shape (warps, 32); these have {address.shape}")
    first = address // size
    last = (address + (width - 1)) // size
    touched = first
    if (last != first).any():  # wide or misaligned: a lane may touch several
        most = int((last - first).max())
        touched = np.concatenate([np.minimum(first + n, last) for n in range(most + 1)], axis=1)
        active = None if active is None else np.tile(active, most + 1)
    return touched, active


def distinct(values: np.ndarray, active: np.ndarray | None = None) -> np.ndarray:
    """How many different values each row has among its active places; shape ``(rows,)``."""
    if active is not None:
        # A row's idle places repeat one of its active values, so that sorting finds nothing new in them.
        chosen = np.take_along_axis(values, np.argmax(active, axis=1)[:, None], axis=1)
        values = np.where(active, values, chosen)
    ordered = np.sort(values, axis=1)
    found = 1 + np.count_nonzero(ordered[:, 1:] != ordered[:, :-1], axis=1)
    return found if active is None else np.where(np.any(active, axis=1), found, 0)


def local_addresses(offset: np.ndarray, lane: np.ndarray) -> np.ndarray:
    """Where word-sized pieces of local memory lie: the same word of the 32 lanes side by side.

    Local memory is laid out so that lanes which use the same variable touch one line (CUDA C++
    Programming Guide, "Local Memory": consecutive 32-bit words belong to consecutive threads).

    Args:
        offset: byte offsets in a thread's own local memory.
        lane: the lane's number, 0 to 31; broadcasts against ``offset``.
    """
    return (offset // 4) * LINE_BYTES + lane * 4 + offset % 4
