"""Scores of lab 5: an answer's cycles in the model of an RTX A6000, over those of our own kernel there.

The goal follows from our kernel's profile in the same model, so it stays right when the model changes. One wave
of blocks on one SM is executed for a profile; the counts that explain it come from a small product.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from labkit.checking.case import Case
from labkit.checking.engine import STEPS
from labkit.checking.score import Score
from labkit.exercises.lab05.causes import cause, ratio

if TYPE_CHECKING:
    from smsim.profiling.profile import Profile

DEVICE = "RTX A6000"


@lru_cache(maxsize=8)
def _profile(kernel: Any, make: Callable[[], Case]) -> Profile:
    import smsim

    case = make()
    with contextlib.redirect_stdout(io.StringIO()):
        launch = kernel[case.blocks, case.threads]
        return smsim.profile(launch, *case.arguments.values(), device=DEVICE, estimate=True, budget=STEPS)


def _ours(name: str) -> Any:
    from labkit.exercises.lab05 import reference

    return getattr(reference, name)


def timed(
    name: str,
    large: Callable[[], Case],
    small: Callable[[], Case],
    *,
    goal: float,
    too_much: float,
    advice: str,
) -> Score:
    """The score of an answer to exercise ``name``.

    Args:
        name: of our own kernel in :mod:`labkit.exercises.lab05.reference`.
        large: the launch that is profiled: at most what the GPU holds at a time.
        small: the launch that is counted.
        goal, too_much: multiples of our cycles.
        advice: for who misses the goal where counts do not tell why.
    """

    def measure(answer: Any, case: Case) -> float:
        return ratio(_profile(answer, large).cycles, _profile(_ours(name), large).cycles)

    def place(answer: Any, case: Case) -> str:
        mine, ours = _profile(answer, large), _profile(_ours(name), large)
        return (
            f"{mine.cycles:,} cycles on an {DEVICE}, limited by {mine.limiter.name}; ours takes {ours.cycles:,}, "
            f"limited by {ours.limiter.name}."
        )

    return Score(
        unit="times the cycles of our own kernel",
        measure=measure,
        case=small,
        goal=goal,
        too_much=too_much,
        advice=advice,
        place=place,
        blame=lambda answer, case: cause(answer, _ours(name), case),
    )
