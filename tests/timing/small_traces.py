"""Traces written by hand: a few micro-operations, the same for all warps, and what their accesses touch."""

from types import SimpleNamespace

import numpy as np

from smsim.timing import microops as m
from smsim.timing import trace as t


def op(kind=m.COMPUTE, pipe=m.FMA, dst=(), src=(), latency=4, interval=1, gap=1, width=4, record=-1):
    """One micro-operation."""
    return {
        "kind": kind, "pipe": pipe, "dst": tuple(dst), "src": tuple(src), "latency": latency,
        "interval": interval, "gap": gap, "width": width, "record": record,
    }  # fmt: skip


def memory(kind, record=0, dst=(), src=(), width=4):
    """A memory instruction."""
    return op(kind, m.LSU, dst, src, latency=0, width=width, record=record)


def micro_ops(*blocks, flags=()):
    """Micro-operations of some basic blocks, each a PTX instruction of its own."""
    ops = [one for block in blocks for one in block]

    def starts(lists):
        return np.cumsum([0, *map(len, lists)]).astype(np.int32)

    def column(name, dtype):
        return np.array([one[name] for one in ops], dtype)

    places = [place for one in ops for place in (*one["dst"], *one["src"])]
    instruction = SimpleNamespace(form=SimpleNamespace(flags=frozenset(flags)))
    return m.MicroOps(
        start=starts(blocks),
        kind=column("kind", np.int8),
        pipe=column("pipe", np.int8),
        interval=column("interval", np.int16),
        latency=column("latency", np.int16),
        gap=column("gap", np.int16),
        width=column("width", np.int16),
        record=column("record", np.int16),
        pc=np.arange(len(ops), dtype=np.int32),
        dst_start=starts([one["dst"] for one in ops]),
        dst=np.array([p for one in ops for p in one["dst"]], np.int32),
        src_start=starts([one["src"] for one in ops]),
        src=np.array([p for one in ops for p in one["src"]], np.int32),
        records=np.array([sum(o["record"] >= 0 for o in block) for block in blocks], np.int32),
        places=max(places, default=0) + 1,
        instructions=(instruction,) * len(ops),
    )


def trace(
    ops,
    events,
    warps_per_block=1,
    records=(),
    sms=None,
    waits=(),
    releases=(),
    active_sms=1,
    sharing=None,
    polls=None,
):
    """``events``: for each warp its basic blocks, or ``(block, wait)``; ``records``: all of them in that order.

    A record is ``(space, passes, sectors)``; ``polls`` names the basic block of each wait's poll, 0 if it is missing.
    """
    flat = [(e, -1) if isinstance(e, int) else e for warp in events for e in warp]
    per_event = [int(ops.records[block]) for block, _ in flat]
    blocks = len(events) // warps_per_block
    return t.Trace(
        codes=(None,) * len(ops.records),
        block_sm=np.array(sms if sms is not None else [0] * blocks, np.int32),
        block_number=np.arange(blocks),
        warps_per_block=warps_per_block,
        event_start=np.cumsum([0, *map(len, events)]),
        event_code=np.array([block for block, _ in flat], np.int32),
        event_lanes=np.full(len(flat), 32, np.uint8),
        event_record=np.cumsum([0, *per_event])[:-1].astype(np.int64),
        event_wait=np.array([wait for _, wait in flat], np.int32),
        lanes=np.full(len(records), 32, np.uint8),
        space=np.array([r[0] for r in records], np.uint8),
        passes=np.array([r[1] for r in records], np.int32),
        sector_start=np.cumsum([0, *(len(r[2]) for r in records)]),
        sectors=np.array([s for r in records for s in r[2]], np.int64),
        wait_start=np.cumsum([0, *map(len, waits)]).astype(np.int32),
        wait_release=np.array([r for w in waits for r in w], np.int32),
        wait_code=np.array(polls if polls is not None else [0] * len(waits), np.int32),
        release_record=np.array(releases, np.int64),
        sharing=sharing or {},
        active_sms=active_sms,
        blocks_on_sm=blocks,
    )
