"""By what the mistakes of lab 7 are recognised, beyond what lab 4 has for the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, Outcome, agree
from labkit.checking.misconception import Detector, Misconception, first_error


def faults_on(*names: str) -> Detector:
    """The first error of all: a thread reached past the end of one of these arrays."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        error = _first(outcomes)
        if type(error).__name__ != "MemoryFault" or "not a multiple of" in str(error):
            return False
        return error.array in names

    return detect


def faults_outside_arrays(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """The first error of all: an address that belongs to no array."""
    error = _first(outcomes)
    return type(error).__name__ == "MemoryFault" and error.array is None


def faults_only_where(condition: Callable[[Case], bool], otherwise: Callable[[Case], bool]) -> Detector:
    """Memory faults on every case with ``condition``, right on every case with ``otherwise``."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        wrong = [o for o in outcomes if condition(o.case)]
        fine = [o for o in outcomes if otherwise(o.case)]
        faulted = all(first_error([o]) == "MemoryFault" for o in wrong)
        return bool(wrong) and bool(fine) and faulted and all(o.right for o in fine)

    return detect


def barrier_error_with(text: str) -> Detector:
    """A barrier that cannot work, and ``text`` in what the simulator says about it."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        return first_error(outcomes) == "BarrierError" and text in str(_first(outcomes))

    return detect


def unwritten_where(places: Callable[[Case], np.ndarray]) -> Detector:
    """Every run ended; just the elements ``places(case)`` (a bool array) were never written, all others are right."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        seen = False
        for o in outcomes:
            if o.got is None:
                return False
            missing = places(o.case)
            want = np.where(missing, UNWRITTEN, o.expected["out"])
            if not np.all(agree(o.got["out"], want)):
                return False
            seen |= bool(missing.any())
        return seen

    return detect


def either(*detectors: Detector) -> Detector:
    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
        return next((said for d in detectors if (said := d(answer, outcomes))), False)

    return detect


def _first(outcomes: Sequence[Outcome]) -> Exception | None:
    return next((o.errors[0] for o in outcomes if o.errors), None)


def misaligned_on(*names: str) -> Detector:
    """The first error of all: an access to one of these arrays at an address that does not suit its size."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        error = _first(outcomes)
        return (
            type(error).__name__ == "MemoryFault"
            and "not a multiple of" in str(error)
            and error.array in names
        )

    return detect


def index_doubled(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """``out`` was left on every case but that of a single element: its places lie too far apart."""
    longer = [o for o in outcomes if o.case.size > 1]
    alone = all(o.right for o in outcomes if o.case.size == 1)
    return alone and bool(longer) and all(faults_on("out")(answer, [o]) for o in longer)


def _guard_inverted(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Where every thread has an element nothing is written; elsewhere the first to fault is the one behind the last."""
    full = [o for o in outcomes if o.case.size == _threads(o.case)]
    rest = [o for o in outcomes if o.case.size < _threads(o.case)]
    untouched = all(o.got is not None and np.all(o.got["out"] == UNWRITTEN) for o in full)
    return bool(full) and untouched and all(faults_on("x", "out")(answer, [o]) for o in rest)


def _threads(case: Case) -> int:
    return case.blocks * case.threads


NO_GUARD = Misconception(
    "no guard",
    "threads past the end reach into memory all the same. Compare the index with `n` by `setp.ge.u32`, and let "
    "those branch to `$done`.",
    detect=faults_on("x", "out"),
)
GUARD_INVERTED = Misconception(
    "guard inverted",
    "those threads go on that should stop, and the others stop. `@%p` acts where the predicate is true, `@!%p` where "
    "it is false.",
    detect=_guard_inverted,
)
