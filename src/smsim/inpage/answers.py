"""What a run or a step has to say, as dicts and lists that JSON can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from smsim.counting import Counts
from smsim.errors import InstructionBudgetExceeded, PTXSyntaxError, SimulationError
from smsim.inpage.problem import FieldProblem

#: Elements of an array that the page shows.
SHOWN = 256
#: Findings that are told in full; of a wrong program the first few say it all.
TOLD = 20


def of_errors(errors: Iterable[BaseException]) -> list[dict[str, Any]]:
    """Each as ``kind``, ``text``, ``lines`` of the PTX, ``field`` where a field of the form is at fault, ``aside``."""
    return [of_error(error) for error in list(errors)[:TOLD]]


def of_error(error: BaseException) -> dict[str, Any]:
    """One error: its class, its sentence, and the lines of PTX that it speaks of."""
    if isinstance(error, FieldProblem):
        where = f"line {error.line}: " if error.line else ""
        return {"kind": "", "text": f"{where}{error}", "lines": [], "field": error.field}
    lines = [getattr(error, "ptx_line", None), *(getattr(error, "ptx_lines", None) or ())]
    known = sorted({line for line in lines if line})
    field = "ptx" if isinstance(error, PTXSyntaxError) else None
    said = {"kind": type(error).__name__, "text": str(error), "lines": known, "field": field}
    if isinstance(error, InstructionBudgetExceeded):
        said["aside"] = (
            "The page's budget is small; in a notebook, smsim.check takes a larger one as budget=."
        )
    elif isinstance(error, SimulationError) and error.sanitizer_name:
        said["aside"] = f"NVIDIA's compute-sanitizer calls it {error.sanitizer_name}."
    return said


def of_array(name: str, before: np.ndarray | None, after: np.ndarray) -> dict[str, Any]:
    """An array as elements, the first :data:`SHOWN` of them, each with what it was before.

    Args:
        name: what the reader calls it.
        before: the same array earlier, ``None`` if there is nothing to compare with.
        after: any shape, numbers.

    Returns:
        ``changed`` counts over the whole array, ``more`` is how many elements are not shown, and
        ``more_changed`` how many of these changed.
    """
    flat = after.reshape(-1)
    then = flat if before is None else before.reshape(-1)
    moved = _bytes_of(flat) != _bytes_of(then)
    rows = []
    for at in range(min(flat.size, SHOWN)):
        row = {"at": _index(at, after.shape), "after": _number(flat[at])}
        if before is not None:
            row["before"] = _number(then[at])
            row["changed"] = bool(moved[at])
        rows.append(row)
    return {
        "name": name,
        "type": str(after.dtype),
        "shape": list(after.shape),
        "changed": int(moved.sum()),
        "rows": rows,
        "more": max(flat.size - SHOWN, 0),
        "more_changed": int(moved[SHOWN:].sum()),
    }


def of_counts(counts: Counts) -> dict[str, Any]:
    """The printed report, and every metric that is not zero with what it means."""
    table = [[name, _number(value), counts.meaning(name)] for name, value in counts.items() if value]
    return {"report": str(counts), "metrics": table}


def of_scalars(values: Mapping[str, Any]) -> list[str]:
    """``n = 1000`` for each argument that is a number."""
    return [f"{name} = {value}" for name, value in values.items() if not isinstance(value, np.ndarray)]


def _bytes_of(flat: np.ndarray) -> np.ndarray:
    """One opaque item an element, so that NaN equals itself and -0.0 differs from 0.0."""
    return np.ascontiguousarray(flat).view(np.dtype((np.void, flat.dtype.itemsize)))


def _index(at: int, shape: tuple[int, ...]) -> str:
    return ", ".join(str(int(i)) for i in np.unravel_index(at, shape)) if len(shape) > 1 else str(at)


def _number(value: Any) -> str:
    if isinstance(value, float) and not isinstance(value, np.generic):
        return f"{value:.6g}"
    return str(value)
