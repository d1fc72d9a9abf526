"""Makes notebooks as learners return them, from lab 12: its answers are ordinary functions, so it costs least."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NAME = "lab12-price-the-training-run.ipynb"
EXERCISES = ("parameters", "flop", "attention", "mfu", "hours", "hold", "owned", "errors")
#: In place of the set-up cell, which compiles for a GPU that lab 12 does not need.
SHORT_SETUP = "import labkit"


def solution() -> dict[str, Any]:
    """The worked solution."""
    return json.loads((ROOT / "labs" / "solutions" / NAME).read_text(encoding="utf-8"))


def untouched() -> dict[str, Any]:
    """The learner's notebook, nothing filled in."""
    return json.loads((ROOT / "labs" / NAME).read_text(encoding="utf-8"))


def quick(notebook: dict[str, Any]) -> dict[str, Any]:
    return with_source(notebook, "first-cell", SHORT_SETUP)


def with_source(notebook: dict[str, Any], cell_id: str, source: str) -> dict[str, Any]:
    """The notebook with another source in one of its cells."""
    changed = copy.deepcopy(notebook)
    next(cell for cell in changed["cells"] if cell["id"] == cell_id)["source"] = source
    return changed


def without(notebook: dict[str, Any], *cell_ids: str) -> dict[str, Any]:
    changed = copy.deepcopy(notebook)
    changed["cells"] = [cell for cell in changed["cells"] if cell["id"] not in cell_ids]
    return changed


def place_of(notebook: dict[str, Any], cell_id: str) -> int:
    """Where the cell stands, counted from 1, as the table counts."""
    return 1 + [cell["id"] for cell in notebook["cells"]].index(cell_id)


def save(notebook: dict[str, Any], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


WRONG_FLOP = """\
def run_flop(stored_billion, met_billion, tokens_trillion):
    return 6 * stored_billion * 1e9 * tokens_trillion * 1e12
"""
