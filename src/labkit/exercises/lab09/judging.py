"""How an answer of this lab is judged: on small cases under several seeds, then weakened, or repaired to say why."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checking.answer import is_skeleton, python_function
from labkit.checking.case import Case, Outcome
from labkit.checking.engine import run_kernel
from labkit.checking.exercise import KernelExercise
from labkit.checking.failures import describe_failure
from labkit.checking.general import GENERAL
from labkit.checking.table import case_table
from labkit.checking.verdict import Mark, Verdict
from labkit.exercises.lab09.program import SEEDS, STEPS, Program, compiled, instructions
from labkit.exercises.lab09.repair import diagnosed
from labkit.exercises.lab09.signs import is_endless
from labkit.exercises.lab09.weaken import Weakening, survivors

#: ``(answers, kernel, outcomes)`` -> ``(name, message)`` when it recognises the mistake.
Sign = Callable[[Sequence[Any], Any, Sequence[Outcome]], tuple[str, str] | None]


@dataclass(frozen=True)
class OrderExercise(KernelExercise):
    """An exercise whose answer is right under every order of the threads, or wrong.

    Attributes:
        handed_over: the names of what is handed over, in order.
        build: the kernel that is launched, from the answers.
        weakened: sizes on which weakened versions are tried; they must use every order of the program.
        signs: mistakes of the protocol, tried before repairs.
        although_right: what is asked beyond the result, tried when the result is right: a kernel -> as for a sign.
        given_barriers: the barriers are the check's own, and are not weakened.

    Of a case's outputs the last may be working space: the specification returns the first ones only.
    """

    handed_over: tuple[str, ...] = ()
    build: Callable[..., Any] = lambda kernel: kernel
    weakened: tuple[Any, ...] = ()
    signs: tuple[Sign, ...] = ()
    although_right: tuple[Callable[[Any], tuple[str, str] | None], ...] = ()
    given_barriers: bool = False

    def judge(self, answers: Sequence[Any], skeletons: dict[str, str]) -> Verdict:
        if len(answers) != len(self.handed_over):
            wanted = " and ".join(f"`{name}`" for name in self.handed_over)
            said = f"hand over {wanted}, in this order; {len(answers)} came."
            return Verdict(self.name, Mark.WRONG, said, "wrong number of answers")
        empty = [is_skeleton(answer, skeletons.get(self.name)) for answer in answers]
        if all(empty):
            return Verdict(self.name, Mark.NOT_ATTEMPTED, "not attempted yet.")
        refusal = next(filter(None, map(self.refuse, answers)), None)
        if refusal:
            return Verdict(self.name, Mark.WRONG, refusal, "wrong kind")
        if any(empty):
            name = self.handed_over[empty.index(True)]
            return Verdict(self.name, Mark.WRONG, f"`{name}` is still empty.", "half done")
        kernel = self.build(*answers)
        outcome = self._first_wrong(kernel)
        if outcome is None:
            found = next(filter(None, (sign(kernel) for sign in self.although_right)), None)
            if found:
                return Verdict(self.name, Mark.WRONG, found[1], found[0])
            return self._praise(answers, kernel)
        return self._explain(answers, kernel, outcome)

    def expected(self, case: Case) -> dict[str, np.ndarray]:
        result = self.specification(**case.inputs)
        results = result if isinstance(result, tuple) else (result,)
        return dict(zip(case.outputs, map(np.asarray, results), strict=False))

    def case_of(self, size: Any, number: int = 0) -> tuple[Case, dict[str, np.ndarray]]:
        case = self.make(np.random.default_rng(number), size, True)
        return case, self.expected(case)

    def _first_wrong(self, kernel: Any) -> Outcome | None:
        rng = np.random.default_rng()
        tries = [self.case_of(size, number)[0] for number, size in enumerate(self.ladder)]
        tries += [self.make(rng, size, False) for size in self.fresh]
        for case in tries:
            for seed in SEEDS:
                outcome = run_kernel(kernel, case, self.expected(case), seed=seed, budget=STEPS)
                if not outcome.right:
                    return outcome
        return None

    def _praise(self, answers: Sequence[Any], kernel: Any) -> Verdict:
        tried = len(self.ladder) + len(self.fresh)
        cases = [self.case_of(size) for size in self.weakened]
        count, passed = survivors(compiled(kernel, cases[0][0]), cases, barriers=not self.given_barriers)
        caught = f"Weakened versions of your PTX: {count}, each with one order less; caught: {count - len(passed)}."
        details = [caught, *(_spared(one, answers) for one in _told_once(passed))]
        if passed and any(one.words[0] == "atom" for one in instructions(compiled(kernel, cases[0][0]))):
            details.append(LENIENT)
        message = f"right, on all {tried} cases, each under {len(SEEDS)} orders of the threads."
        return Verdict(self.name, Mark.RIGHT, message, details=tuple(details), score=len(passed))

    def _explain(self, answers: Sequence[Any], kernel: Any, outcome: Outcome) -> Verdict:
        if outcome.failure is not None:
            message, name = describe_failure(outcome.failure, answers[0])
            return Verdict(self.name, Mark.WRONG, message, name)
        case, expected = outcome.case, outcome.expected
        outcomes = [outcome] + [
            run_kernel(kernel, case, expected, seed=seed, budget=STEPS)
            for seed in (SEEDS[:2] if is_endless([outcome]) else SEEDS)
        ]
        name, message = self._diagnose(answers, kernel, outcomes)
        error = next((error for one in outcomes for error in one.errors[:1]), None)
        said = getattr(error, "message", str(error)).strip().splitlines() if error is not None else ()
        details = [line.strip() for line in said if line.strip()]
        if self.given_barriers:  # the kernel is the check's own: its line numbers say nothing to the reader
            details = [re.sub(r"(at|Python) line \d+[,:]", "at", line) for line in details]
        if details:
            details[0] = f"The simulator: {details[0]}"
        return Verdict(
            self.name, Mark.WRONG, message, name, details=tuple(details), table=case_table(outcome)
        )

    def _diagnose(self, answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> tuple[str, str]:
        for sign in self.signs:
            found = sign(answers, kernel, outcomes)
            if found:
                return found
        if any(type(e).__name__ == "DataRace" for o in outcomes for e in o.errors) or not any(
            o.errors for o in outcomes
        ):
            wrong = next(o for o in outcomes if not o.right)
            upto = [self.case_of(size, n) for n, size in enumerate(self.ladder)]
            same = [n for n, (case, _) in enumerate(upto) if case.size == wrong.case.size]
            cases = upto[: same[0] + 1] if same else [*upto, (wrong.case, wrong.expected)]
            repair = diagnosed(self._program(kernel, wrong.case), wrong, cases[::-1])
            if repair is not None:
                return repair.name, repair.message
        for misconception in (*self.misconceptions, *GENERAL):
            message = misconception.explains(answers[0], outcomes)
            if message:
                return misconception.name, message
        raise AssertionError("the last general misconception always fits")

    def _program(self, kernel: Any, case: Case) -> Program:
        return compiled(kernel, case)


LENIENT = (
    "Keep the order of an atomic that waits: the simulated SM takes an atomic followed by a block barrier for an "
    "acquire, and the PTX ISA does not promise that."
)


def _told_once(passed: Sequence[Weakening]) -> list[Weakening]:
    """Of several weakenings of one instruction the strongest that passed is told."""
    best: dict[tuple, Weakening] = {}
    for one in passed:
        known = best.get((one.source_line, one.old))
        if known is None or one.new == "nothing":
            best[one.source_line, one.old] = one
    return list(best.values())


def _spared(one: Weakening, answers: Sequence[Any]) -> str:
    change = "may go" if one.new == "nothing" else f"may as well be `{one.new}`"
    return f"`{one.old}`{_place(one, answers)} {change}: no run told the difference."


def _place(one: Weakening, answers: Sequence[Any]) -> str:
    for answer in answers:
        code = python_function(answer).__code__
        lines = {line for *_, line in code.co_lines() if line}
        if one.source_line in lines:
            text = linecache.getline(code.co_filename, one.source_line).strip()
            return f" in line {one.source_line - code.co_firstlineno + 1} (`{text}`)" if text else ""
    return ""
