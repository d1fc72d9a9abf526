"""Grade a folder of returned labs: ``python -m labkit.grading FOLDER --out table.csv``.

grade_folder(folder)         one row a file, in the order of their names; a bad file is a row, never an error
write(table, "table.csv")    as .csv, .html or .md, by the ending
read("table.csv")            the rows of a .csv again
picture(table)               learners by exercises, with words for those who cannot see it

Every notebook runs in a process and a folder of its own, under limits. That guards against accidents. It is no
sandbox: the page *Teaching with this book* says what it does not hold off, and how to grade in a container.
"""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {
    "grade_folder": "labkit.grading.folder",
    "grade": "labkit.grading.one",
    "Limits": "labkit.grading.limits",
    "Row": "labkit.grading.row",
    "write": "labkit.grading.table",
    "read": "labkit.grading.table",
    "picture": "labkit.grading.cohort",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    """Load a part when it is first used: the process that runs a notebook needs only its own."""
    if name not in _WHERE:
        raise AttributeError(f"module 'labkit.grading' has no attribute {name!r}")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value
