"""Models whose shapes come with the book: one TOML file each, with the source of the shape and published counts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from trainmath.figures import Figure
from trainmath.model.config import Shape, read


@dataclass(frozen=True)
class KnownModel:
    """A model, where its shape was read, and what was published about its size.

    ``published`` has ``"parameters"`` and, for a mixture of experts, ``"active"``.
    """

    name: str
    config: dict[str, Any]
    shape: Shape
    source: str
    date: str
    published: dict[str, Figure]


class UnknownModel(LookupError):
    """No model of this name comes with the book; the message lists those that do."""


@cache
def _all() -> dict[str, KnownModel]:
    found = {}
    for file in sorted((resources.files(__package__) / "configs").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            group = file.name.removesuffix(".toml")
            rows = {k: Figure(f"{group}.{k}", **row) for k, row in table["published"].items()}
            found[table["name"]] = KnownModel(
                table["name"], table["config"], read(table["config"]), table["source"], table["date"], rows
            )
    return found


def names() -> list[str]:
    """Names of all models that come with the book."""
    return list(_all())


def load(name: str) -> KnownModel:
    """The model called ``name``; raises ``UnknownModel``."""
    if name not in _all():
        raise UnknownModel(f"there is no model called {name!r} here; there are {', '.join(names())}.")
    return _all()[name]
