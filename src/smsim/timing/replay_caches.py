"""The caches as a replay finds them."""

from __future__ import annotations

import numpy as np

from smsim.devices.links import LOCAL
from smsim.timing.microops import ATOMIC, BULK_LOAD, BULK_STORE, COPY, LOAD, STORE, MicroOps
from smsim.timing.replay_state import K_DIRTY, K_LINE, K_SIZE, L2_WAYS
from smsim.timing.trace import SHARED, Trace

_SECTOR = 32
_LINE = 128


def empty_cache(sms: int, size: float, ways: int) -> np.ndarray:
    """Empty caches of ``size`` bytes each."""
    cache = np.zeros((sms, max(1, int(size) // (_LINE * ways)), ways, K_SIZE), np.int64)
    cache[..., K_LINE] = -1
    return cache


def l2_as_found(trace: Trace, ops: MicroOps, sms: int, size: float) -> np.ndarray:
    """L2 as the replay finds it: empty, unless only the first of many blocks were recorded and all of them touch more
    than it holds.

    Then most of the launch finds it full of what blocks before it left, and writing that back costs DRAM as much as
    reading.
    """
    cache = empty_cache(sms, size, L2_WAYS)
    blocks = len(trace.block_sm)
    if blocks >= trace.blocks_on_sm * sms:
        return cache
    written = np.unique(_sectors_of(trace, ops, (STORE, ATOMIC, BULK_STORE)))
    touched = len(np.union1d(written, _sectors_of(trace, ops, (LOAD, COPY, BULK_LOAD))))
    if touched * _SECTOR * trace.blocks_on_sm / blocks <= size:
        return cache
    upto = np.floor(np.arange(L2_WAYS + 1) * len(written) / touched)
    cache[:, :, upto[1:] > upto[:-1], K_DIRTY] = 15  # all four sectors of a line
    return cache


def _sectors_of(trace: Trace, ops: MicroOps, kinds: tuple[int, ...]) -> np.ndarray:
    """The sectors of all records that micro-operations of these kinds left."""
    most = int(ops.records.max(initial=0)) + 1
    wanted = np.zeros((len(ops.start) - 1, most), bool)
    code = np.repeat(np.arange(len(ops.start) - 1), np.diff(ops.start))
    chosen = np.isin(ops.kind, kinds) & (ops.record >= 0)
    wanted[code[chosen], ops.record[chosen]] = True
    count = ops.records[trace.event_code].astype(np.int64)
    event = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(event)) - np.repeat(np.cumsum(count) - count, count)
    records = trace.event_record[event] + place
    records = records[wanted[trace.event_code[event], place] & (trace.space[records] != SHARED)]
    first, last = trace.sector_start[records], trace.sector_start[records + 1]
    length = last - first
    index = np.repeat(first - np.cumsum(length) + length, length) + np.arange(int(length.sum()))
    if len(trace.sector_link):
        index = index[trace.sector_link[index] == LOCAL]
    return trace.sectors[index]
