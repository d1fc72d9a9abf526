"""Small launches to replay: traces made by chance from every kind of micro-operation, and recorded ones."""

from dataclasses import dataclass, fields, replace
from types import SimpleNamespace

import numpy as np

from smsim.devices.links import Link
from smsim.timing import microops as m
from smsim.timing import trace as t
from smsim.timing.outcome import Replay
from tests.timing.small_traces import memory, micro_ops, op, trace


@dataclass(frozen=True, eq=False)
class Example:
    """A trace with all that a replay needs besides the GPU's figures."""

    name: str
    trace: t.Trace
    ops: m.MicroOps
    per_sm: int
    shared_bytes: int = 0


_SPACES = {
    m.LOAD: t.GLOBAL, m.STORE: t.GLOBAL, m.ATOMIC: t.GLOBAL, m.SHARED_LOAD: t.SHARED,
    m.SHARED_STORE: t.SHARED, m.SHARED_ATOMIC: t.SHARED, m.BARRIER: t.BLOCK_BARRIER,
    m.SLEEP: t.NOWHERE, m.COPY: t.GLOBAL, m.COPY_ARRIVE: t.SHARED, m.BULK_LOAD: t.GLOBAL, m.BULK_STORE: t.GLOBAL,
    m.TRY_WAIT: t.SHARED, m.REGISTERS: t.NOWHERE,
}  # fmt: skip
_GROUPS = (m.COPY_COMMIT, m.COPY_WAIT, m.BULK_COMMIT, m.BULK_WAIT, m.BULK_WAIT_READ)
_BULK = (m.BULK_LOAD, m.BULK_STORE)
_RESULT = (m.LOAD, m.ATOMIC, m.SHARED_LOAD, m.TRY_WAIT)
_PLAIN = (m.COMPUTE, m.VARIABLE, m.BRANCH, m.FENCE, m.EXIT)


def by_chance(seed: int) -> Example:
    """Blocks of any micro-operations, warps of any blocks, one to three SMs; every third has waits."""
    draw = np.random.default_rng(seed)
    warps, blocks, sms = int(draw.integers(1, 7)), int(draw.integers(1, 9)), int(draw.integers(1, 4))
    code, kinds = [], []
    for _ in range(int(draw.integers(1, 4))):
        block, here = [], []
        for _ in range(int(draw.integers(1, 12))):
            kind = int(draw.choice([*_PLAIN[:-1], *_SPACES, *_GROUPS]))
            places = [int(p) for p in draw.integers(0, 6, 2)]
            if kind in _SPACES:
                result = places[:1] if kind in _RESULT else ()
                block.append(memory(kind, len(here), result, places[1:], int(draw.choice([4, 8, 16]))))
                if kind in _BULK or kind == m.REGISTERS:
                    block[-1]["pipe"] = m.UNIFORM
                here.append(kind)
            elif kind in _GROUPS:
                block.append(op(kind, m.ADU, width=int(draw.integers(-1, 4))))
            else:
                pipe = int(draw.choice([m.FMA, m.ALU, m.FP64, m.LSU]))
                pipe = {m.COMPUTE: min(pipe, m.FP64), m.VARIABLE: pipe}.get(kind, m.CBU)
                timing = [int(n) for n in draw.integers(1, 9, 3)]
                block.append(op(kind, pipe, places[:1], places[1:], *timing, width=0))
        code.append(block)
        kinds.append(here)
    # All warps of a thread block meet at the same barriers.
    paths = [[int(n) for n in draw.integers(0, len(code), draw.integers(1, 5))] for _ in range(blocks)]
    records, releases, waits, events = [], [], [], []
    for path in paths:
        for _ in range(warps):
            wait_at = int(draw.integers(0, len(path))) if seed % 3 == 0 and releases else -1
            warp = []
            for at, number in enumerate(path):
                if at == wait_at:
                    waits.append([int(draw.choice(releases)) for _ in range(2)])
                warp.append((number, len(waits) - 1 if at == wait_at else -1))
                free = (
                    seed % 3 == 0 and at == 0
                )  # behind a barrier who waits would keep the release from happening
                for kind in kinds[number]:
                    free = free and kind != m.BARRIER
                    if free and kind in (m.STORE, m.ATOMIC, m.BULK_LOAD, m.COPY_ARRIVE):
                        releases.append(len(records))
                    records.append(_record(draw, kind))
            events.append(warp)
    numbered = sorted(set(releases))
    waits = [[numbered.index(r) for r in wait] for wait in waits]
    per_sm = int(draw.integers(1, 4))
    if waits:  # nobody may wait for a block that starts later on the same SM
        per_sm = blocks
    sm = [n % sms for n in range(blocks)]
    ops = micro_ops(*code, flags=["volatile"] if seed % 4 == 0 else [])
    sharing = {(0, 0): 2.5} if seed % 2 else None
    made = trace(ops, events, warps, records, sm, waits, numbered, int(draw.integers(1, 133)), sharing)
    lanes = np.where(draw.random(len(records)) < 0.9, 32, 0).astype(np.uint8)
    barriers = np.isin(made.space, (t.BLOCK_BARRIER, t.NOWHERE))
    released = np.isin(np.arange(len(records)), numbered)
    made = replace(made, lanes=np.where(barriers | released, 32, lanes).astype(np.uint8))
    if seed % 5 == 1:  # a third of what it touches lies in other GPUs' memory
        link = Link(
            float(draw.choice([1e9, 1e11])), float(draw.choice([0, 1e-7, 1e-6])), int(draw.integers(32, 4096))
        )
        where = draw.choice([0, 0, 0, 0, 1, 2], len(made.sectors)).astype(np.uint8)
        where[(made.sectors < 16) | (made.sectors >= t.LOCAL_SECTORS)] = 0
        gpu = draw.integers(0, 2, max(sm) + 1).astype(np.int32)
        made = replace(made, links=(link, replace(link, hop=3e-6)), sector_link=where, sm_gpu=gpu)
    return Example(f"chance {seed}", made, ops, per_sm, int(draw.choice([0, 40_000])))


def _record(draw: np.random.Generator, kind: int) -> tuple[int, int, list[int]]:
    space, passes = _SPACES[kind], int(draw.integers(1, 9))
    if kind == m.BARRIER:
        return space, 0, [0]
    if kind == m.SLEEP:
        return space, passes * 10, []
    if kind == m.REGISTERS:
        return space, -8 * passes, []
    if kind in _BULK:
        return space, 0, list(range(4 * passes, 4 * passes + int(draw.integers(1, 80))))
    if space == t.SHARED:
        return space, passes, []
    if kind not in (m.ATOMIC, m.COPY) and draw.random() < 0.3:
        base, space = t.LOCAL_SECTORS, t.LOCAL
    else:
        base = 0
    number = int(draw.integers(1, 9))
    return space, passes, sorted({base + int(s) for s in draw.integers(0, 60, number)})


def without_code(example: Example) -> Example:
    """The same without the PTX, which a replay does not read: small, and needs nothing to be read back."""
    flags = [SimpleNamespace(form=SimpleNamespace(flags=i.form.flags)) for i in example.ops.instructions]
    bare = replace(example.trace, codes=(None,) * len(example.trace.codes))
    return replace(example, trace=bare, ops=replace(example.ops, instructions=tuple(flags)))


def same(one: Replay, other: Replay) -> bool:
    """Whether two outcomes are equal, bit for bit."""
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if not np.array_equal(a, b):
            raise AssertionError(f"{field.name}: {a} and {b}")
    return True
