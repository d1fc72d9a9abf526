"""Warps as rows of NumPy arrays, and what shuffles do to them: what mistaken answers are imagined with."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

LANES = 32
LANE = np.arange(LANES)


def groups(x: np.ndarray, length: int = LANES) -> np.ndarray:
    """``(n,)`` as ``(groups, length)`` int64, the last group filled up with zeros."""
    padded = np.zeros(-(-x.size // length) * length, np.int64)
    padded[: x.size] = x
    return padded.reshape(-1, length)


def up(v: np.ndarray, distance: int) -> np.ndarray:
    """``shfl_up_sync`` along the last axis; lanes at the edge keep their own value."""
    return v[..., np.where(LANE >= distance, LANE - distance, LANE)]


def down(v: np.ndarray, distance: int) -> np.ndarray:
    """``shfl_down_sync`` along the last axis."""
    return v[..., np.where(LANE + distance < LANES, LANE + distance, LANE)]


def added_down(x: np.ndarray, distances: Iterable[int] = (16, 8, 4, 2, 1)) -> np.ndarray:
    """Every lane of every warp after rounds of ``v += shfl_down_sync(v, d)``, ``(warps, 32)``."""
    v = groups(x)
    for distance in distances:
        v = v + down(v, distance)
    return v


def scanned(x: np.ndarray, distances: Iterable[int] = (1, 2, 4, 8, 16)) -> np.ndarray:
    """Inclusive scans of all warps by rounds of shuffles up, added where there is a lane, ``(warps, 32)``."""
    v = groups(x)
    for distance in distances:
        v = np.where(LANE >= distance, v + up(v, distance), v)
    return v


def doubled_at_the_edge(x: np.ndarray) -> np.ndarray:
    """The scan of someone who adds whatever the shuffle gives, ``(warps, 32)``."""
    v = groups(x)
    for distance in (1, 2, 4, 8, 16):
        v = v + up(v, distance)
    return v
