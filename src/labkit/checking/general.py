"""Mistakes that can happen in any exercise, tried after the exercise's own. The last one always fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Outcome, agree
from labkit.checking.misconception import Misconception, errors_named


def _never_ends(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return bool(errors_named(outcomes, "InstructionBudgetExceeded") or errors_named(outcomes, "Deadlock"))


def _races(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return bool(errors_named(outcomes, "DataRace"))


def _out_of_bounds(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return bool(errors_named(outcomes, "MemoryFault"))


def _other_error(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.errors for outcome in outcomes)


def _changed_input(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    names = {name for outcome in outcomes for name in outcome.changed_inputs}
    if not names:
        return False
    listed = " and ".join(f"`{name}`" for name in sorted(names))
    return f"your answer writes into its input {listed}. Inputs stay as they are; write to the output."


def _finished(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.got is not None]


def _nothing_written(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    arrays = [array for outcome in _finished(outcomes) for array in outcome.got.values()]
    return bool(arrays) and all(np.all(agree(array, np.full_like(array, UNWRITTEN))) for array in arrays)


def _constant(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    arrays = [array for outcome in _finished(outcomes) for array in outcome.got.values() if array.size]
    values = {repr(value.item() if hasattr(value, "item") else value) for a in arrays for value in a.ravel()}
    values -= {repr(UNWRITTEN), repr(float(UNWRITTEN))}
    varied = any(np.unique(want).size > 1 for outcome in outcomes for want in outcome.expected.values())
    return len(values) == 1 and varied


def _truncated(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Every output is a whole number where halves were asked for."""
    seen = False
    for outcome in _finished(outcomes):
        for name, want in outcome.expected.items():
            got = outcome.got[name]
            if got.dtype.kind != "f" or want.dtype.kind != "f" or got.shape != want.shape:
                return False
            if not np.all((np.abs(got - want) < 1.5) & (got == np.trunc(got))):
                return False
            seen |= bool(np.any(want != np.trunc(want)))
    return seen


def _gaps(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    """Everything written is right, but some elements were never written."""
    for outcome in _finished(outcomes):
        for name, want in outcome.expected.items():
            got = outcome.got[name]
            missing = agree(got, np.full_like(got, UNWRITTEN))
            if np.any(missing):
                if not np.all(agree(got, want) | missing):
                    return False
                where = ", ".join(map(str, np.argwhere(missing)[0]))
                return f"some elements are never written, `{name}[{where}]` for one. Each needs a thread."
    return False


def _always(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return True


GENERAL: tuple[Misconception, ...] = (
    Misconception(
        "never ends",
        "the launch does not end. Look at your loop: does every turn bring it closer to its last?",
        detect=_never_ends,
    ),
    Misconception(
        "data race",
        "two threads touch the same element, at least one writes it, and nothing orders them.",
        detect=_races,
    ),
    Misconception(
        "out of bounds",
        "a thread leaves its array. Which index does the last thread of the last block use?",
        detect=_out_of_bounds,
    ),
    Misconception("stopped", "the simulated SM stopped the launch.", detect=_other_error),
    Misconception("changes its input", "your answer writes into an input.", detect=_changed_input),
    Misconception(
        "nothing written",
        "the output is untouched. Assign to an element: `out[i] = ...`.",
        detect=_nothing_written,
    ),
    Misconception(
        "constant",
        "every element gets the same value, whatever the inputs are. Compute it from the inputs.",
        detect=_constant,
    ),
    Misconception(
        "wrong dtype",
        "the fractions are gone: somewhere a float became a whole number.",
        detect=_truncated,
    ),
    Misconception("gaps", "some elements are never written.", detect=_gaps),
    Misconception(
        "wrong result",
        "some elements differ from the specification. Follow one of them through by hand.",
        detect=_always,
    ),
)
