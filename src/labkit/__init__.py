"""labkit: the teaching side of *Twenty of 132*. All that a notebook types:

labkit.start()                          the first cell: environment, engine, one line that says which
labkit.check("lab01.map", kernel)       judge an answer; prints a verdict, never raises
labkit.hint("lab01.map")                the next hint
labkit.predict("04.conflicts", 32, 17)  score an estimate; predict_limiter(name, "tail", profile) a limiter
labkit.progress()                       what is done; export_progress() and import_progress() move it
labkit.fact("h800.sms")                 a sourced figure with its unit
labkit.figure(), labkit.show(fig, alt)  figures in the book's style
labkit.draw_threads(block, thread)      which thread touched which element
"""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {
    "start": "labkit.begin",
    "check": "labkit.checks",
    "judge": "labkit.checks",
    "hint": "labkit.hinting",
    "predict": "labkit.predictions",
    "predict_limiter": "labkit.predictions",
    "progress": "labkit.record.overview",
    "export_progress": "labkit.record.transfer",
    "import_progress": "labkit.record.transfer",
    "fact": "labkit.facts.table",
    "fact_keys": "labkit.facts.table",
    "Fact": "labkit.facts.table",
    "figure": "labkit.figures.style",
    "palette": "labkit.figures.style",
    "show": "labkit.figures.show",
    "draw_threads": "labkit.figures.threads",
    "draw_instructions": "labkit.figures.instructions",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    """Load a part when it is first used: a check needs no matplotlib."""
    if name not in _WHERE:
        raise AttributeError(f"module 'labkit' has no attribute {name!r}")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])
