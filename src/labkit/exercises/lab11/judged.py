"""Exercises whose answer is a function from sizes to the lines of a pipeline schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from labkit.checking.calling import PYTHON_STEPS
from labkit.checking.one_answer import OneAnswerExercise, refuse_all_but_functions, try_call
from labkit.checking.verdict import Mark, Verdict
from labkit.exercises.lab11.own import writes_work
from trainmath import pipeline
from trainmath.pipeline import schedules as library

#: Given the timed schedule and both sizes: the name of a mistake and a sentence, or ``None``.
Diagnosis = Callable[[pipeline.Timed, int, int], tuple[str, str] | None]
#: Stages and micro-batches.
Size = tuple[int, int]

NOT_OWN = (
    "these are DualPipe's lines to the letter, and your function does not write them: it hands on what was made "
    "before. If they are yours, put them into the function."
)


@dataclass(frozen=True)
class Failed:
    """What is wrong with the schedule for one size; ``ends``: trying larger ones would tell nothing more."""

    size: Size
    misconception: str
    message: str
    lines: tuple[str, ...] = ()
    ends: bool = False

    @property
    def in_short(self) -> str:
        """The first sentence, which says what is wrong; those that follow say why."""
        return self.message.partition(". ")[0].rstrip(".")[:78] + "."

    def table(self) -> tuple[str, ...]:
        stages, micro_batches = self.size
        return (
            f"smallest failing case: stages={stages}, micro_batches={micro_batches}",
            *(f"device {n}: {line}"[:84] for n, line in enumerate(self.lines)),
        )


@dataclass(frozen=True)
class ScheduleExercise(OneAnswerExercise):
    """Tried on all small sizes, the smallest first, then on larger ones drawn anew. The smallest that fails is shown.

    Attributes:
        name: ``"lab11.one_f_one_b"``.
        costs: times of one stage.
        sizes: what is always tried.
        judge_timed: what is wrong with a schedule that runs.
        telling: the size on which no two mistakes look alike: if it fails, it names the mistake.
        letters: the kinds of work that may be used.
        both_ways: whether micro-batches may enter at the last device, and passes overlap.
        drawn: how many random sizes follow.
        goal: with a score: the duration that counts as 1.
        steps: after how many steps one call is stopped.
    """

    costs: pipeline.Costs
    sizes: tuple[Size, ...]
    judge_timed: Diagnosis
    telling: Size | None = None
    letters: str = "FBIW"
    both_ways: bool = False
    drawn: int = 0
    goal: float | None = None
    steps: int = PYTHON_STEPS

    def refuse(self, answer: Any) -> str | None:
        return refuse_all_but_functions(answer, "a function from two sizes to a list of lines")

    def judge_one(self, answer: Any) -> Verdict:
        rng = np.random.default_rng()
        fresh = [(int(rng.integers(2, 9)), int(rng.integers(1, 21))) for _ in range(self.drawn)]
        failures, timed = self._try_all(answer, self.sizes)
        if not failures:
            failures, again = self._try_all(answer, fresh)
            timed = again or timed
            if failures:  # a smaller one may fail too, and is easier to follow
                failures = self._try_all(answer, _below(failures[0].size))[0] or failures
        if failures:
            return self._explained(failures)
        if self.goal is None:
            return Verdict(self.name, Mark.RIGHT, f"right, on all {len(self.sizes) + self.drawn} cases.")
        if timed.order.devices == library.dualpipe(*self.sizes[-1]).devices and not writes_work(answer):
            return self.wrong(NOT_OWN, "the library's own")
        score = timed.duration / self.goal
        said = f"Score: {timed.duration:g}, which is {score:.3g} times DualPipe's {self.goal:g}; lower is better."
        return Verdict(self.name, Mark.RIGHT, "a valid schedule.", details=(said,), score=score)

    def _try_all(self, answer: Any, sizes: Iterable[Size]) -> tuple[list[Failed], pipeline.Timed | None]:
        """What fails, smallest first, and the last schedule that does not."""
        failures, timed = [], None
        for size in sorted(sizes, key=work):
            outcome = self._try(answer, size)
            if isinstance(outcome, Failed):
                failures.append(outcome)
                if outcome.ends:
                    break
            else:
                timed = outcome
        return failures, timed

    def _explained(self, failures: list[Failed]) -> Verdict:
        """Named by the size on which mistakes differ, shown on the smallest."""
        shown = failures[0]
        telling = next((f for f in failures if f.size == self.telling and not f.ends), shown)
        if telling.misconception == shown.misconception:
            return self.wrong(shown.message, shown.misconception, shown.table())
        stages, micro_batches = telling.size
        said = f"with {stages} stages and {micro_batches} micro-batches {telling.message}"
        return self.wrong(said, telling.misconception, (*shown.table(), f"here {shown.in_short}"))

    def _try(self, answer: Any, size: Size) -> pipeline.Timed | Failed:
        called = try_call(answer, *size, steps=self.steps, forbidden=library)
        if called.failed:
            return Failed(size, called.misconception, called.message, ends=True)
        lines = called.result
        if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
            said = "a list is asked for, with one line of text for each device."
            return Failed(size, "wrong kind", said, ends=True)
        lines = tuple(lines)
        if len(lines) != size[0]:
            said = f"{len(lines)} line{'s' * (len(lines) != 1)} for {size[0]} devices."
            return Failed(size, "lines", said, lines)
        try:
            order = pipeline.Order.parse(lines)
            found = self._other_work(order) or _other_number(order, *size)
            if found:
                return Failed(size, *found, lines)
            timed = pipeline.run(order, self.costs)
        except pipeline.ScheduleError as error:
            said = str(error).rstrip(".")
            return Failed(size, _kind(said), f"{said}.", lines)
        found = self.judge_timed(timed, *size)
        return Failed(size, *found, lines) if found else timed

    def _other_work(self, order: pipeline.Order) -> tuple[str, str] | None:
        slots = [slot for line in order.devices for slot in line]
        strange = next((one for slot in slots for one in slot if one.kind not in self.letters), None)
        if strange:
            return "other work", f"{strange} is not for this exercise."
        if not self.both_ways and any(len(slot) > 1 or slot[0].reverse for slot in slots):
            return "other work", "here every micro-batch enters at device 0, one pass at a time."
        return None


def work(size: Size) -> tuple[int, int]:
    """How large a case is: passes in all, then stages."""
    return size[0] * size[1], size[0]


def _below(size: Size) -> list[Size]:
    """All sizes that are no larger in stages nor in micro-batches."""
    return list(product(range(1, size[0] + 1), range(1, size[1] + 1)))


def _other_number(order: pipeline.Order, stages: int, micro_batches: int) -> tuple[str, str] | None:
    given = sum(order.micro_batches().values())
    named = {one.micro_batch for line in order.devices for slot in line for one in slot}
    if named == set(range(1, micro_batches + 1)):
        return "numbers from one", "micro-batches are numbered from 0: the first one is F0, not F1."
    if given < micro_batches:
        said = f"micro_batches is {micro_batches}, and your lines name only {given}."
        return "missing micro-batches", said
    if given > micro_batches:
        said = f"micro_batches is {micro_batches}, and your lines name {given}."
        if micro_batches < stages:
            said += " With fewer micro-batches than stages the warm-up ends early."
            return "fewer micro-batches than stages", said
        return "too many", said
    return None


def _kind(message: str) -> str:
    if message.startswith("nobody can go on"):
        return "deadlock"
    if " does W" in message and " before I" in message:
        return "W before its I"
    if "is no work" in message or "can overlap" in message:
        return "no such work"
    if "twice" in message or "a half of it again" in message:
        return "done twice"
    return "incomplete"
