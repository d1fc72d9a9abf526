"""The smallest failing case as a small text table: inputs, expected, got."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Outcome, agree

COLUMNS = 8


def case_table(outcome: Outcome) -> tuple[str, ...]:
    """Lines no wider than a phone shows well; elements are marked ``^`` where they differ."""
    case = outcome.case
    if "result" in outcome.expected:
        return _call_table(outcome)
    lines = [f"smallest failing case: {_size_text(case.size)}, {case.launch_text()}"]
    name = _output_shown(outcome)
    arrays = {**case.inputs, name: outcome.expected[name]}.values()
    shapes = {value.shape for value in arrays if isinstance(value, np.ndarray)}
    one_length = len(shapes) == 1 and len(next(iter(shapes))) == 1
    lines += _vector_table(outcome, name) if one_length else _matrix_table(outcome, name)
    if outcome.got is None:
        lines.append("got: nothing, the launch was stopped")
    elif _shows_unwritten(lines, _labels(outcome, name)[1]):
        lines.append("a single dot: never written")
    return tuple(lines)


def _shows_unwritten(lines: Sequence[str], got_label: str) -> bool:
    """Whether a dot stands in the rows of what came; a matrix has several, of which the first bears the label."""
    starts = [number for number, line in enumerate(lines) if line.startswith(got_label)]
    return (
        any("." in line.removeprefix(got_label).split() for line in lines[starts[0] :]) if starts else False
    )


def _output_shown(outcome: Outcome) -> str:
    """The first output that is wrong, else the first."""
    names = list(outcome.expected)
    if outcome.got is None:
        return names[0]
    wrong = (n for n in names if not np.all(agree(outcome.got[n], outcome.expected[n])))
    return next(wrong, names[0])


def _labels(outcome: Outcome, name: str) -> tuple[str, str]:
    """How the rows for what is expected and what came are called; with several outputs they say of which."""
    which = f" {name}" if len(outcome.expected) > 1 else ""
    return f"expected{which}", f"got{which}"


def _size_text(size: Any) -> str:
    if isinstance(size, str):
        return size
    if isinstance(size, tuple):
        return " x ".join(map(str, size)) + " elements"
    return f"{size} element" + ("" if size == 1 else "s")


def _call_table(outcome: Outcome) -> tuple[str, ...]:
    call = ", ".join(f"{name} = {value}" for name, value in outcome.case.inputs.items())
    got = _result(outcome.got["result"]) if outcome.got is not None else "nothing"
    want = _result(outcome.expected["result"])
    if got == want and outcome.got is not None:  # a float, say, where a whole number is asked for
        got = str(outcome.got["result"])
    return (*textwrap.wrap(f"smallest failing case: {call}", 84), f"expected {want}, got {got}")


def _result(result: np.ndarray) -> str:
    """One value, or several in brackets; floats to six digits."""
    values = [f"{v:.6g}" if isinstance(v, float | np.floating) else str(v) for v in result.ravel()]
    return values[0] if result.ndim == 0 else f"({', '.join(values)})"


def _vector_table(outcome: Outcome, name: str) -> list[str]:
    case, want = outcome.case, outcome.expected[name]
    expected_label, got_label = _labels(outcome, name)
    got = outcome.got[name] if outcome.got is not None else None
    wrong = ~agree(got, want) if got is not None else np.zeros(want.shape, dtype=bool)
    start = _window(wrong, want.size)
    shown = range(start, min(start + COLUMNS, want.size))
    rows: list[tuple[str, Sequence[str]]] = [("i", [str(i) for i in shown])]
    scalars = []
    for label, value in case.inputs.items():
        if isinstance(value, np.ndarray):
            rows.append((label, [_number(value[i]) for i in shown if i < value.size]))
        else:
            scalars.append(f"{label} = {_number(value)}")
    rows.append((expected_label, [_number(want[i]) for i in shown]))
    if got is not None:
        rows.append((got_label, [_number(got[i]) for i in shown]))
        rows.append(("", ["^" if wrong[i] else "" for i in shown]))
    lines = [", ".join(scalars)] if scalars else []
    lines += _aligned(rows)
    if want.size > COLUMNS:
        lines[-1 if got is None else -2] += f"   ({want.size} in all)"
    return lines


def _window(wrong: np.ndarray, length: int) -> int:
    """Where to start, so that the first wrong element is shown with its neighbours."""
    if length <= COLUMNS or not wrong.any():
        return 0
    return int(np.clip(np.argmax(wrong) - 2, 0, length - COLUMNS))


def _matrix_table(outcome: Outcome, name: str) -> list[str]:
    lines: list[str] = []
    expected_label, got_label = _labels(outcome, name)
    parts = {**outcome.case.inputs, expected_label: outcome.expected[name]}
    if outcome.got is not None:
        parts[got_label] = outcome.got[name]
    left = max(9, *(len(label) for label in parts))
    row, column = _corner(outcome, name)
    for label, value in parts.items():
        if not isinstance(value, np.ndarray):
            lines.append(f"{label} = {_number(value)}")
            continue
        whole = np.atleast_2d(value)
        top, side = (row, column) if label in (expected_label, got_label) else (0, 0)
        grid = whole[top : top + COLUMNS, side : side + COLUMNS]
        rows = [(label if r == 0 else "", [_number(v) for v in line]) for r, line in enumerate(grid)]
        lines += _aligned(rows, left=left)
        if grid.size < whole.size and value.ndim == 2:
            lines.append(f"{'':<{left}}  ({_part(value, grid, top, side)})")
        elif grid.size < whole.size and value.ndim < 2:
            lines[-1] += f"   (from {side} on, {value.size} in all)" if side else f"   ({value.size} in all)"
    return lines


def _part(value: np.ndarray, grid: np.ndarray, top: int, side: int) -> str:
    """Which part of a matrix too large for a table is shown."""
    rows, columns = (f"{start} to {start + n - 1}" for start, n in zip((top, side), grid.shape, strict=True))
    return f"rows {rows}, columns {columns} of {' x '.join(map(str, value.shape))}"


def _corner(outcome: Outcome, name: str) -> tuple[int, int]:
    """Row and column from which a matrix is shown: 0, 0 unless its first wrong element lies out of sight there."""
    want = np.atleast_2d(outcome.expected[name])
    if outcome.got is None or want.ndim > 2 or outcome.got[name].shape != outcome.expected[name].shape:
        return 0, 0
    wrong = np.argwhere(np.atleast_2d(~agree(outcome.got[name], outcome.expected[name])))
    if not wrong.size or np.any(np.all(wrong < COLUMNS, axis=1)):
        return 0, 0
    row, column = (int(max(0, min(at - 2, length - COLUMNS))) for at, length in zip(wrong[0], want.shape))
    return row, column


def _aligned(rows: Sequence[tuple[str, Sequence[str]]], left: int = 0) -> list[str]:
    width = max((len(cell) for _, cells in rows for cell in cells), default=1)
    left = max(left, *(len(label) for label, _ in rows))
    return [f"{label:<{left}}  " + "  ".join(f"{cell:>{width}}" for cell in cells) for label, cells in rows]


def _number(value: Any) -> str:
    if value == UNWRITTEN:
        return "."
    if isinstance(value, np.floating | float):
        return f"{float(value):.4g}"
    return str(value)
