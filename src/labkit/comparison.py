"""Several kernels that do the same job, counted side by side on the simulated SM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from labkit.facts.units import number

RIGHT = 'style="text-align: right"'


@dataclass(frozen=True)
class Comparison:
    """What each kernel cost. Printed, it is a table with one row a kernel.

    Attributes:
        columns: what was counted, in words.
        rows: a kernel's name to its figures, in the order of ``columns``.
    """

    columns: tuple[str, ...]
    rows: Mapping[str, tuple[float, ...]]

    def __getitem__(self, place: tuple[str, str]) -> float:
        """``comparison["by atomics", "atomic sectors"]``."""
        name, column = place
        return self.rows[name][self.columns.index(column)]

    def __str__(self) -> str:
        heads = [[""], *(column.split(" ") for column in self.columns)]
        deep = max(map(len, heads))
        padded = [[""] * (deep - len(words)) + words for words in heads]
        lines = [list(line) for line in zip(*padded, strict=True)]
        lines += [[name, *map(number, figures)] for name, figures in self.rows.items()]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.columns) + 1)]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if at == 0 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The table for notebooks and the site: on a phone it scrolls where text would wrap, by keyboard too."""
        heads = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        rows = "".join(
            f"<tr><th>{escape(name)}</th>"
            + "".join(f"<td {RIGHT}>{number(f)}</td>" for f in figures)
            + "</tr>"
            for name, figures in self.rows.items()
        )
        table = f"<table><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return (
            f'<div style="overflow-x: auto" tabindex="0" role="group" aria-label="Comparison">{table}</div>'
        )


def compare(launches: Mapping[str, Any], arguments: Sequence[Any], metrics: Mapping[str, str]) -> Comparison:
    """Count every launch on the same arguments, which stay as they are.

    Args:
        launches: a name to a configured kernel, ``{"by atomics": kernel[32, 128]}``.
        arguments: what each of them is called with.
        metrics: a column's head to one of Nsight Compute's metric names that ``smsim.count`` knows.

    Raises:
        KeyError: a metric is not counted; the message names the nearest that are.
        SimulationError: a kernel did something wrong.
    """
    import smsim

    rows = {}
    for name, launch in launches.items():
        counts = smsim.count(launch, *arguments)
        rows[name] = tuple(counts[metric] for metric in metrics.values())
    return Comparison(tuple(metrics), rows)
