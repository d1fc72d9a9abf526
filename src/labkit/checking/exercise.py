"""What an exercise is: a specification, cases to try, and the mistakes that are worth naming."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any, ClassVar, Protocol

import numpy as np

from labkit.checking.answer import is_kernel
from labkit.checking.case import Case, Dimensions, Outcome
from labkit.checking.engine import STEPS, run_function, run_kernel
from labkit.checking.general import GENERAL
from labkit.checking.misconception import Misconception
from labkit.checking.one_answer import OneAnswerExercise
from labkit.checking.score import Score
from labkit.checking.verdict import Verdict

NOT_WHOLE = "the result must be a whole number."
SHARED_ELEMENTS = (
    "the values are right, but several threads compute the same element. The threads share the work: let each "
    "compute elements that no other computes."
)

MakeCase = Callable[[np.random.Generator, Dimensions, bool], Case]


class Exercise(Protocol):
    """All that ``labkit.check`` asks of an exercise.

    ``KernelExercise`` and ``FunctionExercise`` cover most. One that judges in its own way (a hunt
    for races over several kernels, a table to fill in) only needs these two.
    """

    name: str

    def judge(self, answers: Sequence[Any], skeletons: dict[str, str]) -> Verdict: ...


@dataclass(frozen=True)
class _TriedExercise(OneAnswerExercise):
    """An exercise whose answer is tried on cases and compared with a specification.

    Attributes:
        name: ``"lab01.saxpy"``.
        specification: NumPy code; takes the inputs by name, returns the output (or a tuple of them).
        make: ``make(rng, size, readable)`` gives one case; ``readable`` asks for short numbers.
        ladder: sizes tried first, smallest first, with the same readable numbers every time: the
            first that fails is the one shown.
        fresh: sizes tried afterwards with random numbers drawn anew at each check.
        misconceptions: most telling first.
        score: measured once the answer is right: one, several (the first is the one that is remembered), or
            ``None``.
        tells_ptx_lines: whether a verdict repeats the PTX line that the simulator names.
        general: what is tried after the misconceptions; the last one always fits.
    """

    tells_ptx_lines: ClassVar[bool] = False
    general: ClassVar[tuple[Misconception, ...]] = GENERAL

    specification: Callable[..., Any]
    make: MakeCase
    ladder: tuple[Dimensions, ...]
    fresh: tuple[Dimensions, ...]
    misconceptions: tuple[Misconception, ...] = ()
    score: Score | tuple[Score, ...] | None = field(default=None)

    @property
    def scores(self) -> tuple[Score, ...]:
        if self.score is None:
            return ()
        return self.score if isinstance(self.score, tuple) else (self.score,)

    def expected(self, case: Case) -> dict[str, np.ndarray]:
        raise NotImplementedError

    def attempt(self, answer: Any, case: Case) -> Outcome:
        raise NotImplementedError

    def judge_one(self, answer: Any) -> Verdict:
        from labkit.checking.judge import judge_answer

        return judge_answer(self, answer)


@dataclass(frozen=True)
class KernelExercise(_TriedExercise):
    """The answer is one kernel; the case says how it is launched.

    Attributes:
        budget: engine steps after which a launch counts as endless.
        elements_apart: whether no two threads may write the same element, be it the same value. Without it a
            kernel in which every thread computes the whole array is right, and slow.
    """

    budget: int = STEPS
    elements_apart: bool = False

    def expected(self, case: Case) -> dict[str, np.ndarray]:
        result = self.specification(**case.inputs)
        results = result if isinstance(result, tuple) else (result,)
        return dict(zip(case.outputs, map(np.asarray, results), strict=True))

    def refuse(self, answer: Any) -> str | None:
        if is_kernel(answer):
            return None
        if hasattr(answer, "dispatcher"):
            return "this is a kernel with its launch size. Hand over the kernel alone, without `[blocks, threads]`."
        if isinstance(answer, FunctionType):
            return "this is a plain Python function. Put `@cuda.jit` above `def` to make it a kernel."
        if hasattr(answer, "py_func"):
            return "this is a device function. A kernel has plain `@cuda.jit` above it."
        return f"this is a {type(answer).__name__}, not a kernel."

    def attempt(self, answer: Any, case: Case) -> Outcome:
        outcome = run_kernel(answer, case, self.expected(case), budget=self.budget)
        if self.elements_apart and any(type(warning).__name__ == "DataRace" for warning in outcome.warnings):
            return replace(outcome, complaint=SHARED_ELEMENTS)
        return outcome


@dataclass(frozen=True)
class FunctionExercise(_TriedExercise):
    """The answer is an ordinary Python function, run on the host.

    Attributes:
        whole: whether a float is wrong even where its value is right.
    """

    whole: bool = False

    def expected(self, case: Case) -> dict[str, np.ndarray]:
        return {"result": np.asarray(self.specification(**case.inputs), dtype=object)}

    def refuse(self, answer: Any) -> str | None:
        if is_kernel(answer):
            return "this one runs on the host: an ordinary Python function, without `@cuda.jit`."
        return None if callable(answer) else f"this is a {type(answer).__name__}, not a function."

    def attempt(self, answer: Any, case: Case) -> Outcome:
        outcome = run_function(answer, case, self.expected(case))
        if self.whole and outcome.got is not None:
            result = outcome.got["result"]
            if result.ndim or not isinstance(result.item(), int | np.integer):
                return replace(outcome, complaint=NOT_WHOLE)
        return outcome
