"""By what the mistakes of lab 4 are recognised: the error that the simulated SM gave, or the wrong result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, Outcome, agree
from labkit.checking.misconception import Detector, Misconception, first_error


def gives(model: Callable[[Case], np.ndarray], output: str = "out") -> Detector:
    """Every run ended, and ``output`` was what ``model(case)`` says."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        return all(o.got is not None and bool(np.all(agree(o.got[output], model(o.case)))) for o in outcomes)

    return detect


def gives_one_of(models: dict[str, Callable[[Case], np.ndarray]], message: str) -> Detector:
    """As :func:`gives` for one of several; ``message`` is told with the name of the one that fits."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
        found = (name for name, model in models.items() if gives(model)(answer, outcomes))
        name = next(found, None)
        return False if name is None else message.format(name)

    return detect


def shuffles_from_absent_lanes(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """A value that a shuffle brought from a lane that took no part in it was used."""
    return _first(outcomes, "UninitializedRead", "takes no part")


def reads_unwritten(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """A value of shared memory that nobody wrote was used."""
    return _first(outcomes, "UninitializedRead", "nobody has written")


def wrong_mask(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return first_error(outcomes) == "WarpSyncError"


def leaves_the_input(name: str) -> Detector:
    """A thread read past the end of the input called ``name``."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        return _first(outcomes, "MemoryFault", f"reads {name}[")

    return detect


def races_on(name: str, text: str = "") -> Detector:
    """A race on array ``name``, whose report has ``text`` in it; ``"shared"`` stands for all shared arrays."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        error = _first_of(outcomes)
        if type(error).__name__ != "DataRace" or text not in str(error):
            return False
        is_global = f" race on {name}[" in str(error)
        return not _names_an_input(error, outcomes) if name == "shared" else is_global

    return detect


def with_an_atomic(outcomes: Sequence[Outcome]) -> bool:
    """One of the two accesses of the first race was an atomic."""
    return "updates" in str(_first_of(outcomes))


def writes_past(name: str, outcomes: Sequence[Outcome]) -> bool:
    """A thread wrote past the end of the output called ``name``."""
    return _first(outcomes, "MemoryFault", f"writes {name}[")


def _names_an_input(error: Exception, outcomes: Sequence[Outcome]) -> bool:
    names = outcomes[0].case.arguments
    return any(f" race on {name}[" in str(error) for name in names)


def between_blocks(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Threads of two blocks race."""
    return len(set(getattr(first_race(outcomes), "blocks", ()))) > 1


def first_race(outcomes: Sequence[Outcome]) -> Exception | None:
    """The first error, if it is a race."""
    error = _first_of(outcomes)
    return error if type(error).__name__ == "DataRace" else None


def _first_of(outcomes: Sequence[Outcome]) -> Exception | None:
    return next((o.errors[0] for o in outcomes if o.errors), None)


def _first(outcomes: Sequence[Outcome], kind: str, text: str) -> bool:
    error = _first_of(outcomes)
    return type(error).__name__ == kind and text in str(error)


def adds_to_the_mark(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Every output is the right one plus the mark that lay there."""
    return all(
        o.got is not None and bool(np.all(agree(o.got[name], want + UNWRITTEN)))
        for o in outcomes
        for name, want in o.expected.items()
    )


ABSENT_LANES = Misconception(
    "lanes missing from a shuffle",
    "some lanes skip the shuffle, and others read from just those: what they get is undefined. Let every lane "
    "take part. Lanes without an element bring a 0, and a condition belongs around what is done with the "
    "result.",
    detect=shuffles_from_absent_lanes,
)
WRONG_MASK = Misconception(
    "wrong mask",
    "the mask and the lanes that come do not fit. With all 32 lanes of the warp at the same operation, the mask "
    "is `0xFFFFFFFF`.",
    detect=wrong_mask,
)
NO_NEUTRAL = Misconception(
    "no guard",
    "lanes past the end of `x` load it all the same. Choose the value: `x[i]` where there is one, and "
    "0 where there is none.",
    detect=leaves_the_input("x"),
)
NO_BARRIER = Misconception(
    "missing barrier",
    "one thread reads from shared memory what another writes, and no barrier stands between. Between writing "
    "and reading there must be one, and one more before the same place is written again.",
    detect=races_on("shared"),
)
ADDS_TO_THE_MARK = Misconception(
    "adds to the mark",
    "you add to what `out` holds, and `out` does not start as zeros. Store the finished sum.",
    detect=adds_to_the_mark,
)


def barrier_skipped(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return first_error(outcomes) == "BarrierError"


BARRIER_SKIPPED = Misconception(
    "barrier in a branch",
    "some threads never come to the barrier: it stands in a branch, or threads have returned before it. Threads "
    "without an element skip the work, not the barrier.",
    detect=barrier_skipped,
)
