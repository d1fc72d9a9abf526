"""What a measured program is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """One measured program.

    Attributes:
        run: does it once.
        work: how many units of work that was, such as multiply-adds.
        threads: how many CUDA threads it takes.
        right: whether the result is right.
    """

    run: Callable[[], object]
    work: int
    threads: int
    right: Callable[[], bool]
