"""Exercises in reading: a listing is given, and a Python function says what it leaves behind.

The simulated SM executes the listing, and is the only source of what is right. A misreading is a function
of the same inputs; where it can be, it is the listing with the misread instruction, executed as well.
"""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checking.one_answer import OneAnswerExercise, refuse_all_but_functions, try_call
from labkit.checking.verdict import Mark, Verdict

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """One of the numbers that a reader returns.

    Attributes:
        label: how the notebook calls it, such as ``"%rd5"``.
        bits: the width of a register, whose bits may be read as a signed or as an unsigned number; 0 for a
            plain count.
    """

    label: str
    bits: int = 0

    def same(self, got: int, want: int) -> bool:
        """Equal, or the other reading of the same bits."""
        if not self.bits:
            return got == want
        span = 1 << self.bits
        return got in (want % span, (want + span // 2) % span - span // 2)


@dataclass(frozen=True)
class Misreading:
    """One way to misread the listing, as it shows in one result.

    Attributes:
        label: the result that it shows in.
        name: short and stable.
        message: what to say to the reader.
        value: ``value(**inputs)``, the result that comes out of it; ``None`` where it has none.
    """

    label: str
    name: str
    message: str
    value: Callable[..., int | None]


@dataclass(frozen=True)
class ReadingExercise(OneAnswerExercise):
    """The answer is a function of the inputs that returns the results as a tuple.

    Attributes:
        name: ``"lab06.registers"``.
        results: what is asked for, in the order of the listing: the first that is wrong is answered.
        truth: executes the listing; ``truth(**inputs)`` gives all results.
        readable: inputs tried first, easy ones first: the first that fails is the one shown.
        drawn: draws inputs anew at each check.
        fresh: how many are drawn.
        misreadings: most telling first.
    """

    results: tuple[Result, ...]
    truth: Callable[..., tuple[int, ...]]
    readable: tuple[Inputs, ...]
    drawn: Callable[[np.random.Generator], Inputs]
    fresh: int
    misreadings: tuple[Misreading, ...]

    def refuse(self, answer: Any) -> str | None:
        return refuse_all_but_functions(answer, "an ordinary Python function")

    def judge_one(self, answer: Any) -> Verdict:
        rng = np.random.default_rng()
        tried, wrong = [], None
        for inputs in (*self.readable, *(self.drawn(rng) for _ in range(self.fresh))):
            called = try_call(answer, **copy.deepcopy(dict(inputs)))
            if called.failed:
                return self.wrong(called.message, called.misconception)
            unfit = self._unfit(called.result)
            if unfit:
                return self.wrong(unfit, "wrong kind")
            tried.append((inputs, tuple(map(int, called.result)), self.truth(**inputs)))
        for number, result in enumerate(self.results):
            wrong = next((t for t in tried if not result.same(t[1][number], t[2][number])), None)
            if wrong:
                return self._explain(number, tried, wrong)
        return Verdict(self.name, Mark.RIGHT, f"right, for all {len(tried)} inputs.")

    def _unfit(self, got: Any) -> str | None:
        """A sentence when that is not a tuple of as many whole numbers as are asked for."""
        labels = ", ".join(result.label for result in self.results)
        if got is None:
            return f"the function returns nothing. Return {len(self.results)} numbers: {labels}."
        if not isinstance(got, tuple | list | np.ndarray) or len(got) != len(self.results):
            return f"the function should return {len(self.results)} numbers, in this order: {labels}."
        for result, value in zip(self.results, got, strict=True):
            if not isinstance(value, int | np.integer) or isinstance(value, bool):
                kind = type(value).__name__
                return f"{result.label} should be a whole number (an int). Yours is a {kind}, {value!r}."
        return None

    def _explain(self, number: int, tried: Sequence[tuple], shown: tuple) -> Verdict:
        result = self.results[number]
        message, name = (
            "this differs from what the listing leaves there. Follow the inputs below by hand.",
            "wrong value",
        )
        for misreading in self.misreadings:
            if misreading.label == result.label and self._accounts(misreading, number, tried):
                message, name = misreading.message, misreading.name
                break
        inputs, got, want = shown
        table = self._table(inputs, got[: number + 1], want[: number + 1])
        return Verdict(self.name, Mark.WRONG, f"{result.label}: {message}", name, table=table)

    def _accounts(self, misreading: Misreading, number: int, tried: Sequence[tuple]) -> bool:
        same = self.results[number].same
        values = ((misreading.value(**inputs), got[number]) for inputs, got, _ in tried)
        return all(v is not None and (got == v or same(got, int(v))) for v, got in values)

    def _table(self, inputs: Inputs, got: Sequence[int], want: Sequence[int]) -> tuple[str, ...]:
        """The first failing inputs, and the results up to the one that is wrong."""
        said = ", ".join(f"{name} = {_text(value)}" for name, value in inputs.items())
        lines = textwrap.wrap(f"for {said}", 84, subsequent_indent="    ")
        width = max(len(result.label) for result in self.results)
        for result, mine, true in zip(self.results, got, want, strict=False):
            mark = "" if result.same(mine, true) else f"   yours: {mine}"
            lines.append(f"{result.label:<{width}}  {true}{mark}")
        return tuple(lines)


def _text(value: Any) -> str:
    return f"bytes({list(value)})" if isinstance(value, bytes) else str(value)
