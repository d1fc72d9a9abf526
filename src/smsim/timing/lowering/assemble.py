"""The micro-operations of all blocks of a trace, put together into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np

from smsim.devices.spec import DeviceSpec
from smsim.machine.bind.binding import Step
from smsim.machine.program import Code
from smsim.ptx.nodes import Function
from smsim.timing.figures import Timing
from smsim.timing.lowering.arguments import CELL
from smsim.timing.lowering.blocks import Lowered
from smsim.timing.lowering.operation import Operation
from smsim.timing.lowering.order import ordered
from smsim.timing.microops import MicroOps
from smsim.timing.records import has_record

#: Programs that somebody still holds are not lowered again. An entry goes, its codes with it, when its value does.
_known: WeakValueDictionary[tuple[tuple[Code, ...], tuple[int, int]], MicroOps] = WeakValueDictionary()
_figures: WeakKeyDictionary[MicroOps, Timing] = WeakKeyDictionary()


def lower(codes: Sequence[Code], spec: DeviceSpec) -> MicroOps:
    """The micro-operations of ``codes``, block by block, as the GPU ``spec`` executes them.

    The same blocks and figures give the same object again, as long as it is in use.

    Raises:
        ValueError: an instruction for which the GPU has no figure.
    """
    key = (tuple(codes), spec.compute_capability)
    known = _known.get(key)
    if known is not None and _figures[known] == spec.timing:
        return known
    lowered = _lower(key[0], spec)
    _known[key], _figures[lowered] = lowered, spec.timing
    return lowered


class _Places:
    """Numbers the values of each function, and what calls hand over.

    Those between two operations of a block are used again in the next.
    """

    def __init__(self) -> None:
        self.named: dict[tuple[Function | None, str], int] = {}
        self.most = self.between = 0

    def named_in(self, function: Function) -> object:
        return lambda name: self.named.setdefault(
            (None if name.startswith(CELL) else function, name), len(self.named)
        )

    def fresh(self) -> int:
        """A number below zero; :meth:`final` puts it behind all named ones."""
        self.between += 1
        self.most = max(self.most, self.between)
        return -self.between

    def final(self, place: int) -> int:
        return place if place >= 0 else len(self.named) - place - 1

    @property
    def count(self) -> int:
        return len(self.named) + self.most


def _lower(codes: tuple[Code, ...], spec: DeviceSpec) -> MicroOps:
    functions: dict[Function, Lowered] = {}
    places = _Places()
    instructions: list[Step] = []
    blocks: list[list[Operation]] = []
    records = []
    for code in codes:
        steps = [*code.steps] if code.ending is None else [*code.steps, code.ending]
        places.between = record = 0
        operations: list[Operation] = []
        loaded: set[str] = set()
        for step in steps:
            function = step.function
            if function not in functions:
                functions[function] = Lowered(function, spec)
            own = has_record(step)
            operations += functions[function].operations(
                step,
                len(instructions),
                record if own else -1,
                places.named_in(function),
                places.fresh,
                loaded,
            )
            record += own
            instructions.append(step)
        records.append(record)
        blocks.append(ordered(operations, spec.timing))
    return _arrays(blocks, records, places, tuple(instructions))


def _arrays(
    blocks: list[list[Operation]], records: list[int], places: _Places, instructions: tuple[Step, ...]
) -> MicroOps:
    every = [operation for block in blocks for operation in block]

    def column(name: str, dtype: type) -> np.ndarray:
        return np.array([getattr(operation, name) for operation in every], dtype)

    def compressed(name: str) -> tuple[np.ndarray, np.ndarray]:
        lists = [getattr(operation, name) for operation in every]
        starts = np.concatenate(([0], np.cumsum([len(one) for one in lists]))).astype(np.int32)
        return starts, np.array([places.final(p) for one in lists for p in one], np.int32)

    dst_start, dst = compressed("dst")
    src_start, src = compressed("src")
    return MicroOps(
        start=np.concatenate(([0], np.cumsum([len(block) for block in blocks]))).astype(np.int32),
        kind=column("kind", np.int8),
        pipe=column("pipe", np.int8),
        interval=column("interval", np.int16),
        latency=column("latency", np.int16),
        gap=column("gap", np.int16),
        width=column("width", np.int16),
        record=column("record", np.int16),
        pc=column("pc", np.int32),
        dst_start=dst_start,
        dst=dst,
        src_start=src_start,
        src=src,
        records=np.array(records, np.int32),
        places=places.count,
        instructions=instructions,
    )
