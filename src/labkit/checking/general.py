"""Mistakes that can happen in any exercise, tried after the exercise's own. The last one always fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Outcome, agree
from labkit.checking.misconception import Detector, Misconception, first_error


def _error_is(*kinds: str) -> Detector:
    """A detector for runs that the simulator stopped first of all with an error of one of these classes."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        return first_error(outcomes) in kinds

    return detect


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
    """Everything written is right, but some elements that should be were never written."""
    for outcome in _finished(outcomes):
        for name, want in outcome.expected.items():
            got = outcome.got[name]
            wanted = ~agree(want, np.full_like(want, UNWRITTEN))
            missing = agree(got, np.full_like(got, UNWRITTEN)) & wanted
            if not np.all(agree(got, want) | missing):
                return False
            if np.any(missing):
                where = ", ".join(map(str, np.argwhere(missing)[0]))
                return f"some elements are never written, `{name}[{where}]` for one. Each needs a thread."
    return False


def _complained(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    """All values agree, and still an exercise has something against the answer."""
    if not all(outcome.agrees for outcome in outcomes):
        return False
    return next((outcome.complaint for outcome in outcomes if outcome.complaint), False)


def _differs(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    """A function that returns one or a few numbers has no elements to speak of."""
    if all(
        set(outcome.expected) == {"result"} and outcome.expected["result"].ndim == 0 for outcome in outcomes
    ):
        return "this is not what the specification gives. Follow the case below through by hand."
    return True


GENERAL: tuple[Misconception, ...] = (
    Misconception(
        "never ends",
        "the launch does not end. Look at your loop: does every turn bring it closer to its last?",
        detect=_error_is("InstructionBudgetExceeded", "Deadlock"),
    ),
    Misconception(
        "data race",
        "two threads touch the same element, at least one writes it, and nothing orders them.",
        detect=_error_is("DataRace"),
    ),
    Misconception(
        "out of bounds",
        "a thread leaves its array. Which index does the last thread of the last block use?",
        detect=_error_is("MemoryFault"),
    ),
    Misconception(
        "barrier",
        "some threads wait at a barrier that others never reach. All threads of a block must come to it.",
        detect=_error_is("BarrierError"),
    ),
    Misconception(
        "copy under way",
        "an asynchronous copy was not waited for: its target was touched, or its source written, while it was "
        "under way. Wait first, each thread for its own copies, and let a barrier tell the others.",
        detect=_error_is("CopyInFlight"),
    ),
    Misconception(
        "mbarrier",
        "an mbarrier is not used as it must be. One thread initialises it, once, before all others use it; each "
        "phase gets as many arrivals as it was made for.",
        detect=_error_is("MbarrierError"),
    ),
    Misconception(
        "read-only path",
        "`ld.global.nc` reads what is written in the same launch. That path is for what no thread writes until "
        "the launch ends: use a plain load.",
        detect=_error_is("NonCoherentRead"),
    ),
    Misconception(
        "registers",
        "`setmaxnreg` needs a kernel that says how many registers its threads start with. All four warps of a "
        "warpgroup execute the same one, `.dec` for no more than they have, `.inc` for no less, with a barrier "
        "before the next.",
        detect=_error_is("RegisterError"),
    ),
    Misconception(
        "never written",
        "a value is used that no thread has written.",
        detect=_error_is("UninitializedRead"),
    ),
    Misconception(
        "not supported",
        "this may be right, but it uses something that the simulated SM does not execute yet.",
        detect=_error_is("UnsupportedPTX"),
    ),
    Misconception("stopped", "the launch was refused or stopped.", detect=_other_error),
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
    Misconception("elements shared", "several threads compute the same element.", detect=_complained),
    Misconception("gaps", "some elements are never written.", detect=_gaps),
    Misconception(
        "wrong result",
        "some elements differ from the specification. Follow one of them through by hand.",
        detect=_differs,
    ),
)
