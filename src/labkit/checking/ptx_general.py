"""Mistakes that can happen in any kernel written in PTX, before those that can happen in any kernel at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Outcome, agree
from labkit.checking.general import GENERAL
from labkit.checking.misconception import Misconception, first_error


def _refused(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return first_error(outcomes) == "LaunchError"


def _misaligned(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    error = next((o.errors[0] for o in outcomes if o.errors), None)
    return type(error).__name__ == "MemoryFault" and "not a multiple of" in str(error)


def _untouched(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """All launches ended, and no output element was ever written."""
    arrays = [array for o in outcomes if o.got is not None for array in o.got.values()]
    return bool(arrays) and all(np.all(agree(array, np.full_like(array, UNWRITTEN))) for array in arrays)


PTX_GENERAL: tuple[Misconception, ...] = (
    Misconception(
        "other parameters",
        "the kernel's `.param` list is not the one that was given, so the launch was refused. Keep the frame, "
        "and write between its braces.",
        detect=_refused,
    ),
    Misconception(
        "misaligned",
        "an address is no multiple of what is accessed there: 4 bytes need a multiple of 4, a `.v4` of 32-bit "
        "numbers a multiple of 16. Addresses count bytes, indices count elements.",
        detect=_misaligned,
    ),
    Misconception(
        "nothing written",
        "the output is untouched. Is there an `st.global`, and does any thread come to it?",
        detect=_untouched,
    ),
    *GENERAL,
)
