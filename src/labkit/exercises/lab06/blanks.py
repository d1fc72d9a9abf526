"""Exercises in filling in: a kernel in PTX with blanks, and the answer is the text of each.

All blanks are tried together first, so that whatever works is right. If it does not, each is tried alone,
with ours in the others: that says which one is to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome
from labkit.checking.engine import run_kernel
from labkit.checking.general import GENERAL
from labkit.checking.table import case_table
from labkit.checking.verdict import Mark, Verdict

#: What the answers' instructions look like; ``Any`` because nothing here imports the engine.
Instructions = Sequence[Any]


@dataclass(frozen=True)
class Mistake:
    """One way to fill in a blank wrongly.

    Exactly one of the two is given:
        text: mistaken PTX; an answer that does the same on every case has made this mistake, however it is
            written;
        seen: ``seen(instructions)``, true when the instructions of the answer show it.
    """

    name: str
    message: str
    text: str | None = None
    seen: Callable[[Instructions], bool] | None = None


@dataclass(frozen=True)
class Blank:
    """One blank: ``{name}`` in the kernel's text.

    Attributes:
        name: as the notebook calls it.
        ours: one right text.
        mistakes: most telling first.
    """

    name: str
    ours: str
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class FillExercise:
    """The answer is one text of PTX for each blank, in order.

    Attributes:
        name: ``"lab06.fill"``.
        entry: the kernel's name.
        text: a module with ``{name}`` on a line of its own for each blank, and no other braces doubled.
        blanks: in the order of the text.
        specification, make, ladder, fresh: as for a ``KernelExercise``.
    """

    name: str
    entry: str
    text: str
    blanks: tuple[Blank, ...]
    specification: Callable[..., np.ndarray]
    make: Callable[..., Case]
    ladder: tuple[int, ...]
    fresh: tuple[int, ...]

    def judge(self, answers: Sequence[Any], skeletons: Mapping[str, str]) -> Verdict:
        names = ", ".join(f"`{blank.name}`" for blank in self.blanks)
        if len(answers) != len(self.blanks):
            said = f"hand over {len(self.blanks)} texts, {names}; {len(answers)} came."
            return self._wrong(said, "wrong number of answers")
        if all(answer is None for answer in answers):
            return Verdict(self.name, Mark.NOT_ATTEMPTED, "not attempted yet.")
        for blank, answer in zip(self.blanks, answers, strict=True):
            if answer is None:
                continue
            if not isinstance(answer, str):
                said = f"`{blank.name}` is a {type(answer).__name__}; PTX is a text, in quotes."
                return self._wrong(said, "wrong kind")
        given = {b.name: a for b, a in zip(self.blanks, answers, strict=True) if a is not None}
        for blank in self.blanks:  # one text alone first: its errors have its own lines
            refusal = self._refused(blank, given)
            if refusal:
                return refusal
        missing = [name for name in (blank.name for blank in self.blanks) if name not in given]
        outcomes = [] if missing else self._tried(given)
        if outcomes and all(outcome.right for outcome in outcomes):
            return Verdict(self.name, Mark.RIGHT, f"right, on all {len(outcomes)} cases.")
        for blank in self.blanks:
            if blank.name in given:
                alone = self._tried({blank.name: given[blank.name]})
                if not all(outcome.right for outcome in alone):
                    return self._explain(blank, given[blank.name], alone)
        if missing:
            said = f"so far right. Still missing: {', '.join(f'`{name}`' for name in missing)}."
            return self._wrong(said, "not filled in")
        said = "each of your texts works beside ours, and together they do not. Do two use the same register?"
        return self._wrong(said, "not together", self._evidence(outcomes), self._table(outcomes))

    def filled(self, given: Mapping[str, str]) -> str:
        """The module with these texts in its blanks, and ours in the others."""
        text = self.text
        for blank in self.blanks:
            text = text.replace(f"{{{blank.name}}}", given.get(blank.name, blank.ours).strip("\n"))
        return text

    def _refused(self, blank: Blank, given: Mapping[str, str]) -> Verdict | None:
        """The verdict on a text that is no PTX at all, or names what this kernel does not have."""
        from smsim.errors import SimulationError

        if blank.name not in given:
            return None
        mine = given[blank.name].strip("\n")
        text = self.filled({blank.name: mine})
        try:
            _bound(text, self.entry)
        except SimulationError as error:
            first = self.filled({blank.name: "\0"}).partition("\0")[0].count("\n") + 1
            line = getattr(error, "line", None)
            said = error.message
            if isinstance(line, int) and said.startswith(f"line {line}"):
                said = f"line {line - first + 1}{said.removeprefix(f'line {line}')}"
                if not first <= line <= first + mine.count("\n"):
                    said = f"what comes behind it can no longer be read: {said.partition(': ')[2]}"
            kind = "not supported" if type(error).__name__ == "UnsupportedPTX" else "does not assemble"
            return self._wrong(f"`{blank.name}` does not assemble: {said}", kind)
        return None

    def _tried(self, given: Mapping[str, str], ladder_only: bool = False) -> list[Outcome]:
        kernel, outcomes = _loaded(self.filled(given), self.entry), []
        for number, size in enumerate(self.ladder):
            outcomes.append(self._run(kernel, self.make(np.random.default_rng(number), size, True)))
            if any(type(error).__name__ in ("InstructionBudgetExceeded",) for error in outcomes[-1].errors):
                return outcomes
        if not ladder_only:
            rng = np.random.default_rng()
            outcomes += [self._run(kernel, self.make(rng, size, False)) for size in self.fresh]
        return outcomes

    def _run(self, kernel: Any, case: Case) -> Outcome:
        return run_kernel(kernel, case, {"out": self.specification(**case.inputs)})

    def _explain(self, blank: Blank, answer: str, outcomes: Sequence[Outcome]) -> Verdict:
        instructions = self._instructions(blank, answer)
        seen = outcomes[: len(self.ladder)]
        found = next((m for m in blank.mistakes if self._made(blank, m, instructions, seen)), None)
        if found is None:
            found = next(m for m in GENERAL if m.explains(None, outcomes))
            message = found.explains(None, outcomes)
        else:
            message = found.message
        said = f"`{blank.name}`: {message}"
        return self._wrong(said, found.name, self._evidence(outcomes), self._table(outcomes))

    def _made(self, blank: Blank, mistake: Mistake, mine: Instructions, outcomes: Sequence[Outcome]) -> bool:
        if mistake.seen is not None:
            return mistake.seen(mine)
        imagined = self._tried({blank.name: mistake.text}, ladder_only=True)[: len(outcomes)]
        return len(imagined) == len(outcomes) and all(map(_alike, imagined, outcomes))

    def _instructions(self, blank: Blank, answer: str) -> Instructions:
        """The instructions of the answer, without those around it."""
        mark = "    pragma_before;"
        mine = answer.strip("\n")
        first = self.filled({blank.name: mark}).partition(mark)[0].count("\n") + 1
        lines = range(first, first + mine.count("\n") + 1)
        body = _bound(self.filled({blank.name: mine}), self.entry).body
        return [instruction for instruction in body if instruction.line in lines]

    def _evidence(self, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
        errors = [error for outcome in outcomes for error in outcome.errors]
        lines = str(errors[0]).splitlines() if errors else []
        return tuple(f"The simulator: {line.strip()}" if not n else line.strip() for n, line in enumerate(lines))

    def _table(self, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
        first = next(outcome for outcome in outcomes if not outcome.right)
        if first.failure is not None:
            raise first.failure
        return case_table(first)

    def _wrong(
        self, message: str, name: str, details: tuple[str, ...] = (), table: tuple[str, ...] = ()
    ) -> Verdict:
        return Verdict(self.name, Mark.WRONG, message, name, details, table)


def _alike(one: Outcome, other: Outcome) -> bool:
    """The same results, or stopped for the same kind of reason."""
    kinds = [[type(error).__name__ for error in outcome.errors] for outcome in (one, other)]
    if one.got is None or other.got is None:
        return one.got is other.got and kinds[0] == kinds[1]
    return all(np.array_equal(one.got[name], other.got[name]) for name in one.got)
