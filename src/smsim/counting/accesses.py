"""The addresses that a kernel's warps accessed: what ``count`` adds up, kept instead of added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from smsim.counting.counter import Counter
from smsim.counting.metrics import operation_of
from smsim.counting.tally import Tally
from smsim.counting.warps import rows_of
from smsim.isolated import isolate
from smsim.listing.source import Source
from smsim.machine.arguments import ArrayArgument
from smsim.machine.bind.binding import Step
from smsim.machine.frame import Frame, Mask


@dataclass(frozen=True)
class Access:
    """One instruction that accesses global memory, as one warp executed it for the first time.

    Attributes:
        operation: ``"ld"``, ``"st"``, ``"atom"`` or ``"red"``.
        spelling: the instruction without its operands, ``"ld.global.nc.f32"``.
        array: the name of the array argument, or ``""`` where the addresses lie in none.
        offset: bytes from that array's first element (else: device addresses), int64 of shape ``(32,)``.
        active: which lanes took part, bool of shape ``(32,)``.
        width: bytes that each lane asked for.
        line, text: the Python line that it comes from; 0 and ``""`` where there is none.
    """

    operation: str
    spelling: str
    array: str
    offset: np.ndarray
    active: np.ndarray
    width: int
    line: int
    text: str


def accesses(launch: Any, *arguments: Any, budget: int | None = None) -> list[Access]:
    """Run a launch on the simulated SM and list what one warp asked global memory for.

    There is one entry for every load, store and atomic of the PTX, in the order of first execution, with the
    lanes of the lowest warp that took part that first time. The arguments stay as they are.

    Args:
        launch, arguments, budget: as for :func:`smsim.count`.

    Raises:
        SimulationError: the program did something wrong.
    """
    settings = {} if budget is None else {"budget": budget}
    isolated = isolate("count", launch, arguments, **settings)
    run = isolated.prepare()
    recorder = run.observer = _Recorder()
    run.run()
    source, files = Source(isolated.call.python), isolated.function.module.module.files
    found = []
    for step, (address, active, width) in recorder.seen.items():
        origin = source.origin(step.instruction.loc, files)
        array = _array_at(int(address[np.argmax(active)]), isolated.arrays)
        found.append(
            Access(
                operation_of(step, "global") or "",
                step.instruction.spelling,
                array.name if array else "",
                np.where(active, address - (array.address if array else 0), 0),
                active,
                width,
                origin.line,
                origin.text,
            )
        )
    return found


class _Recorder(Counter):
    """Keeps the first warp's addresses of each access, and counts nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[Step, tuple[np.ndarray, np.ndarray, int]] = {}

    def restart(self) -> None:
        super().restart()
        self.seen.clear()

    def _add(
        self, frame: Frame, step: Step, tally: Tally, space: str, address: object, mask: Mask, width: int
    ) -> None:
        if space != "global" or step in self.seen:
            return
        rows = rows_of(frame, mask, address)
        taking = np.flatnonzero(rows.active.any(axis=1))
        if taking.size:
            self.seen[step] = (rows.address[taking[0]], rows.active[taking[0]], width)


def _array_at(address: int, arrays: Any) -> ArrayArgument | None:
    """The array argument in whose elements an address lies."""
    for array in arrays:
        low, high = array.span()
        if low <= address < high:
            return array
    return None
