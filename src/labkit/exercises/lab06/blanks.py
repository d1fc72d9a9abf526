"""Exercises in filling in: a kernel in PTX with blanks, and the answer is the text of each.

All texts are tried together first, so that whatever works is right. If it does not, each is tried alone,
with ours beside it: that says which one is to blame.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome
from labkit.checking.engine import run_kernel
from labkit.checking.ptx_answer import Unassembled, assembled
from labkit.checking.ptx_general import PTX_GENERAL
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
        text: a module with ``{name}`` on a line of its own for each blank.
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
        missing = [blank.name for blank in self.blanks if blank.name not in given]
        together = [] if missing else self._together(given)
        if together and all(outcome.right for outcome in together):
            return Verdict(self.name, Mark.RIGHT, f"right, on all {len(together)} cases.")
        for blank in self.blanks:
            blamed = self._alone(blank, given[blank.name]) if blank.name in given else None
            if blamed:
                return blamed
        if missing:
            said = f"so far right. Still missing: {', '.join(f'`{name}`' for name in missing)}."
            return self._wrong(said, "not filled in")
        said = "each of your texts works beside ours, and together they do not. Do two use the same register?"
        return self._wrong(said, "not together", _evidence(together), _table(together))

    def _together(self, given: Mapping[str, str]) -> list[Outcome]:
        """What happened with all texts in place; empty where that does not assemble."""
        try:
            return self._tried(given)
        except Unassembled:
            return []

    def _alone(self, blank: Blank, answer: str) -> Verdict | None:
        """The verdict on one text beside ours, if it is wrong."""
        try:
            outcomes = self._tried({blank.name: answer})
        except Unassembled as error:
            return self._unreadable(blank, answer, error)
        return None if all(outcome.right for outcome in outcomes) else self._explain(blank, answer, outcomes)

    def filled(self, given: Mapping[str, str]) -> str:
        """The module with these texts in its blanks, and ours in the others."""
        text = self.text
        for blank in self.blanks:
            text = text.replace(f"{{{blank.name}}}", given.get(blank.name, blank.ours).strip("\n"))
        return text

    def _unreadable(self, blank: Blank, answer: str, error: Unassembled) -> Verdict:
        """The verdict on a text that does not assemble, with line and column within that text."""
        lines = self._lines(blank, answer)
        said = re.split(r" (?:It has|The instruction is written): ", str(error))[0].rstrip(".") + "."
        found = re.search(r"\bline (\d+)", said)
        if found and int(found[1]) not in lines:
            said = (
                "the line behind it can no longer be read. Is this an instruction, and does it end with `;`?"
            )
            return self._wrong(f"`{blank.name}`: {said}", error.misconception)
        if not found:
            return self._wrong(f"`{blank.name}`: {said}", error.misconception, table=error.shown)
        theirs, own = found[0], f"line {int(found[1]) - lines.start + 1}"
        line, *mark = error.shown
        table = (line.replace(theirs, own), *(m[len(theirs) - len(own) :] for m in mark))
        return self._wrong(f"`{blank.name}`: {said.replace(theirs, own)}", error.misconception, table=table)

    def _lines(self, blank: Blank, answer: str) -> range:
        """The lines of the filled module that the answer takes up."""
        before = self.text.partition(f"{{{blank.name}}}")[0]
        for other in self.blanks:
            before = before.replace(f"{{{other.name}}}", other.ours.strip("\n"))
        first = before.count("\n") + 1
        return range(first, first + answer.strip("\n").count("\n") + 1)

    def _tried(self, given: Mapping[str, str], ladder_only: bool = False) -> list[Outcome]:
        kernel, outcomes = assembled(self.filled(given), self.entry), []
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
            found = next(m for m in PTX_GENERAL if m.explains(None, outcomes))
            message = found.explains(None, outcomes)
        else:
            message = found.message
        said = f"`{blank.name}`: {message}"
        return self._wrong(said, found.name, _evidence(outcomes), _table(outcomes))

    def _made(self, blank: Blank, mistake: Mistake, mine: Instructions, outcomes: Sequence[Outcome]) -> bool:
        if mistake.seen is not None:
            return mistake.seen(mine)
        imagined = self._tried({blank.name: mistake.text}, ladder_only=True)[: len(outcomes)]
        return len(imagined) == len(outcomes) and all(map(_alike, imagined, outcomes))

    def _instructions(self, blank: Blank, answer: str) -> Instructions:
        """The instructions of the answer, without those around it."""
        kernel = assembled(self.filled({blank.name: answer}), self.entry)
        lines = self._lines(blank, answer)
        return [instruction for instruction in kernel.function.body if instruction.line in lines]

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


def _evidence(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """The first error of the simulator in its own words."""
    said = next((str(error) for outcome in outcomes for error in outcome.errors), "")
    lines = [line.strip() for line in said.splitlines()]
    return (f"The simulator: {lines[0]}", *lines[1:]) if lines else ()


def _table(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    return case_table(next(outcome for outcome in outcomes if not outcome.right)) if outcomes else ()
