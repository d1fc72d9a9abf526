"""Exercises whose answer is a dict of choices: names for something, or the parts of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any, ClassVar

from labkit.checking.one_answer import OneAnswerExercise, try_call
from labkit.checking.verdict import Verdict


@dataclass(frozen=True)
class ChoicesExercise(OneAnswerExercise):
    """The answer is a function that returns a dict, or the dict itself.

    A kind of exercise says in :meth:`judge_choices` what is right; ``asked_for`` tells the reader which dict.
    """

    asked_for: ClassVar[str] = "a dict"

    def judge_one(self, answer: Any) -> Verdict:
        if isinstance(answer, FunctionType):
            called = try_call(answer)
            if called.failed:
                return self.wrong(called.message, called.misconception)
            answer = called.result
        answer = self.as_dict(answer)
        if answer is None:
            said = f"the function returns nothing; {self.asked_for} is asked for. Did you forget `return`?"
            return self.wrong(said, "wrong kind")
        if not isinstance(answer, Mapping):
            said = f"this is a {type(answer).__name__}; {self.asked_for} is asked for."
            return self.wrong(said, "wrong kind")
        return self.judge_choices(answer)

    def as_dict(self, answer: Any) -> Any:
        """Another form in which the choices may come, as a dict; anything else as it is."""
        return answer

    def judge_choices(self, choices: Mapping[Any, Any]) -> Verdict:
        raise NotImplementedError
