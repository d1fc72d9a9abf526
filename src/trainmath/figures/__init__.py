"""Figures from papers and price lists, each once: one TOML file a group, each row with unit, source, date, mark.

``figure("v3.gpu_hours")`` gives the row, ``value("v3.gpu_hours")`` its plain value in the row's unit. A value
of two numbers is a range, lowest first; its row may say how it is drawn (``spread``, see
``trainmath.cost.ranges``). Marks: measured, published, computed (from others), assumed, recalled.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

MARKS = ("measured", "published", "computed", "assumed", "recalled")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and where it comes from. ``spread`` is used only by ranges."""

    key: str
    value: Any
    unit: str
    source: str
    date: str
    mark: str
    spread: str = "uniform"

    @property
    def is_range(self) -> bool:
        """True for two numbers, lowest first."""
        return isinstance(self.value, list | tuple)


class UnknownFigure(KeyError):
    """No row has this key."""

    def __str__(self) -> str:
        return self.args[0]


@cache
def figures() -> dict[str, Figure]:
    """All rows by key, ``"group.name"``; the group is the file's name."""
    found = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            group = file.name.removesuffix(".toml")
            for name, row in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[f"{group}.{name}"] = Figure(f"{group}.{name}", **row)
    return found


def figure(key: str) -> Figure:
    """The row called ``key``; raises ``UnknownFigure``."""
    if key not in figures():
        raise UnknownFigure(f"there is no figure called {key!r} in trainmath.figures.")
    return figures()[key]


def value(key: str) -> Any:
    """The plain value of a row, in the row's own unit; raises ``UnknownFigure``."""
    return figure(key).value
