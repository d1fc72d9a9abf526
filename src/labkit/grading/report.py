"""What the process that runs a notebook tells the grader: one line of JSON for each thing, as it happens.

A process can end at any moment, so nothing waits for the end. The grader reads a part of the file at most, and
believes the form of nothing in it: a notebook's code could write there too.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkit.grading.row import Mark, Result

MOST_BYTES = 2**20
_NAME = re.compile(r"lab\d\d\.\w{1,40}")


class Writer:
    """Appends to the report, each line at once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def say(self, kind: str, **values: Any) -> None:
        self._file.write(json.dumps({"kind": kind, **values}) + "\n")


@dataclass
class Report:
    """The report so far.

    Attributes:
        lab: the lab, once it was recognised.
        refused: why the file was not run.
        marks: exercise -> the best mark of its checks.
        remarks: sentences for the teacher.
        cell: place of the cell that was begun last, from 1; 0 before the first.
        finished: whether all cells were gone through.
    """

    lab: str = ""
    refused: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    cell: int = 0
    finished: bool = False
    cut: bool = False


def read_report(path: Path) -> Report:
    """The report at ``path``; empty where nothing was written. Lines that are none are passed over."""
    report = Report()
    if not path.is_file():
        return report
    with path.open("rb") as file:
        lines = file.read(MOST_BYTES).decode("utf-8", "replace").splitlines()
    for line in lines:
        try:
            _take(report, json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return report


def _take(report: Report, said: dict[str, Any]) -> None:
    kind = said["kind"]
    if kind == "lab":
        names = [str(name) for name in said["exercises"] if _NAME.fullmatch(str(name))]
        report.lab = str(said["lab"])[:5]
        report.marks = {name: Mark(Result.NOT_CHECKED) for name in names}
    elif kind == "refused":
        report.refused = _sentence(said["why"])
    elif kind == "cell":
        report.cell = int(said["place"])
    elif kind == "remark":
        report.remarks.append(_sentence(said["text"]))
    elif kind == "mark" and said["exercise"] in report.marks:
        mark = Mark(Result(said["result"]), _sentence(said["misconception"] or ""), _number(said["score"]))
        report.marks[said["exercise"]] = better(report.marks[said["exercise"]], mark)
    elif kind == "cut":
        report.cut = True
    elif kind == "finished":
        report.finished = True


def better(one: Mark, two: Mark) -> Mark:
    """Of two marks of one exercise the one that counts: right before wrong, then the lower score, then the later."""
    if one.result is not two.result:
        return max(one, two, key=lambda mark: mark.result.merit)
    if one.score is not None and (two.score is None or one.score < two.score):
        return one
    return two


def _sentence(text: Any) -> str:
    return " ".join(str(text).split())[:300]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
