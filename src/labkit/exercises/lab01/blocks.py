"""``lab01.blocks``: how many blocks cover n elements."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case
from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception


def specification(n: int, threads: int) -> int:
    return (n + threads - 1) // threads


def make(rng: np.random.Generator, size: tuple[int, int], readable: bool) -> Case:
    n, threads = size if readable else (int(rng.integers(1, size[0])), 32 * int(rng.integers(1, 33)))
    return Case(size, {"n": n, "threads": threads}, outputs=())


def _not_whole(answer, outcomes) -> bool | str:
    for outcome in outcomes:
        if outcome.got is None:
            continue
        value = outcome.got["result"].item() if outcome.got["result"].ndim == 0 else None
        if value is None and not outcome.right:
            return "the function returns no number. Did you forget `return`?"
        if not isinstance(value, int | np.integer):
            return "the result must be a whole number: `/` and `np.ceil` give a float, `//` does not."
    return False


EXERCISE = FunctionExercise(
    name="lab01.blocks",
    specification=specification,
    make=make,
    whole=True,
    ladder=((1, 32), (31, 32), (32, 32), (33, 32), (64, 32), (65, 64), (1000, 128), (1024, 256)),
    fresh=((5_000, 0), (100_000, 0), (10_000_000, 0)),
    misconceptions=(
        Misconception("not a whole number", "the result must be a whole number.", detect=_not_whole),
        Misconception(
            "floor division",
            "you rounded down. When n is not a multiple of the block, the last elements get no thread.",
            model=lambda n, threads: n // threads,
        ),
        Misconception(
            "one block too many",
            "one block too many when n is a multiple of the block: 64 elements are two blocks of 32, not three.",
            model=lambda n, threads: n // threads + 1,
        ),
        Misconception(
            "swapped operands",
            "n and threads are swapped: how many times does a block go into n?",
            model=lambda n, threads: (threads + n - 1) // n,
        ),
        Misconception(
            "rounded to nearest",
            "you rounded to the nearest number of blocks; anything left over needs a block of its own.",
            model=lambda n, threads: round(n / threads),
        ),
        Misconception(
            "only the first block", "one block is enough only while n <= threads.", model=lambda n, threads: 1
        ),
        Misconception(
            "one element a block",
            "that is one block for each element. A block covers `threads` elements.",
            model=lambda n, threads: n,
        ),
    ),
)
