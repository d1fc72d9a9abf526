"""Exercises whose answer is a function from sizes to the lines of a pipeline schedule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checking.answer import is_skeleton
from labkit.checking.failures import describe_failure
from labkit.checking.verdict import Mark, Verdict
from trainmath import pipeline

#: Given the timed schedule and both sizes: the name of a mistake and a sentence, or ``None``.
Diagnosis = Callable[[pipeline.Timed, int, int], tuple[str, str] | None]


@dataclass(frozen=True)
class ScheduleExercise:
    """Tried on given ``(stages, micro_batches)``, the first that fails being shown, then on sizes drawn anew.

    Attributes:
        name: ``"lab11.one_f_one_b"``.
        costs: times of one stage.
        sizes: what is tried first.
        letters: the kinds of work that may be used.
        both_ways: whether micro-batches may enter at the last device, and passes overlap.
        drawn: how many random sizes follow.
        judge_timed: what is wrong with a schedule that runs.
        goal: with a score: the duration that counts as 1.
    """

    name: str
    costs: pipeline.Costs
    sizes: tuple[tuple[int, int], ...]
    judge_timed: Diagnosis
    letters: str = "FBIW"
    both_ways: bool = False
    drawn: int = 0
    goal: float | None = None

    def judge(self, answers: Sequence[Any], skeletons: dict[str, str]) -> Verdict:
        if len(answers) != 1:
            return self._wrong("wrong kind", f"one answer is expected here, {len(answers)} were given.")
        (answer,) = answers
        if is_skeleton(answer, skeletons.get(self.name)):
            return Verdict(self.name, Mark.NOT_ATTEMPTED, "not attempted yet.")
        if not callable(answer):
            return self._wrong("wrong kind", f"this is a {type(answer).__name__}, not a function.")
        rng = np.random.default_rng()
        fresh = [(int(rng.integers(2, 9)), int(rng.integers(1, 21))) for _ in range(self.drawn)]
        timed = None
        for stages, micro_batches in (*self.sizes, *fresh):
            try:
                lines = answer(stages, micro_batches)
            except Exception as failure:  # noqa: BLE001 - whatever a learner's code does, a check goes on
                message, name = describe_failure(failure, answer)
                return self._wrong(name, message)
            outcome = self._try(lines, stages, micro_batches)
            if isinstance(outcome, Verdict):
                return outcome
            timed = outcome
        if self.goal is None:
            return Verdict(self.name, Mark.RIGHT, f"right, on all {len(self.sizes) + self.drawn} cases.")
        score = timed.duration / self.goal
        said = (
            f"Score: {timed.duration:g}, which is {score:.3g} of DualPipe's {self.goal:g}; lower is better."
        )
        return Verdict(self.name, Mark.RIGHT, "a valid schedule.", details=(said,), score=score)

    def _try(self, lines: Any, stages: int, micro_batches: int) -> pipeline.Timed | Verdict:
        if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
            return self._wrong("wrong kind", "a list is asked for, with one line of text for each device.")
        table = (
            f"stages={stages}, micro_batches={micro_batches}",
            *(f"device {n}: {line}"[:84] for n, line in enumerate(lines)),
        )
        if len(lines) != stages:
            return self._wrong("lines", f"{len(lines)} lines for {stages} devices.", table)
        try:
            order = pipeline.Order.parse(lines)
            works = [work for line in order.devices for slot in line for work in slot]
            strange = next((work for work in works if work.kind not in self.letters), None)
            if strange:
                return self._wrong("other work", f"{strange} is not for this exercise.", table)
            if not self.both_ways and (
                any(w.reverse for w in works) or any(len(slot) > 1 for line in order.devices for slot in line)
            ):
                return self._wrong(
                    "other work", "here every micro-batch enters at device 0, one pass at a time.", table
                )
            given = sum(order.micro_batches().values())
            if given > micro_batches:
                said = f"there are {micro_batches} micro-batches, and your lines name {given}."
                few = micro_batches < stages
                if few:
                    said += " With fewer micro-batches than stages the warm-up ends early."
                return self._wrong("fewer micro-batches than stages" if few else "too many", said, table)
            if given < micro_batches:
                said = f"there are {micro_batches} micro-batches, and your lines name only {given}."
                return self._wrong("missing micro-batches", said, table)
            timed = pipeline.run(order, self.costs)
        except pipeline.ScheduleError as error:
            return self._wrong(_kind(str(error)), f"{str(error).rstrip('.')}.", table)
        found = self.judge_timed(timed, stages, micro_batches)
        return self._wrong(*found, table) if found else timed

    def _wrong(self, misconception: str, message: str, table: tuple[str, ...] = ()) -> Verdict:
        return Verdict(self.name, Mark.WRONG, message, misconception, table=table)


def _kind(message: str) -> str:
    if message.startswith("nobody can go on"):
        return "deadlock"
    if " does W" in message and " before I" in message:
        return "W before its I"
    return "incomplete"
