"""Runs one case on the simulated SM and hands back what happened. The only place that calls smsim."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np

from labkit.checking.calling import call
from labkit.checking.case import Case, Outcome, agree

#: Engine steps after which a launch of a lab counts as endless. The longest right answers take some
#: hundreds; the engine's own limit would keep a reader waiting for many seconds.
STEPS = 50_000


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def run_kernel(
    kernel: Any, case: Case, expected: dict[str, np.ndarray], *, seed: int | None = None, budget: int = STEPS
) -> Outcome:
    """Launch ``kernel`` on copies of the case's arguments, hazards included.

    ``smsim.check`` always runs on the simulated SM, also beside a real GPU, so that a lab judges
    alike everywhere. Nothing is raised: errors are part of the outcome. ``seed`` and ``budget`` are those of
    ``smsim.check``.
    """
    import smsim
    from smsim.errors import SimulationError

    arguments = {name: _copy(value) for name, value in case.arguments.items()}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            launch = kernel[case.blocks, case.threads]
            report = smsim.check(launch, *arguments.values(), budget=budget, seed=seed)
            after = None if report.errors else dict(zip(arguments, report.results, strict=True))
    except SimulationError as error:
        if isinstance(error, TypeError):  # wrong arguments: nothing was run
            return Outcome(case, expected, None, failure=error)
        return Outcome(case, expected, None, errors=(error,))
    except Exception as error:  # noqa: BLE001 - whatever a learner's code does, a check goes on
        return Outcome(case, expected, None, failure=error)
    return Outcome(
        case,
        expected,
        {name: after[name] for name in case.outputs} if after else None,
        errors=tuple(report.errors),
        warnings=tuple(report.warnings),
        changed_inputs=_changed(case, after) if after else (),
        report=report,
    )


def _changed(case: Case, after: dict[str, Any]) -> tuple[str, ...]:
    arrays = {name: value for name, value in case.inputs.items() if isinstance(value, np.ndarray)}
    return tuple(name for name, before in arrays.items() if not np.all(agree(after[name], before)))


def run_function(function: Any, case: Case, expected: dict[str, np.ndarray]) -> Outcome:
    """Call a plain Python function on the case's arguments; its result is the output ``result``."""
    try:
        result = call(function, *(_copy(value) for value in case.arguments.values()))
        got = np.asarray(result, dtype=object)
    except Exception as error:  # noqa: BLE001 - whatever a learner's code does, a check goes on
        return Outcome(case, expected, None, failure=error)
    return Outcome(case, expected, {"result": got})
