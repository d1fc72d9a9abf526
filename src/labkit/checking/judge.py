"""From an answer to a verdict: try it, shrink what fails, name the misconception."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checking.case import Outcome
from labkit.checking.failures import describe_failure
from labkit.checking.table import case_table
from labkit.checking.verdict import Mark, Verdict
from labkit.facts.units import number

if TYPE_CHECKING:
    from labkit.checking.exercise import _TriedExercise

#: Kernels that never end cost a whole instruction budget; one is evidence enough.
_ENDLESS = {"InstructionBudgetExceeded", "Deadlock"}


def judge_answer(exercise: _TriedExercise, answer: Any) -> Verdict:
    """The verdict on one answer that is no skeleton and of the right kind. Says the same of every right answer."""
    outcomes = _try_ladder(exercise, answer)
    if all(outcome.right for outcome in outcomes):
        outcomes += _try_fresh(exercise, answer)
    if all(outcome.right for outcome in outcomes):
        outcomes += _try_measured(exercise, answer)
    if all(outcome.right for outcome in outcomes):
        return _praise(exercise, answer, outcomes)
    return _explain(exercise, answer, outcomes)


def _try_ladder(exercise: _TriedExercise, answer: Any) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for seed, size in enumerate(exercise.ladder):
        case = exercise.make(np.random.default_rng(seed), size, True)
        outcomes.append(exercise.attempt(answer, case))
        if _hopeless(outcomes[-1]):
            break
    return outcomes


def _try_fresh(exercise: _TriedExercise, answer: Any) -> list[Outcome]:
    """Random numbers; on a failure the small sizes are tried again, to show a small case."""
    rng = np.random.default_rng()
    for size in exercise.fresh:
        outcome = exercise.attempt(answer, exercise.make(rng, size, False))
        if not outcome.right:
            smaller = [exercise.attempt(answer, exercise.make(rng, s, False)) for s in exercise.ladder]
            return [o for o in smaller if not o.right] or [outcome]
    return []


def _try_measured(exercise: _TriedExercise, answer: Any) -> list[Outcome]:
    """The cases that scores are taken on: an answer that is wrong there has no score."""
    outcomes = [exercise.attempt(answer, score.case()) for score in exercise.scores]
    return [outcome for outcome in outcomes if not outcome.right]


def _hopeless(outcome: Outcome) -> bool:
    if isinstance(outcome.failure, Exception):
        return True
    return any(type(error).__name__ in _ENDLESS for error in outcome.errors)


def _praise(exercise: _TriedExercise, answer: Any, outcomes: Sequence[Outcome]) -> Verdict:
    tried = len(exercise.ladder) + len(exercise.fresh)
    message = f"right, on all {tried} cases."
    warned = next((warning for outcome in outcomes for warning in outcome.warnings), None)
    notes = tuple(_told(f"Note: {_sentence(warned)}", exercise.tells_ptx_lines)) if warned is not None else ()
    figures = [score.take(answer) for score in exercise.scores]
    details: list[str] = []
    for score, figure in zip(exercise.scores, figures, strict=True):
        details += [score.text(figure), *filter(None, [score.guidance(answer, figure)])]
    details += notes
    remembered = figures[0] if figures else None
    failed = [s for s, figure in zip(exercise.scores, figures, strict=True) if s.fails(figure)]
    if failed:
        limit = failed[0]
        message = f"right results, but too costly: above {number(limit.too_much)} {limit.unit}."
        name = limit.cause(answer)[0]
        return Verdict(exercise.name, Mark.WRONG, message, name, tuple(details), score=remembered)
    return Verdict(exercise.name, Mark.RIGHT, message, details=tuple(details), score=remembered)


def _explain(exercise: _TriedExercise, answer: Any, outcomes: Sequence[Outcome]) -> Verdict:
    first = next(outcome for outcome in outcomes if not outcome.right)
    if first.failure is not None:
        message, name = describe_failure(first.failure, answer)
        return Verdict(exercise.name, Mark.WRONG, message, misconception=name)
    for misconception in (*exercise.misconceptions, *exercise.general):
        message = misconception.explains(answer, outcomes)
        if message:
            break
    if misconception in exercise.general and not first.complaint:
        # What is said of a case that was stopped is shown with that case, even if a smaller one is merely wrong.
        first = next((outcome for outcome in outcomes if outcome.errors), first)
    findings = first.errors[:1] or (first.warnings[:1] if first.complaint else ())
    details = tuple(
        line
        for finding in findings
        for line in _told(f"The simulator: {_sentence(finding)}", exercise.tells_ptx_lines)
    )
    table = case_table(first)
    return Verdict(
        exercise.name,
        Mark.WRONG,
        message,
        misconception=misconception.name,
        details=details,
        table=table[:1] if first.agrees and first.complaint and first.warnings else table,
    )


def _sentence(finding: Any) -> str:
    return getattr(finding, "message", str(finding)).strip()


def _told(text: str, ptx_lines: bool) -> list[str]:
    """The simulator's sentence and its lines; the PTX line says nothing before the chapters on PTX."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and (ptx_lines or not line.startswith("PTX line"))]
