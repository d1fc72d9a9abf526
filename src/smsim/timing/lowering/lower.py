"""Puts the micro-operations of all blocks of a trace into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from smsim.devices.spec import DeviceSpec
from smsim.machine.retype import DTYPES
from smsim.timing.lowering.classes import Classes
from smsim.timing.lowering.order import Node, ordered
from smsim.timing.lowering.places import Places
from smsim.timing.microops import RECORDED, MicroOps
from smsim.timing.records import has_record

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.program import Code


def lower(codes: Sequence[Code], spec: DeviceSpec) -> MicroOps:
    """The micro-operations of ``codes`` on the GPU ``spec``."""
    classes, places = Classes(spec.timing), Places(codes)
    instructions: list[Step] = []
    start, nodes, records = [0], [], []
    temporaries = 0
    for code in codes:
        block, record = [], 0
        steps = [*code.steps] if code.ending is None else [*code.steps, code.ending]
        for step in steps:
            pc = len(instructions)
            instructions.append(step)
            mine = -1
            if has_record(step):
                mine, record = record, record + 1
            reads, writes = places.reads(step), places.writes(step)
            pieces = classes.of(step)
            for n, piece in enumerate(pieces):
                own_reads = list(reads)
                if piece.chained and n:
                    own_reads.append(-(temporaries + 1))
                own_writes = list(writes)
                if n + 1 < len(pieces) and pieces[n + 1].chained:
                    temporaries += 1 if not (piece.chained and n) else 0
                    own_writes = [-(temporaries)] + (writes if not pieces[-1].chained else [])
                block.append(
                    Node(
                        piece.kind,
                        piece.pipe,
                        piece.interval,
                        piece.latency,
                        piece.gap,
                        _width(step),
                        mine if piece.kind in RECORDED else -1,
                        pc,
                        own_reads,
                        own_writes,
                        step.form.space,
                    )  # fmt: skip
                )
            if pieces and pieces[-1].chained:
                temporaries += 1
        block = ordered(block)
        nodes += block
        start.append(len(nodes))
        records.append(record)
    total = places.count
    at = lambda p: p if p >= 0 else total - p - 1  # noqa: E731  temporaries come after the registers
    srcs = [[at(p) for p in node.reads] for node in nodes]
    dsts = [[at(p) for p in node.writes] for node in nodes]

    def column(name: str, kind: type) -> np.ndarray:
        return np.array([getattr(node, name) for node in nodes], kind)

    return MicroOps(
        start=np.array(start, np.int32),
        kind=column("kind", np.int8),
        pipe=column("pipe", np.int8),
        interval=column("interval", np.int16),
        latency=column("latency", np.int16),
        gap=column("gap", np.int16),
        width=column("width", np.int16),
        record=column("record", np.int16),
        pc=column("pc", np.int32),
        dst_start=_starts(dsts),
        dst=np.array([p for ps in dsts for p in ps], np.int32),
        src_start=_starts(srcs),
        src=np.array([p for ps in srcs for p in ps], np.int32),
        records=np.array(records, np.int32),
        places=total + temporaries + 1,
        instructions=tuple(instructions),
    )


def _starts(lists: list[list[int]]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int32)


def _width(step: Step) -> int:
    if not has_record(step) or step.form.type not in DTYPES:
        return 0
    return DTYPES[step.form.type].itemsize * step.form.vector
