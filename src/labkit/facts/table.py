"""``labkit.fact("h800.sms")``: a figure that knows its unit and its source.

Figures of GPUs come from ``smsim.devices``, those of training runs and their cost from ``trainmath.figures``;
all others from the TOML files beside this one. Each stands in one place only.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from labkit.facts.units import Span, with_unit

MARKS = ("measured", "published", "computed", "assumed", "fitted", "recalled")


class UnknownFact(KeyError):
    """No figure has this key; the message gives the nearest ones."""

    def __str__(self) -> str:
        return self.args[0]


@dataclass(frozen=True)
class Fact:
    """One figure. Prints itself with its unit; computes as its plain value.

    ``mark`` says how it is known: measured, published, computed (from others), assumed, fitted (to a
    measured curve), recalled.
    """

    key: str
    value: Any
    unit: str
    source: str
    date: str
    mark: str

    def __str__(self) -> str:
        return with_unit(self.value, self.unit)

    def __repr__(self) -> str:
        return f"{self} ({self.mark}, {self.date}: {self.source})"

    def __format__(self, spec: str) -> str:
        return format(self.value, spec) if spec else str(self)

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == _plain(other)

    def __hash__(self) -> int:
        return hash((self.key, str(self.value)))

    def __lt__(self, other: Any) -> bool:
        return self.value < _plain(other)

    def __gt__(self, other: Any) -> bool:
        return self.value > _plain(other)

    def __add__(self, other: Any) -> Any:
        return self.value + _plain(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self.value - _plain(other)

    def __rsub__(self, other: Any) -> Any:
        return _plain(other) - self.value

    def __mul__(self, other: Any) -> Any:
        return self.value * _plain(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self.value / _plain(other)

    def __rtruediv__(self, other: Any) -> Any:
        return _plain(other) / self.value

    def __floordiv__(self, other: Any) -> Any:
        return self.value // _plain(other)


def _plain(other: Any) -> Any:
    return other.value if isinstance(other, Fact) else other


@cache
def _all() -> dict[str, Fact]:
    from smsim import devices
    from trainmath.figures import figures

    facts = {
        key: Fact(
            key, Span(row.value) if row.is_range else row.value, row.unit, row.source, row.date, row.mark
        )
        for key, row in figures().items()
    }
    for name in devices.names():
        group = "_".join(name.lower().split())
        for key, figure in devices.load(name).figures.items():
            facts[f"{group}.{key}"] = Fact(
                f"{group}.{key}", figure.value, figure.unit, figure.source, figure.date, figure.mark
            )
    for file in resources.files(__package__).iterdir():
        if file.name.endswith(".toml"):
            group = file.name.removesuffix(".toml")
            for key, row in tomllib.loads(file.read_text(encoding="utf-8")).items():
                facts[f"{group}.{key}"] = Fact(f"{group}.{key}", **row)
    return facts


def fact_keys(group: str = "") -> list[str]:
    """All keys, or those of one group: ``fact_keys("v3")``."""
    return sorted(key for key in _all() if not group or key.startswith(group + "."))


def fact(key: str) -> Fact:
    """The figure called ``key``; raises ``UnknownFact`` with near matches."""
    facts = _all()
    if key in facts:
        return facts[key]
    near = difflib.get_close_matches(key, facts, n=3, cutoff=0.5)
    near += [k for k in facts if k.endswith("." + key.rpartition(".")[2]) and k not in near][: 3 - len(near)]
    advice = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnknownFact(f"there is no figure called {key!r}.{advice}")
