"""What all exercises with one answer ask first: is it one, is it the skeleton still, is it of the right kind?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from labkit.checking.answer import is_kernel, is_skeleton
from labkit.checking.calling import PYTHON_STEPS, call
from labkit.checking.failures import describe_failure
from labkit.checking.verdict import Mark, Verdict


@dataclass(frozen=True)
class OneAnswerExercise:
    """A kind of exercise says in :meth:`judge_one` what is right, and in :meth:`refuse` what it cannot judge at all."""

    name: str

    def judge(self, answers: Sequence[Any], skeletons: Mapping[str, str]) -> Verdict:
        if len(answers) != 1:
            return self.wrong(f"one answer is expected here, {len(answers)} were given.", "wrong kind")
        (answer,) = answers
        if is_skeleton(answer, skeletons.get(self.name)):
            return Verdict(self.name, Mark.NOT_ATTEMPTED, "not attempted yet.")
        refusal = self.refuse(answer)
        return self.wrong(refusal, "wrong kind") if refusal else self.judge_one(answer)

    def refuse(self, answer: Any) -> str | None:
        """A sentence when the answer is not even the right kind of thing."""
        return None

    def judge_one(self, answer: Any) -> Verdict:
        raise NotImplementedError

    def wrong(self, message: str, misconception: str, table: tuple[str, ...] = ()) -> Verdict:
        return Verdict(self.name, Mark.WRONG, message, misconception, table=table)


def refuse_all_but_functions(answer: Any, asked_for: str) -> str | None:
    """A sentence when the answer is no ordinary Python function; ``asked_for`` ends it: ``"a function of ..."``."""
    if is_kernel(answer):
        return f"this is a kernel; {asked_for} is asked for, without `@cuda.jit`."
    return None if callable(answer) else f"this is a {type(answer).__name__}; {asked_for} is asked for."


@dataclass(frozen=True)
class Called:
    """What came of calling an answer: a result, or else the sentence and the short name of what went wrong."""

    result: Any = None
    message: str = ""
    misconception: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.misconception)


def try_call(
    answer: Any, *arguments: Any, steps: int = PYTHON_STEPS, forbidden: ModuleType | None = None, **named: Any
) -> Called:
    """Call an answer as :func:`labkit.checking.calling.call` does; whatever its code does, a check goes on."""
    try:
        return Called(call(answer, *arguments, steps=steps, forbidden=forbidden, **named))
    except Exception as failure:  # noqa: BLE001 - a check goes on
        return Called(None, *describe_failure(failure, answer))
