"""What others measured, read from ``published.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from smsim.calibration.row import Source


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "published.toml").read_text("utf-8"))


def values(what: str, device: str) -> tuple[Source, ...]:
    """The published values of ``what`` for a GPU, in the order of the file."""
    found = [row for row in _table()["values"] if row["what"] == what and row["device"] == device]
    return tuple(Source(row["value"], row["source"], row["date"], row["mark"]) for row in found)


def stalls(chain: str, arch: str) -> tuple[Source, ...]:
    """Cycles a link of a chain, as NVIDIA's assembler schedules it; none where it uses a counter."""
    table = _table()["stalls"]
    value = table[chain].get(arch)
    return () if value is None else (Source(value, table["source"], table["date"], table["mark"]),)


def curves() -> list[dict[str, Any]]:
    """The published curves: ``title``, ``device``, ``like``, ``does``, ``axis``, ``x``, ``y``, and where from."""
    return _table()["curves"]
