"""How a planted mistake in hand-written PTX is registered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from small_ptx import text_of

from smsim import errors


@dataclass(frozen=True)
class Wrong:
    """One planted mistake: the error it ends in, and the thread (in x) that the error must name first."""

    name: str
    error: type[errors.SimulationError]
    thread: int
    body: str
    launch: dict[str, Any] = field(default_factory=dict)
    missing: str = ""  #: why it is not caught yet

    @property
    def text(self) -> str:
        return text_of(self.body)


CASES: list[Wrong] = []


def planted(
    name: str,
    error: type[errors.SimulationError],
    thread: int,
    body: str,
    *,
    missing: str = "",
    **launch: Any,
) -> None:
    """Register a body: the error that it must end in, and how to launch it."""
    CASES.append(Wrong(name, error, thread, body, launch, missing))
