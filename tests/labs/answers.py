"""Answers written as plain functions; they become kernels when a test has the engine.

Answers name ``cuda`` as a notebook does. It is put into their module just before they are compiled,
because the engine must be attached before ``numba.cuda`` is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    exercise: str
    function: Callable[..., Any]
    misconception: str | None = None
    on_host: bool = False

    @property
    def label(self) -> str:
        return f"{self.exercise}-{self.function.__name__}"

    def ready(self, cuda: Any) -> Any:
        """What a reader would hand to ``labkit.check``."""
        sys.modules[self.function.__module__].cuda = cuda
        return self.function if self.on_host else cuda.jit(self.function)


def collector(answers: list[Answer]) -> Callable[..., Any]:
    """A decorator ``@wrong("lab01.map", "off by one")`` or ``@right("lab01.map")`` that fills ``answers``."""

    def note(exercise: str, misconception: str | None = None, on_host: bool = False) -> Any:
        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            answers.append(Answer(exercise, function, misconception, on_host))
            return function

        return keep

    return note
