"""The engine runs thousands of lanes as one array; here they are sorted into their warps again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smsim.machine.collectives import LANES, to_warps
from smsim.machine.frame import Frame, Mask
from smsim.machine.outersum import OuterSum


def how_many(frame: Frame, mask: Mask) -> tuple[int, int]:
    """``(warps, lanes)`` of a set of lanes: warps with at least one lane in it, and its lanes."""
    shape = frame.chunk.lanes.shape
    mask = frame.chunk.in_chunk(frame, mask)
    if mask is None:
        return -(-shape[0] // LANES) * shape[1], shape[0] * shape[1]
    times = (shape[0] // mask.shape[0]) * (shape[1] // mask.shape[1])
    warps = np.count_nonzero(to_warps(mask, shape).any(axis=1)) * (shape[1] // mask.shape[1])
    return int(warps), int(np.count_nonzero(mask)) * times


@dataclass(frozen=True, slots=True)
class Rows:
    """A warp-wide access as one row of 32 addresses a warp.

    Attributes:
        address: int64 byte addresses, ``(rows, 32)``.
        active: bool, the same shape.
        times: how many warps each row stands for: blocks that do the same are written once.
    """

    address: np.ndarray
    active: np.ndarray
    times: int


def rows_of(frame: Frame, mask: Mask, address: object) -> Rows:
    """The addresses that the lanes of ``mask`` access, warp by warp."""
    lanes = frame.lanes
    if not lanes.full:
        return _gathered(frame, mask, np.asarray(address))
    threads, blocks = lanes.shape
    active = np.ones((1, 1), bool) if mask is None else mask
    if active.shape[1] == 1 and blocks > 1:
        one = _one_block(address)
        if one is not None:
            return Rows(_by_warp(one, (threads, 1)), _by_warp(active, (threads, 1)), blocks)
    return Rows(_by_warp(np.asarray(address), lanes.shape), _by_warp(active, lanes.shape), 1)


def kinds_of_rows(frame: Frame, mask: Mask, address: object) -> list[Rows]:
    """As :func:`rows_of`, but each kind of block once: blocks whose addresses differ by whole cache lines do
    the same to sectors, lines and banks."""
    active = np.ones((1, 1), bool) if mask is None else mask
    if frame.lanes.full and isinstance(address, OuterSum) and active.shape[1] == 1:
        offsets, first, times = np.unique(address.cols[0] % 128, return_index=True, return_counts=True)
        if len(offsets) * 2 <= address.shape[1]:
            threads = (frame.lanes.shape[0], 1)
            on = _by_warp(active, threads)
            return [
                Rows(_by_warp(address.rows + (address.cols[0, at] + address.offset), threads), on, int(n))
                for at, n in zip(first, times, strict=True)
            ]
    return [rows_of(frame, mask, address)]


def _one_block(address: object) -> np.ndarray | None:
    """One block's addresses, if the others' differ from them by whole cache lines only."""
    if isinstance(address, OuterSum):
        if ((address.cols - address.cols[0, 0]) % 128).any():
            return None
        return address.rows + (address.cols[0, 0] + address.offset)
    return address if address.shape[1] == 1 else None


def _by_warp(value: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """``(T|1, B|1)`` as ``(W * B, 32)``; lanes beyond the block's last thread are zero or false."""
    warps = to_warps(np.broadcast_to(value, shape), shape)
    return warps.transpose(2, 0, 1).reshape(-1, LANES)


def _gathered(frame: Frame, mask: Mask, address: np.ndarray) -> Rows:
    """The same for lanes that were gathered from all over the chunk."""
    lanes = frame.lanes
    chosen = slice(None) if mask is None else np.broadcast_to(mask, lanes.shape)[:, 0]
    thread, block = lanes.thread[chosen, 0], lanes.block[chosen, 0]
    per_block = -(-lanes.threads // LANES)
    _, row = np.unique(block * per_block + thread // LANES, return_inverse=True)
    count = int(row.max()) + 1 if row.size else 0
    where, active = np.zeros((count, LANES), np.int64), np.zeros((count, LANES), bool)
    where[row, thread % LANES] = np.broadcast_to(address, lanes.shape)[chosen, 0]
    active[row, thread % LANES] = True
    return Rows(where, active, 1)
