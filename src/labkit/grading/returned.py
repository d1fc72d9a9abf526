"""Reads a returned file: is it a notebook, and of which lab? By what is in it, never by its name."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAMED = re.compile(r"""labkit\.check\(\s*["'](?P<lab>lab\d\d)\.|<!-- hints (?P<hinted>lab\d\d)\.""")
_CHECKED = re.compile(r"""^[^#\n]*labkit\.check\(\s*["'](?P<name>lab\d\d\.\w+)["']""", re.MULTILINE)
_CHAPTER = re.compile(r"""labkit\.predict(?:_limiter)?\(\s*["'](\d\d)\.""")


class NotGradable(ValueError):
    """The file is not a lab's notebook that can be run; the message says why."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells, counted from 1, its source, and whether it had been run."""

    place: int
    source: str
    was_run: bool


@dataclass(frozen=True)
class Returned:
    """A returned lab: which one, its code cells, and the exercises that it still has a check for."""

    lab: str
    cells: tuple[Cell, ...]
    checked: frozenset[str]

    def remarks(self, exercises: list[str]) -> list[str]:
        """What a teacher should know before a cell is run."""
        found = []
        missing = [name for name in exercises if name not in self.checked]
        if missing:
            found.append(f"cells deleted: no check of {', '.join(missing)}")
        run = sum(cell.was_run for cell in self.cells)
        if not run:
            found.append("returned without having been run")
        elif run < len(self.cells):
            found.append(f"half-run: {run} of {len(self.cells)} code cells had been run when it was returned")
        return found


def open_returned(path: Path) -> Returned:
    """The lab in the file at ``path``; raises ``NotGradable``."""
    notebook = _notebook(path)
    language = _language(notebook)
    if language not in ("", "python"):
        raise NotGradable(f"a notebook for the language {language!r}, not for Python")
    sources = [_source(cell) for cell in notebook["cells"]]
    labs = Counter(found["lab"] or found["hinted"] for text in sources for found in _NAMED.finditer(text))
    if not labs:
        chapter = next((m[1] for text in sources for m in _CHAPTER.finditer(text)), None)
        raise NotGradable(
            f"this is chapter {chapter}, and only labs are graded"
            if chapter
            else "no lab of this book: no exercise in it"
        )
    lab = labs.most_common(1)[0][0]
    cells = tuple(
        Cell(place, source, bool(cell.get("execution_count")))
        for place, (cell, source) in enumerate(zip(notebook["cells"], sources), 1)
        if cell.get("cell_type") == "code" and source.strip()
    )
    checked = frozenset(found["name"] for cell in cells for found in _CHECKED.finditer(cell.source))
    return Returned(lab, cells, checked)


def _notebook(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NotGradable("not a notebook: it is no text") from None
    if not text.strip():
        raise NotGradable("the file is empty")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise NotGradable("not a notebook: it is no JSON, or was cut off") from None
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise NotGradable("JSON, but not a notebook")
    if notebook["nbformat"] != 4:
        raise NotGradable("a notebook of an older format than 4; save it again in JupyterLab or Colab")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotGradable("a damaged notebook: it has no list of cells")
    if not cells:
        raise NotGradable("a notebook without cells")
    return notebook


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(found, dict) and isinstance(found.get(key), str):
            return found[key].lower()
    return ""


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""
