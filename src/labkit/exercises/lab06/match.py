"""``lab06.match``: six listings, eight statements. Which Python line became which PTX?

The listings are what the compiler makes of the statements on the reader's own machine, and so is the truth: a
choice is right if its statement compiles to the listing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from labkit.checking.choices import ChoicesExercise
from labkit.checking.verdict import Mark, Verdict
from labkit.exercises.lab06.statements import TYPES, kernels

#: Letter of a listing -> the statement that it was made from; ``floor`` and ``float3`` are left over.
SHOWN = {"A": "int3", "B": "modulo", "C": "eighth", "D": "plain3", "E": "short3", "F": "positive"}

#: What to know about a listing, said where another statement of the same type was taken for it.
_CLUES = {
    "int3": "Three times a number and the number again is four times it. Which power of two is that, and how is it "
    "written as a shift?",
    "modulo": "Both begin alike. Look at what is stored in the end: `sub` leaves what is over, and `selp` adds 8 to "
    "it where it is negative.",
    "eighth": "The constant is 0.125, written as its bits. What may be multiplied by 0.125 in place of an operation "
    "that takes longer?",
    "plain3": "There are two `cvt`, and the `fma` is one of double precision. In which statement does a float32 meet "
    "a Python integer?",
    "positive": "There is neither a branch nor a `selp`. Which statement can be said as *the larger of two*?",
}

#: The same in short: (the statement chosen, the true one) -> what was overlooked.
_OVERLOOKED = {
    ("floor", "modulo"): "quotient for remainder",
    ("int3", "modulo"): "strength reduction overlooked",
    ("floor", "int3"): "strength reduction overlooked",
    ("modulo", "int3"): "strength reduction overlooked",
    ("float3", "plain3"): "double precision overlooked",
    ("eighth", "plain3"): "double precision overlooked",
    ("positive", "plain3"): "double precision overlooked",
    ("float3", "eighth"): "division expected",
    ("plain3", "eighth"): "division expected",
    ("positive", "eighth"): "division expected",
    ("float3", "positive"): "branch expected",
    ("plain3", "positive"): "branch expected",
    ("eighth", "positive"): "branch expected",
}


@lru_cache
def _view(name: str) -> Any:
    import smsim

    a, out = TYPES[name]
    return smsim.views(kernels()[name], (np.zeros(32, a), np.zeros(32, out)))


def statement(name: str) -> str:
    """The Python line, as it stands in its kernel."""
    return next(line.strip() for line in _view(name).source.lines.values() if "out[i] =" in line)


def listing(name: str) -> str:
    """The PTX of a statement, its registers numbered by appearance, so that only instructions differ."""
    new: dict[str, str] = {}

    def renamed(found: re.Match[str]) -> str:
        kind = found[1]
        number = sum(name.rstrip("0123456789") == f"%{kind}" for name in new) + 1
        return new.setdefault(found[0], f"%{kind}{number}")

    lines = _view(name).lines("out[i] =").splitlines()
    return "\n".join(re.sub(r"%(p|rd|r|fd|f|rs)\d+\b", renamed, line) for line in lines)


def show() -> None:
    """Print the statements with their types, and the listings."""
    for name, (a, out) in TYPES.items():
        print(f"{name!r}, {a} to {out}:\n  {statement(name)}")
    for letter, name in SHOWN.items():
        print(f"\n{letter}. " + listing(name).replace("\n", "\n   "))


@dataclass(frozen=True)
class MatchExercise(ChoicesExercise):
    """A dict from the letter of each listing to the name of its statement."""

    asked_for = "a dict from letter to name"

    def judge_choices(self, choices: Mapping[Any, Any]) -> Verdict:
        strange = next((key for key in choices if key not in SHOWN), None)
        if strange is not None:
            return self.wrong(f"there is no listing {strange!r}; they go from A to F.", "no such letter")
        for letter, given in choices.items():
            if not isinstance(given, str) or given not in TYPES:
                near = difflib.get_close_matches(str(given), TYPES, n=1)
                advice = f" Did you mean {near[0]!r}?" if near else ""
                return self.wrong(f"{letter}: {given!r} is not one of the names.{advice}", "no such name")
        missing = [letter for letter in SHOWN if letter not in choices]
        if missing:
            return self.wrong(f"not matched yet: {', '.join(missing)}.", "unmatched")
        for letter, true in SHOWN.items():
            given = choices[letter]
            if listing(given) != listing(true):
                clue, name = _mistaken(given, true)
                table = (f"{given!r} is {statement(given)} and becomes", *listing(given).splitlines())
                return Verdict(self.name, Mark.WRONG, f"{letter} is not {given!r}. {clue}", name, table=table)
        return Verdict(self.name, Mark.RIGHT, f"right, all {len(SHOWN)} matched.")


def _mistaken(given: str, true: str) -> tuple[str, str]:
    """A clue where ``given`` was taken for ``true``, and the short name of what was overlooked."""
    if TYPES[given][0] != TYPES[true][0]:
        load = re.search(r"ld\.global\S*", listing(true))
        said = (
            f"The listing loads by `{load[0]}`; `a` is {TYPES[given][0]} in your statement." if load else ""
        )
        return said, "element type overlooked"
    return _CLUES[true], _OVERLOOKED[given, true]


EXERCISE = MatchExercise("lab06.match")
