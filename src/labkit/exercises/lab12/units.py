"""What the exercises of lab 12 share: how cases are made, and slips of a unit as misconceptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome
from labkit.checking.misconception import Misconception


def cases(readable: Sequence[Mapping[str, Any]], drawn: Callable[[np.random.Generator], dict]) -> Any:
    """A ``make`` for ``FunctionExercise``: sizes 1, 2, ... are the readable inputs, others are drawn anew."""

    def make(rng: np.random.Generator, size: int, want_readable: bool) -> Case:
        inputs = readable[size - 1] if want_readable else drawn(rng)
        return Case(size, dict(inputs), outputs=())

    return make


def slip(name: str, message: str, specification: Callable[..., Any], factor: float) -> Misconception:
    """The right formula in a wrong unit: every result is ``factor`` times what it should be."""
    return Misconception(name, message, model=lambda **inputs: specification(**inputs) * factor)


def _no_number(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    for outcome in outcomes:
        if outcome.got is None:
            continue
        for value in np.ravel(outcome.got["result"]):
            if value is None:
                return "the function returns no number. Did you forget `return`?"
            if isinstance(value, str):
                return "the result is a text. Return the plain number; the unit is in the function's description."
            if not isinstance(value, int | float | np.number):
                return f"the result is a {type(value).__name__}, not a number."
    return False


NO_NUMBER = Misconception("no number", "the result is not a number.", detect=_no_number)
