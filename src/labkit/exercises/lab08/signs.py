"""By what the mistakes of lab 8 are recognised: what the simulated SM said, and which places hold what."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checking.answer import python_function
from labkit.checking.case import UNWRITTEN, Case, Outcome, agree
from labkit.checking.misconception import Detector, Misconception

#: Of what the parser says about a register of another size or kind than its instruction wants.
_MISFIT = "and the instruction needs"


def first(outcomes: Sequence[Outcome]) -> Exception | None:
    return next((o.errors[0] for o in outcomes if o.errors), None)


def first_is(kind: str, text: str = "") -> Detector:
    """The first error of all is of this class, and its sentence has ``text``, a regular expression, in it."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        error = first(outcomes)
        return type(error).__name__ == kind and re.search(text, str(error)) is not None

    return detect


def _not_ptx(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return type(first(outcomes)).__name__ in ("PTXSyntaxError", "UnsupportedPTX")


def right_only_where(condition: Callable[[Case], bool], kind: str, text: str = "") -> Detector:
    """Right on every case with ``condition``; on some other case the error :func:`first_is` looks for."""
    told = first_is(kind, text)

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        inside = [o for o in outcomes if condition(o.case)]
        outside = [o for o in outcomes if not condition(o.case)]
        return bool(inside) and all(o.right for o in inside) and told(answer, outside)

    return detect


def unwritten_where(places: Callable[[Case], np.ndarray], output: str) -> Detector:
    """Every run ended; just the elements ``places(case)`` were never written, and all others are right."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        seen = False
        for o in outcomes:
            if o.got is None:
                return False
            missing = places(o.case)
            if not np.all(agree(o.got[output], np.where(missing, UNWRITTEN, o.expected[output]))):
                return False
            seen |= bool(missing.any())
        return seen

    return detect


def has_text(answer: Any, text: str) -> bool:
    """True when a string constant of the kernel's Python code holds ``text``."""
    function = python_function(answer)
    constants = function.__code__.co_consts if function is not None else ()
    return any(isinstance(c, str) and text in c for c in constants)


MISFIT = Misconception(
    "wrong constraint",
    "an operand has another size or kind than the instruction wants. The letters must fit the PTX type: `h`, `r`, "
    "`l` for whole numbers of 16, 32 and 64 bits, `f` for `.f32`, `d` for `.f64`.",
    detect=first_is("PTXSyntaxError", _MISFIT),
)
NOT_PTX = Misconception(
    "not PTX",
    "the text between the quotes is not an instruction that PTX has. Look at its spelling, its braces, brackets and "
    "semicolon.",
    detect=_not_ptx,
)
OPERAND_NUMBER = Misconception(
    "wrong operand",
    "a register is read that nothing has written: an output stands where an input should. Outputs and inputs are "
    "numbered in one row: after four outputs, `%0` to `%3`, the address is `%4`.",
    detect=first_is("UninitializedRead", "uses register"),
)
STATE_SPACE = Misconception(
    "wrong state space",
    "arrays lie in global memory, and the instruction names another state space: `ld.global`, `st.global`.",
    detect=first_is("MemoryFault", "shared memory|local memory|constant memory"),
)
