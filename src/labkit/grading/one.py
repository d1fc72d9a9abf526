"""Grades one returned file: from its path to its row. Never raises because of what is in the file."""

from __future__ import annotations

import json
import shutil
import signal
from dataclasses import asdict
from pathlib import Path

from labkit.grading.limits import MIB, Limits
from labkit.grading.process import Ended, run_process, temporary_folder
from labkit.grading.report import Report, read_report
from labkit.grading.row import Result, Row, State


def grade(path: Path, name: str = "", limits: Limits | None = None) -> Row:
    """The row of the file at ``path``, which the table calls ``name`` (default: its file name)."""
    limits, name = limits or Limits(), name or path.name
    try:
        refused = _refusal(path, limits)
        return _not_graded(name, refused) if refused else _run(path, name, limits)
    except OSError as error:
        return _not_graded(name, f"it cannot be read or run here: {error.strerror or type(error).__name__}")


def _refusal(path: Path, limits: Limits) -> str:
    """Why the file is not even opened; empty where it is."""
    if path.is_symlink():
        return "a link, and links are not followed"
    size = path.stat().st_size
    if size == 0:
        return "the file is empty"
    if size > limits.notebook_mib * MIB:
        return f"{size / MIB:.0f} MiB large, and {limits.notebook_mib:g} are allowed; not opened"
    return ""


def _not_graded(name: str, note: str) -> Row:
    return Row(name, "", State.NOT_GRADED, note)


def _run(path: Path, name: str, limits: Limits) -> Row:
    with temporary_folder() as made:
        folder = Path(made)
        shutil.copyfile(path, folder / "returned.ipynb")
        report = folder / "report.jsonl"
        arguments = ["-m", "labkit.grading.child", str(folder / "returned.ipynb"), str(report)]
        ended = run_process([*arguments, json.dumps(asdict(limits))], folder, limits.seconds)
        return _row(name, read_report(report), ended, limits)


def _row(name: str, report: Report, ended: Ended, limits: Limits) -> Row:
    if report.refused:
        return Row(name, report.lab, State.NOT_GRADED, report.refused, seconds=ended.seconds)
    notes = [*report.remarks]
    if report.cut:
        notes.append(f"prints more than {limits.output_mib:g} MiB; the rest was thrown away")
    if not report.finished:
        notes += _why_not_finished(report, ended, limits)
    whole = report.finished and not report.cut and report.marks
    whole = whole and not any(mark.result is Result.NOT_CHECKED for mark in report.marks.values())
    state = State.GRADED if whole else State.IN_PART if report.lab else State.NOT_GRADED
    return Row(name, report.lab, state, "; ".join(notes), report.marks, ended.seconds)


def _why_not_finished(report: Report, ended: Ended, limits: Limits) -> list[str]:
    where = f"cell {report.cell}" if report.cell else "the start"
    if ended.too_long or (hasattr(signal, "SIGXCPU") and ended.status == -signal.SIGXCPU):
        return [f"stopped after {limits.seconds:g} seconds, in {where}"]
    if ended.status < 0:
        return [f"its process was ended by {signal.Signals(-ended.status).name} in {where}"]
    if report.remarks and "memory" in report.remarks[-1]:
        return []
    if not report.lab:
        return [f"its process did not begin (exit status {ended.status}): {_last_line(ended.last_words)}"]
    return [f"{where} ended the process, exit status {ended.status}"]


def _last_line(words: str) -> str:
    return " ".join((words.splitlines() or ["it said nothing"])[-1].split())[:200]
