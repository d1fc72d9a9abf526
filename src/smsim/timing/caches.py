"""Caches of 128-byte lines with four 32-byte sectors each: set-associative, least recently used goes first.

A cache is a stretch of the arrays of :class:`Cache`, so that several SMs' caches lie in one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smsim.timing.compiled import compiled

SECTORS = 4  # of a line
LINE_BYTES = 128


class Cache(NamedTuple):
    """One or several caches of the same size. All arrays are int64.

    Attributes:
        tag: the line that each place holds, -1 for none.
        used: when it was last used, as a count of uses.
        valid, dirty: bits of the sectors that it has, and that are newer than the level below.
        ready: when each sector is there, ``4 * place + sector``, in ticks.
        sets, ways: how the places of one cache are grouped, an array of two.
    """

    tag: np.ndarray
    used: np.ndarray
    valid: np.ndarray
    dirty: np.ndarray
    ready: np.ndarray
    sets: np.ndarray


def cache(capacity: int, ways: int, count: int) -> Cache:
    """``count`` empty caches of ``capacity`` bytes each, of one set at least."""
    sets = max(1, capacity // (LINE_BYTES * ways))
    places = sets * ways * count
    zeros = [np.zeros(places, np.int64) for _ in range(3)]
    ready = np.zeros(SECTORS * places, np.int64)
    return Cache(np.full(places, -1, np.int64), *zeros, ready, np.array([sets, ways], np.int64))


@compiled
def find(cache: Cache, number: int, line: int) -> int:
    """Where cache ``number`` has ``line``, or ``-1 - place`` with the place that it would take."""
    ways = cache.sets[1]
    first = (number * cache.sets[0] + line % cache.sets[0]) * ways
    oldest = first
    for place in range(first, first + ways):
        if cache.tag[place] == line:
            return place
        if cache.used[place] < cache.used[oldest]:
            oldest = place
    return -1 - oldest


@compiled
def take(cache: Cache, place: int, line: int) -> int:
    """Put an empty ``line`` in ``place``; the number of dirty sectors that had to leave is returned."""
    bits = cache.dirty[place]
    dirty = (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1) + (bits >> 3 & 1)
    cache.tag[place] = line
    cache.valid[place] = 0
    cache.dirty[place] = 0
    return dirty
