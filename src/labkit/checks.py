"""``check`` prints a verdict and keeps the progress; ``judge`` returns the verdict."""

from __future__ import annotations

from typing import Any

from labkit import exercises
from labkit.checking.verdict import Mark, Verdict


def judge(name: str, *answers: Any) -> Verdict:
    """The verdict on ``answers`` to exercise ``name``, without printing or remembering it.

    Never raises, whatever the answer does: an answer that crashes is a wrong answer, and a fault of
    the check itself is said to be one.
    """
    try:
        exercise = exercises.find(name)
    except exercises.UnknownExercise as unknown:
        return Verdict(str(name), Mark.WRONG, str(unknown), misconception="unknown exercise")
    try:
        return exercise.judge(answers, exercises.skeletons(name.partition(".")[0]))
    except Exception as fault:  # noqa: BLE001 - a check never raises
        said = (
            f"the check itself failed ({type(fault).__name__}: {fault}). Please report it; it is our fault."
        )
        return Verdict(name, Mark.WRONG, said, misconception="check failed")


def check(name: str, *answers: Any) -> None:
    """Judge an answer, print what was found, and remember it in the progress file."""
    verdict = judge(name, *answers)
    print(verdict)
    if verdict.misconception in ("unknown exercise", "check failed"):
        return
    from labkit.record.store import remember_check

    remember_check(name, right=verdict.right, attempted=verdict.attempted, score=verdict.score)
