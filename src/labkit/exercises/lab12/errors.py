"""``lab12.errors``: nine calculations by a colleague. Name the slip in each, or say that there is none."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from labkit.checking.choices import ChoicesExercise
from labkit.checking.verdict import Mark, Verdict

#: The names to choose from, and what each means.
NAMES = {
    "right": "nothing is wrong",
    "stored for met": "all parameters used where only those of one token count",
    "per token for total": "the work of one token given for that of the run",
    "hours and seconds": "FLOP/s are a second's, GPU-hours an hour's",
    "TFLOP and FLOP": "a factor of 1e12 is missing",
    "millions and billions": "1e6 where 1e9 belongs",
    "GB and GiB": "1e9 bytes and 2**30 bytes taken for one another",
    "FP8 peak": "the peak of another number format",
    "sparse peak": "a peak that needs zeros which are not there",
}


@dataclass(frozen=True)
class Calculation:
    """One calculation: what is asked, what was typed (arithmetic on numbers), what should have been, the slip."""

    question: str
    typed: str
    correct: str
    unit: str
    slip: str
    clue: str

    @property
    def claimed(self) -> float:
        return _computed(self.typed)

    @property
    def result(self) -> float:
        return _computed(self.correct)


def _computed(arithmetic: str) -> float:
    return eval(arithmetic, {"__builtins__": {}})  # noqa: S307 - the texts below, and nothing else


CALCULATIONS = {
    "A": Calculation(
        "FLOP of the pre-training of DeepSeek-V3: 671 billion parameters, 36.6 met by a token, 14.8 trillion tokens",
        "6 * 671e9 * 14.8e12",
        "6 * 36.6e9 * 14.8e12",
        "FLOP",
        "stored for met",
        "The result is 18 times too large.",
    ),
    "B": Calculation(
        "GPU-hours for a trillion tokens: 250 GFLOP a token, 386 TFLOP/s a GPU",
        "250e9 * 1e12 / 386e12",
        "250e9 * 1e12 / 386e12 / 3600",
        "GPU-hours",
        "hours and seconds",
        "The result is 3600 times too large.",
    ),
    "C": Calculation(
        "MFU of dense BF16, at 386 TFLOP/s; the data sheet: BF16 1979 TFLOP/s (*), half of it without (*)",
        "386e12 / 1979e12",
        "386e12 / 989.5e12",
        "of the peak",
        "sparse peak",
        "The result is half of what it should be. Which line of the data sheet was used, and what is the star?",
    ),
    "D": Calculation(
        "days of 2,048 GPUs for 2.664 million GPU-hours",
        "2.664e6 / 2048 / 24",
        "2.664e6 / 2048 / 24",
        "days",
        "right",
        "Follow the units: hours over GPUs over 24.",
    ),
    "E": Calculation(
        "GPU-hours for a run of 3.7e24 FLOP at 386 TFLOP/s a GPU",
        "3.7e24 / 386 / 3600",
        "3.7e24 / 386e12 / 3600",
        "GPU-hours",
        "TFLOP and FLOP",
        "The result is 1e12 times too large.",
    ),
    "F": Calculation(
        "FLOP of a run: 405 billion parameters, all met, 15.6 trillion tokens",
        "6 * 405e6 * 15.6e12",
        "6 * 405e9 * 15.6e12",
        "FLOP",
        "millions and billions",
        "The result is 1000 times too small.",
    ),
    "G": Calculation(
        "GPUs of 80 GiB to hold 671 billion parameters of one byte each",
        "671 / 80",
        "671e9 / (80 * 2**30)",
        "GPUs, so nine",
        "GB and GiB",
        "The result is seven percent too large, and eight GPUs are enough.",
    ),
    "H": Calculation(
        "FLOP of a run of 14.8 trillion tokens at 250 GFLOP a token",
        "250e9",
        "250e9 * 14.8e12",
        "FLOP",
        "per token for total",
        "The result is 14.8 trillion times too small.",
    ),
    "I": Calculation(
        "MFU of dense BF16, at 386 TFLOP/s; the data sheet, all dense: BF16 989.5, FP8 1979 TFLOP/s",
        "386e12 / 1979e12",
        "386e12 / 989.5e12",
        "of the peak",
        "FP8 peak",
        "The result is half of what it should be. Which line of the data sheet was used?",
    ),
}


def show() -> None:
    """Print the calculations and the names to choose from."""
    for letter, calculation in CALCULATIONS.items():
        print(f"{letter}. {calculation.question}:")
        print(f"   {calculation.typed} = {calculation.claimed:.4g} {calculation.unit}")
    print("\nNames to choose from:")
    for name, meaning in NAMES.items():
        print(f"  {name!r}: {meaning}")


@dataclass(frozen=True)
class NamingExercise(ChoicesExercise):
    """A dict from the letter of each calculation to the name of its slip."""

    asked_for = "a dict from letter to name"

    def judge_choices(self, answer: Mapping[str, str]) -> Verdict:
        strange = next((key for key in answer if key not in CALCULATIONS), None)
        if strange is not None:
            return self.wrong(f"there is no calculation {strange!r}; they go from A to I.", "no such letter")
        for letter, given in answer.items():
            if given not in NAMES:
                near = difflib.get_close_matches(str(given), NAMES, n=1)
                advice = f" Did you mean {near[0]!r}?" if near else ""
                return self.wrong(f"{letter}: {given!r} is not one of the names.{advice}", "no such name")
        missing = [letter for letter in CALCULATIONS if letter not in answer]
        if missing:
            return self.wrong(f"not named yet: {', '.join(missing)}.", "unnamed")
        for letter, calculation in CALCULATIONS.items():
            if answer[letter] != calculation.slip:
                return self.wrong(self._told(letter, answer[letter]), "wrong name")
        return Verdict(self.name, Mark.RIGHT, f"right, all {len(CALCULATIONS)} named.")

    def _told(self, letter: str, given: str) -> str:
        calculation = CALCULATIONS[letter]
        if calculation.slip == "right":
            return f"{letter} is right as it stands. {calculation.clue}"
        if given == "right":
            return f"{letter} is not right. {calculation.clue}"
        return f"{letter} is not {given!r}. {calculation.clue}"


EXERCISE = NamingExercise("lab12.errors")
