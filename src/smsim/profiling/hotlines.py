"""Where the warps' cycles went: by Python line and by PTX instruction, hottest marked, in the order of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from smsim.counting.metrics import ratio
from smsim.counting.text import columns
from smsim.listing.names import renamed, shortened
from smsim.listing.reference import address
from smsim.listing.source import Origin, Source
from smsim.profiling.evidence import Evidence
from smsim.profiling.quantities import percent
from smsim.profiling.stalls import TITLES
from smsim.ptx.rows import resolve
from smsim.timing.microops import STALLS

_SHOWN = 0.01  # lines with less of the cycles are left out of the printed table


@dataclass(frozen=True)
class HotLine:
    """One line and the warp-cycles spent at it.

    Attributes:
        line: its number; 0 for instructions that come from no Python line.
        text: what stands there.
        origin: the Python line it comes from, or is.
        cycles: warp-cycles at it, of the replayed SM; what Nsight Compute samples.
        share: of all warp-cycles, from 0 to 1.
        reason: what warps mostly waited for there, of :data:`smsim.timing.microops.STALLS`; empty if they never did.
        issued: micro-operations issued.
        opcode, reference: of a PTX line its opcode, and where the book's reference explains it.
    """

    line: int
    text: str
    origin: Origin
    cycles: int
    share: float
    reason: str
    issued: int
    opcode: str = ""
    reference: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class HotLines:
    """A kernel's lines with what they cost. Printed, it is two tables; a notebook puts them side by side.

    Attributes:
        kernel: its name.
        python, ptx: the lines, in the order of their text.
        lines: the whole Python source, by line number.
        code: the PTX text, the kernel's name in it, and the target, for :attr:`sass`.
    """

    kernel: str
    python: tuple[HotLine, ...]
    ptx: tuple[HotLine, ...]
    lines: dict[int, str]
    code: tuple[str, str, str]

    @cached_property
    def sass(self) -> str | None:
        """What NVIDIA's assembler makes of the kernel, with Python lines; ``None`` without a disassembler.

        The replay does not execute these instructions, so they have no cycles of their own.
        """
        from smsim.sass import AssemblerError, MissingTool, machine_code

        try:
            found = machine_code(*self.code)
        except (AssemblerError, MissingTool):  # a listing is no reason to fail
            return None
        return "\n".join(f"{one.line or '':>5}  {one.text}" for one in found)

    def at(self, line: int) -> HotLine:
        """The row of Python line ``line``.

        Raises:
            KeyError: no instruction comes from that line.
        """
        for row in self.python:
            if row.line == line and not row.origin.elsewhere:
                return row
        raise KeyError(f"no instruction comes from line {line}")

    def to_dict(self) -> dict[str, Any]:
        """Line numbers, shares and reasons as plain values."""
        return {
            side: [{"line": r.line, "cycles": r.cycles, "share": r.share, "reason": r.reason} for r in rows]
            for side, rows in (("python", self.python), ("ptx", self.ptx))
        }

    def __str__(self) -> str:
        python = [row for row in self.python if row.line]
        parts = [_table(f"{self.kernel}, by Python line", self.python)] if python else []
        return "\n\n".join([*parts, _table(f"{self.kernel}, by PTX line", self.ptx)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from smsim.profiling import hotpage

        return hotpage.html(self)


def hot_lines(evidence: Evidence) -> HotLines:
    """The lines of a profiled launch."""
    isolated, replay = evidence.isolated, evidence.replay
    module, source = isolated.function.module.module, Source(isolated.call.python)
    names = shortened(module, isolated.function.function, isolated.call.name)
    total = int(replay.stalls.sum())
    ptx, groups = [], {}
    for at, step in enumerate(evidence.ops.instructions):
        instruction = step.instruction
        origin = source.origin(instruction.loc, module.files)
        groups.setdefault(origin, []).append(at)
        text = renamed(instruction.text, names)
        line = _line(instruction.line, text, origin, replay.stalls[at], int(replay.issued[at]), total)
        explained = address(resolve(instruction).row)  # what ran is in the table
        ptx.append(replace(line, opcode=instruction.spelling, reference=explained))
    python = [
        _line(o.line, _said(o), o, replay.stalls[ats].sum(axis=0), int(replay.issued[ats].sum()), total)
        for o, ats in groups.items()
    ]
    code = (isolated.call.ptx, isolated.call.entry, evidence.spec.arch)
    python.sort(key=lambda row: (row.origin.elsewhere, row.line))
    ptx.sort(key=lambda row: row.line)
    return HotLines(isolated.call.name, tuple(python), tuple(ptx), dict(source.lines), code)


def _line(line: int, text: str, origin: Origin, reasons: np.ndarray, issued: int, total: int) -> HotLine:
    cycles = int(reasons.sum())
    waits = {name: int(n) for name, n in zip(STALLS, reasons) if name != "selected" and n}
    reason = max(waits, key=waits.get) if waits else ""
    return HotLine(line, text, origin, cycles, ratio(cycles, total), reason, issued)


def _said(origin: Origin) -> str:
    if not origin.line:
        return "(no Python line)"
    return origin.text + (" (of another function)" if origin.elsewhere else "")


def _table(title: str, rows: Sequence[HotLine]) -> str:
    shown = [row for row in rows if row.share >= _SHOWN]
    left = len(rows) - len(shown)
    cells = [("cycles", "", "line", "", "mostly")]
    hottest = max([row.share for row in shown], default=0)
    for row in shown:
        mark = "*" if row.share == hottest else ""
        cells.append(
            (percent(row.share), mark, str(row.line or ""), row.text.strip(), TITLES.get(row.reason, ""))
        )
    more = f"\n{left} more with less than 1 % each" if left else ""
    return title + "\n" + columns(cells, left=(3, 4), indent="") + more
