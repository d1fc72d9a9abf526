"""What the article that this book starts from claims, and what the sources say: one row of ``claims.toml`` a claim.

``table()`` gives the rows. ``claim.finding`` is a sentence into which the numbers of ``claim.numbers()`` are
put; they come from a function of ``trainmath.claims.numbers``, which reads rows of ``trainmath.figures``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from trainmath.claims import numbers
from trainmath.figures import Figure, figure

#: The verdicts, from what stands to what does not.
VERDICTS = {
    "supported": "a source says so, and the arithmetic agrees",
    "incomplete": "right as far as it goes; what is left out changes the picture",
    "misleading": "something true stands behind it, but not what the words say",
    "unsupported": "no source was found for it",
}


@dataclass(frozen=True)
class Source:
    """Where one can look: a name, an address (empty for the article's own words), and how well it was read.

    ``read`` is ``"primary"`` (the authors' own file), ``"copy"`` (a stored copy of it) or ``"secondary"``
    (somebody who quotes it).
    """

    name: str
    url: str
    date: str
    read: str


@dataclass(frozen=True)
class Claim:
    """One claim of the article, in this book's words; the article's own only where ``quoted`` has them."""

    number: int
    claim: str
    quoted: str
    verdict: str
    computes: str
    template: str
    change: str
    rows: tuple[str, ...]
    sources: tuple[Source, ...]

    def numbers(self) -> dict[str, float]:
        """What the claim's function computes, by name; units are in its docstring."""
        return getattr(numbers, self.computes)()

    @property
    def finding(self) -> str:
        """What the sources say, with the numbers in it."""
        return self.template.format(**self.numbers())

    def inputs(self) -> list[Figure]:
        """The rows that the numbers are computed from, each with source and mark."""
        return [figure(key) for key in self.rows]


@cache
def table() -> tuple[Claim, ...]:
    """All claims, in the article's order."""
    read = tomllib.loads((resources.files(__package__) / "claims.toml").read_text(encoding="utf-8"))
    return tuple(_claim(row, read["source"]) for row in read["claim"])


def _claim(row: dict[str, Any], sources: dict[str, dict[str, str]]) -> Claim:
    if row["verdict"] not in VERDICTS:
        raise ValueError(f"claim {row['number']} has the verdict {row['verdict']!r}.")
    return Claim(
        number=row["number"],
        claim=row["claim"],
        quoted=row.get("quoted", ""),
        verdict=row["verdict"],
        computes=row["computes"],
        template=row["finding"],
        change=row["change"],
        rows=tuple(row["rows"]),
        sources=tuple(Source(**sources[key]) for key in row["sources"]),
    )


def get(number: int) -> Claim:
    """The claim with this number, 1 to 14; raises ``LookupError``."""
    for claim in table():
        if claim.number == number:
            return claim
    raise LookupError(f"there is no claim {number}; they go from 1 to {len(table())}.")
