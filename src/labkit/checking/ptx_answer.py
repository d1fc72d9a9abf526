"""Answers that are PTX text: still the skeleton? does it assemble? and then judged as a kernel is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, ClassVar

from labkit.checking.answer import is_kernel
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.checking.ptx_general import PTX_GENERAL
from labkit.checking.verdict import Mark, Verdict

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
#: A line is shown up to here: the width of a verdict, less its indent.
_SHOWN = 78


def same_text(one: str, other: str) -> bool:
    """Whether two PTX texts are the same, comments and layout aside."""
    return _tokens(one) == _tokens(other)


def _tokens(text: str) -> list[str]:
    """Words and signs, so that a space more or less makes no difference."""
    return re.findall(r"[\w.$%]+|\S", _COMMENT.sub(" ", text))


class Unassembled(Exception):
    """A text that cannot become a kernel.

    Attributes:
        misconception: its short name.
        shown: lines to print as they are: the line in question, and a mark below the column where one is known.
    """

    def __init__(self, message: str, misconception: str, shown: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.misconception, self.shown = misconception, shown


def assembled(text: str, entry: str) -> Any:
    """Kernel ``entry`` of ``text``, with every instruction of the text looked up and its operands checked.

    Raises:
        Unassembled: it is not PTX, an instruction is unknown, an operand does not suit, or there is no such
            kernel; says line and column, and shows the line.
    """
    import smsim
    from smsim.errors import LaunchError, PTXSyntaxError, UnsupportedPTX
    from smsim.ptx.check import forms

    try:
        loaded = smsim.load_ptx(text)
        for function in loaded.module.functions.values():
            forms(function, loaded.module)
        return loaded[entry]
    except LaunchError as error:
        said = str(error)
        raise Unassembled(
            f"{said[:1].lower()}{said[1:]} Keep the frame as it was given.", "no such kernel"
        ) from None
    except PTXSyntaxError as error:
        said = f"this is not PTX yet: {_told(error.message)}."
        raise Unassembled(said, "does not assemble", _shown(text, error.line, error.column)) from None
    except UnsupportedPTX as error:
        said = f"this instruction is not known: {_told(error.message)}."
        raise Unassembled(said, "unknown instruction", _shown(text, error.line, None)) from None


def _told(message: str) -> str:
    """Without a syntax line so long that it hides the reason."""
    reason, _, syntax = message.partition(" The instruction is written:")
    return (reason if len(syntax) > _SHOWN else message).rstrip(".")


def _shown(text: str, line: int | None, column: int | None) -> tuple[str, ...]:
    """Line ``line`` of ``text`` with its number, and a ``^`` below ``column``; both count from 1."""
    lines = text.splitlines()
    if line is None or not 1 <= line <= len(lines):
        return ()
    whole = lines[line - 1].expandtabs(1)
    skipped = len(whole) - len(whole.lstrip())
    label = f"line {line}:  "
    shown = [label + whole.strip()[:_SHOWN]]
    if column is not None and 0 <= column - 1 - skipped < _SHOWN:
        shown.append(" " * (len(label) + column - 1 - skipped) + "^")
    return tuple(shown)


@dataclass(frozen=True)
class PTXExercise(KernelExercise):
    """The answer is a ``str``: a PTX module with the kernel ``entry`` in it.

    Once it assembles, it is judged as any kernel is: on cases, with every hazard, and by its misconceptions.
    One that recognises a mistake by its text finds it as ``answer.module.text``.

    Attributes:
        entry: the kernel's name; left out, it is the exercise's, ``"copy"`` for ``"lab07.copy"``.
    """

    entry: str = ""
    tells_ptx_lines: ClassVar[bool] = True
    general: ClassVar[tuple[Misconception, ...]] = PTX_GENERAL

    @property
    def kernel_name(self) -> str:
        return self.entry or self.name.partition(".")[2]

    def judge(self, answers: Sequence[Any], skeletons: dict[str, str]) -> Verdict:
        if len(answers) != 1:
            return self.wrong(f"one answer is expected here, {len(answers)} were given.", "wrong kind")
        answer = getattr(getattr(answers[0], "module", None), "text", answers[0])  # a kernel made by load_ptx
        skeleton = skeletons.get(self.name)
        if answer is None or (
            isinstance(answer, str) and skeleton is not None and same_text(answer, skeleton)
        ):
            return Verdict(self.name, Mark.NOT_ATTEMPTED, "not attempted yet.")
        refusal = self.refuse(answer)
        if refusal:
            return self.wrong(refusal, "wrong kind")
        try:
            kernel = assembled(answer, self.kernel_name)
        except Unassembled as error:
            return self.wrong(str(error), error.misconception, error.shown)
        return super().judge((kernel,), {})

    def refuse(self, answer: Any) -> str | None:
        from smsim.handwritten import PTXKernel

        if isinstance(answer, (str, PTXKernel)):
            return None
        if is_kernel(answer) or isinstance(answer, FunctionType):
            return "this is Python. The answer is PTX: hand over the text itself, a str."
        return f"this is a {type(answer).__name__}. The answer is PTX: hand over the text itself, a str."
