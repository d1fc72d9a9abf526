"""Events and records as they come, block of code by block of code, and how they become the trace's arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from smsim.machine.program import Code, Program
from smsim.timing.trace import BLOCK_BARRIER, GRID_BARRIER, NOWHERE
from smsim.timing.warprows import WarpRows


@dataclass
class Record:
    """One instruction's record for each warp of a batch, in the batch's order; fields as in the trace.

    Attributes:
        lanes, space, passes: ``(n,)`` each, or one number for all.
        count: how many sectors each has, ``(n,)`` or one number for all.
        sectors: all of them, warp after warp.
    """

    lanes: object = 0
    space: object = NOWHERE
    passes: object = 0
    count: object = 0
    sectors: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass
class Batch:
    """Warps that executed ``code`` together.

    Attributes:
        code: block ``number`` of ``program``, in a call of depth ``depth``.
        rows: which warps, and which of their lanes.
        records: one for each of the code's instructions that have any.
    """

    code: Code
    rows: WarpRows
    program: Program
    number: int
    depth: int
    records: list[Record] = field(default_factory=list)

    @cached_property
    def bits(self) -> np.ndarray:
        """The lanes of each warp as the bits of a number, ``(n,)``."""
        packed = np.packbits(self.rows.active, axis=1, bitorder="little")
        return np.ascontiguousarray(packed).view("<u4")[:, 0]

    @property
    def waits(self) -> bool:
        """Whether a barrier is among its instructions."""
        return any(np.isin(r.space, (BLOCK_BARRIER, GRID_BARRIER)).any() for r in self.records)


def flat_order(batches: list[Batch], warps: int) -> tuple[np.ndarray, np.ndarray]:
    """Events by warp, each warp's in their order: ``(places in the batches one after another, starts)``."""
    warp = _joined([b.rows.warp for b in batches], np.int64)
    start = np.concatenate([[0], np.cumsum(np.bincount(warp, minlength=warps))]).astype(np.int64)
    return np.argsort(warp, kind="stable"), start


class Events:
    """All batches of a run, laid out by warp.

    Attributes:
        codes: the blocks of code, in the order of their first execution by the lowest warp.
        start: where each warp's events begin, int64 ``(warps + 1,)``.
        code, lanes, record: of each event its code, lanes and first record.
        order: where each event was in the batches.
        record_lanes, space, passes, sector_start, sectors: of each record.
    """

    def __init__(self, batches: list[Batch], warps: int, keep: np.ndarray | None = None) -> None:
        """``keep``: which events, by their place in the batches one after another; ``None``: all."""
        sizes = np.array([b.rows.warp.size for b in batches], np.int64)
        kinds = np.array([len(b.records) for b in batches], np.int64)
        order, self.start = flat_order(batches, warps)
        if keep is not None:
            kept = keep[order]
            self.start = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)[self.start]
            order = order[kept]
        self.order = order
        batch = np.repeat(np.arange(sizes.size), sizes)[order]
        row = _counting(sizes)[order]
        self._name_codes(batches, batch)
        self.lanes = _joined([b.rows.lanes for b in batches], np.uint8)[order]
        many = kinds[batch]
        self.record = np.cumsum(many) - many
        first = np.cumsum(sizes * kinds) - sizes * kinds  # records of a batch: those of a place side by side
        source = np.repeat(first[batch] + row, many) + _counting(many) * np.repeat(sizes[batch], many)
        self._take_records(batches, source)

    def _name_codes(self, batches: list[Batch], batch: np.ndarray) -> None:
        """Number the codes by where they come first in the trace, which no order of running changes."""
        known: dict[int, int] = {}
        by_batch = np.array([known.setdefault(id(b.code), len(known)) for b in batches], np.int64)
        found = {id(b.code): b.code for b in batches}
        code = by_batch[batch]
        _, first = np.unique(code, return_index=True)
        present = code[np.sort(first)]
        number = np.full(len(known), -1, np.int32)
        number[present] = np.arange(present.size, dtype=np.int32)
        self.code = number[code]
        keys = list(known)
        self.codes = tuple(found[keys[n]] for n in present.tolist())

    def _take_records(self, batches: list[Batch], source: np.ndarray) -> None:
        records = [(b.rows.warp.size, r) for b in batches for r in b.records]

        def taken(name: str, kind: type) -> np.ndarray:
            return _joined([np.broadcast_to(getattr(r, name), n) for n, r in records], kind)[source]

        self.record_lanes, self.space = taken("lanes", np.uint8), taken("space", np.uint8)
        self.passes = taken("passes", np.int32)
        counts = _joined([np.broadcast_to(r.count, n) for n, r in records], np.int64)
        begin = (np.cumsum(counts) - counts)[source]
        counts = counts[source]
        self.sector_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        every = _joined([r.sectors for _, r in records], np.int64)
        self.sectors = every[np.repeat(begin, counts) + _counting(counts)]


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)


def _counting(sizes: np.ndarray) -> np.ndarray:
    """``0 ... size - 1`` for each of ``sizes``, one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if sizes.size else 0) - np.repeat(ends - sizes, sizes)
