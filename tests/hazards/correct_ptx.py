"""What a correct hand-written kernel is, and the list that all of them are entered in.

See ``small_ptx`` for the registers that every body finds set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from small_ptx import WORDS, text_of


@dataclass(frozen=True)
class Right:
    """One correct program: what ``out`` must hold, given x."""

    name: str
    expected: Callable[[np.ndarray], np.ndarray]
    body: str
    launch: dict[str, Any] = field(default_factory=dict)
    missing: str = ""  #: why it is still accused

    @property
    def text(self) -> str:
        return text_of(self.body)


CASES: list[Right] = []


def correct(
    name: str, expected: Callable[[np.ndarray], np.ndarray], body: str, *, missing: str = "", **launch: Any
) -> None:
    """Register a body: what ``out`` must hold, given x = 0, 1, ... 63; and how to launch it."""
    CASES.append(Right(name, expected, body, launch, missing))


HALF = np.arange(WORDS) < 32
