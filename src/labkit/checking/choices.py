"""Exercises whose answer is a dict of choices: names for something, or the parts of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, ClassVar

from labkit.checking.answer import is_skeleton
from labkit.checking.failures import describe_failure
from labkit.checking.verdict import Mark, Verdict


@dataclass(frozen=True)
class ChoicesExercise:
    """The answer is a function that returns a dict, or the dict itself.

    A kind of exercise says in :meth:`judge_choices` what is right; ``asked_for`` tells the reader which dict.
    """

    name: str
    asked_for: ClassVar[str] = "a dict"

    def judge(self, answers: Sequence[Any], skeletons: dict[str, str]) -> Verdict:
        if len(answers) != 1:
            return self.wrong(f"one answer is expected here, {len(answers)} were given.", "wrong kind")
        (answer,) = answers
        if is_skeleton(answer, skeletons.get(self.name)):
            return Verdict(self.name, Mark.NOT_ATTEMPTED, "not attempted yet.")
        if isinstance(answer, FunctionType):
            try:
                answer = answer()
            except Exception as failure:  # noqa: BLE001 - whatever a learner's code does, a check goes on
                return self.wrong(*describe_failure(failure, answers[0]))
        answer = self.as_dict(answer)
        if not isinstance(answer, Mapping):
            said = f"this is a {type(answer).__name__}; {self.asked_for} is asked for."
            return self.wrong(said, "wrong kind")
        return self.judge_choices(answer)

    def as_dict(self, answer: Any) -> Any:
        """Another form in which the choices may come, as a dict; anything else as it is."""
        return answer

    def judge_choices(self, choices: Mapping[Any, Any]) -> Verdict:
        raise NotImplementedError

    def wrong(self, message: str, misconception: str) -> Verdict:
        return Verdict(self.name, Mark.WRONG, message, misconception)
