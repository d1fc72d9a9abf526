"""A hunt: a kernel is given, right or wrong. The reader says which and why, and mends what is wrong.

The answer is a letter, one of a few statements about the kernel, and the kernel itself, mended or as it
was. A right letter without a mended kernel is half the way. Each wrong letter is a misconception with a
reply of its own, and whether a kernel is mended is judged by the simulated SM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.checking.answer import is_skeleton
from labkit.checking.exercise import KernelExercise
from labkit.checking.verdict import Mark, Verdict

#: The name of the statement that says that nothing is wrong.
NOTHING_WRONG = "nothing wrong"


@dataclass(frozen=True)
class Finding:
    """One statement that a reader may choose.

    Attributes:
        name: short stable name of what is claimed; as a misconception where the claim is wrong.
        reply: what to answer to it, one to three sentences.
    """

    name: str
    reply: str


@dataclass(frozen=True)
class HuntExercise:
    """One given kernel of a hunt.

    Attributes:
        name: ``"lab03.swap"``.
        truth: the letter of the right statement.
        findings: letter -> statement; the statements themselves stand in the notebook.
        kernel: how the kernel is judged, once it is mended.
    """

    name: str
    truth: str
    findings: Mapping[str, Finding]
    kernel: KernelExercise

    def judge(self, answers: Sequence[Any], skeletons: dict[str, str]) -> Verdict:
        if len(answers) != 2:
            said = f"hand over two things, your letter and the kernel; {len(answers)} came."
            return self._wrong(said, "wrong number of answers")
        letter, kernel = answers
        untouched = is_skeleton(kernel, skeletons.get(self.name))
        letters = ", ".join(self.findings)
        if letter is None:
            if untouched:
                return Verdict(self.name, Mark.NOT_ATTEMPTED, "not attempted yet.")
            return self._wrong(f"say first what you found: one of the letters {letters}.", "no finding")
        finding = self.findings.get(str(letter).strip().lower())
        if finding is None:
            return self._wrong(f"{letter!r} is none of the letters {letters}.", "unknown finding")
        if finding is not self.findings[self.truth]:
            evidence = self.kernel.judge((kernel,), {}).details if untouched else ()
            return self._wrong(finding.reply, finding.name, evidence)
        if untouched and finding.name != NOTHING_WRONG:
            return self._wrong(f"{finding.reply} You have found it; now mend the kernel.", "not mended")
        return self._judge_kernel(kernel, finding, untouched)

    def _judge_kernel(self, kernel: Any, finding: Finding, untouched: bool) -> Verdict:
        verdict = self.kernel.judge((kernel,), {})
        if not verdict.right:
            message = f"rightly found, but the kernel is not mended yet: {verdict.message}"
            if finding.name == NOTHING_WRONG:
                message = f"rightly found, but the kernel was right as it stood, and now it is not: {verdict.message}"
            return self._wrong(message, verdict.misconception, verdict.details, verdict.table)
        tried = len(self.kernel.ladder) + len(self.kernel.fresh)
        mended = f"It is right on all {tried} cases" + ("." if untouched else " now.")
        if finding.name == NOTHING_WRONG and not untouched:
            mended = f"Yours is right on all {tried} cases, too; it needed no change."
        return Verdict(self.name, Mark.RIGHT, f"{finding.reply} {mended}", details=verdict.details)

    def _wrong(
        self, message: str, name: str | None, details: tuple[str, ...] = (), table: tuple[str, ...] = ()
    ) -> Verdict:
        return Verdict(self.name, Mark.WRONG, message, name, details, table)
