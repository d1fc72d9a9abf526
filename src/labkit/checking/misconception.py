"""A misconception: its name, how it shows, and what to say to the reader."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checking.answer import mentions
from labkit.checking.case import Case, Outcome, agree
from labkit.checking.mistaken import imagine

Detector = Callable[[Any, Sequence[Outcome]], bool | str]


@dataclass(frozen=True)
class Misconception:
    """One way to be wrong.

    Exactly one of the three is given:
        body: a mistaken kernel, ``body(thread, *arguments)`` (see ``labkit.checking.mistaken``);
        model: for plain functions, the mistaken result, ``model(**inputs)``;
        detect: ``detect(answer, outcomes)``, true or a message when it recognises the mistake.
    ``mentions`` asks in addition that the code uses a name: it tells apart two mistakes that behave alike.
    ``outcomes`` are all cases that ran, smallest first, the right ones included.
    """

    name: str
    message: str
    body: Callable[..., None] | None = None
    model: Callable[..., Any] | None = None
    detect: Detector | None = None
    mentions: str | None = None

    def explains(self, answer: Any, outcomes: Sequence[Outcome]) -> str | None:
        """The message when this misconception accounts for everything seen, else ``None``."""
        if self.mentions is not None and not mentions(answer, self.mentions):
            return None
        if self.detect is not None:
            said = self.detect(answer, outcomes)
            return said if isinstance(said, str) else (self.message if said else None)
        if all(outcome.agrees for outcome in outcomes):
            return None  # the values are right: something else is to be said
        return self.message if all(self._matches(outcome) for outcome in outcomes) else None

    def _matches(self, outcome: Outcome) -> bool:
        if outcome.failure is not None:
            return False
        if self.model is not None:
            return outcome.got is not None and self._same_value(outcome)
        return self._same_behaviour(outcome)

    def _same_value(self, outcome: Outcome) -> bool:
        imagined = np.asarray(self.model(**outcome.case.inputs), dtype=object)
        return bool(np.all(agree(outcome.got["result"], imagined)))

    def _same_behaviour(self, outcome: Outcome) -> bool:
        imagined = imagine(self.body, outcome.case)
        if imagined.strays:
            return _same_strays(outcome, imagined.strays)
        if outcome.got is None:
            races = all(type(error).__name__ == "DataRace" for error in outcome.errors)
            return races and any(marks.any() for marks in imagined.contested.values())
        return all(
            np.all(agree(outcome.got[name], values) | imagined.contested[name])
            for name, values in imagined.outputs.items()
        )


def mistaken(name: str, message: str, model: Callable[..., Any]) -> Misconception:
    """A misconception known by its result, ``model(**inputs)``; a list of many reads well so."""
    return Misconception(name, message, model=model)


#: Threads that an error of the simulator lists by name; of more it gives the number.
LISTED = 8


def _same_strays(outcome: Outcome, strays: Collection) -> bool:
    """The simulator caught these very threads out of bounds: all of a block's that it named.

    Where it stopped naming them, those it named must be among them, and as many at least.
    """
    faults = [error for error in outcome.errors if type(error).__name__ == "MemoryFault"]
    named = {(error.block, thread) for error in faults for thread in error.threads or ()}
    blocks = {block for block, _ in named}
    expected = {stray for stray in strays if stray[0] in blocks}
    if any(len(error.threads or ()) == LISTED for error in faults):
        return named <= expected
    return bool(named) and named == expected


def errors_named(outcomes: Sequence[Outcome], kind: str) -> list[tuple[Case, Exception]]:
    """All errors of one class, by the class's name (so that nothing here imports the engine)."""
    return [(o.case, e) for o in outcomes for e in o.errors if type(e).__name__ == kind]


def first_error(outcomes: Sequence[Outcome]) -> str | None:
    """The class of the first error of the smallest case that had one."""
    return next((type(o.errors[0]).__name__ for o in outcomes if o.errors), None)
