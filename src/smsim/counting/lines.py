"""Counts line by line: of the PTX, and of the Python that it was compiled from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smsim.counting.metrics import Run, ratio
from smsim.counting.tally import Tally
from smsim.counting.text import columns
from smsim.isolated import Isolated
from smsim.listing.names import renamed, shortened
from smsim.listing.source import Origin, Source


@dataclass(frozen=True)
class LineCount:
    """One line and what was executed for it.

    Attributes:
        line: its number; 0 for instructions that come from no Python line.
        text: what stands there.
        instructions: how many instructions of the PTX belong to it.
        tally: the counts.
    """

    line: int
    text: str
    instructions: int
    tally: Tally

    @property
    def active(self) -> float:
        """Active threads of a warp, on average."""
        return ratio(self.tally.threads, self.tally.executed)


class LineTable(Sequence[LineCount]):
    """Rows by line. Printed, it is a table; ``table[12]`` is a row by position, ``table.at(12)`` by line."""

    def __init__(self, title: str, rows: Sequence[LineCount]) -> None:
        self.title, self._rows = title, tuple(rows)

    def __getitem__(self, index: int) -> LineCount:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def at(self, line: int) -> LineCount:
        """The row of line ``line``.

        Raises:
            KeyError: nothing was executed for that line.
        """
        for row in self._rows:
            if row.line == line:
                return row
        raise KeyError(f"nothing was executed for line {line}")

    def __str__(self) -> str:
        head = ("executed", "active", "requests", "sectors", "passes", "conflicts", "divergent", "line", "")
        body = [_cells(row) for row in self._rows]
        keep = [at for at in range(len(head)) if at in (0, 1, 7, 8) or any(row[at] for row in body)]
        rows = [[row[at] for at in keep] for row in (head, *body)]
        return self.title + "\n" + columns(rows, left=(len(keep) - 1,))

    __repr__ = __str__


def _cells(row: LineCount) -> tuple[str, ...]:
    traffic = row.tally.all_traffic()
    numbers = (
        row.tally.executed,
        f"{row.active:.1f}",
        traffic.requests,
        traffic.sectors,
        traffic.wavefronts,
        traffic.conflicts,
        row.tally.divergent,
        row.line,
    )
    return (*(str(n) if n else "" for n in numbers), row.text)


def ptx_table(isolated: Isolated, run: Run) -> LineTable:
    """One row for every instruction that was executed."""
    module = isolated.function.module.module
    names = shortened(module, isolated.function.function, isolated.call.name)
    rows = [
        LineCount(s.instruction.line, renamed(s.instruction.text, names), 1, t)
        for s, t in run.tallies.items()
    ]
    rows.sort(key=lambda row: row.line)
    return LineTable(f"{isolated.call.name}, by PTX line", rows)


def python_table(isolated: Isolated, run: Run) -> LineTable:
    """One row for every Python line; lines of functions that were inlined come last."""
    module, source = isolated.function.module.module, Source(isolated.call.python)
    found: dict[Origin, list[Tally]] = {}
    for step, tally in run.tallies.items():
        found.setdefault(source.origin(step.instruction.loc, module.files), []).append(tally)
    rows = [
        LineCount(origin.line, _said(origin), len(tallies), sum(tallies, Tally()))
        for origin, tallies in sorted(found.items(), key=lambda item: (item[0].elsewhere, item[0].line))
    ]
    return LineTable(f"{isolated.call.name}, by Python line", rows)


def _said(origin: Origin) -> str:
    if not origin.line:
        return "(no Python line)"
    return origin.text + (" (of another function)" if origin.elsewhere else "")
