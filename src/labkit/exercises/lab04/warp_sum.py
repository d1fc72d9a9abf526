"""``lab04.warp_sum``: 32 numbers, one sum, no memory in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab04 import signs
from labkit.exercises.lab04.budget import INT64, NEIGHBOURS, budget
from labkit.exercises.lab04.lanes import added_down, groups
from labkit.exercises.lab04.numbers import counting

THREADS = 64
DISTANCES = (16, 8, 4, 2, 1)


def specification(x: np.ndarray) -> np.ndarray:
    return np.add.reduceat(x, np.arange(0, x.size, 32))


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {"x": counting(rng, size, readable), "out": unwritten_like(-(-size // 32), np.int32)}
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(4), 1024, False)


def _without(distance: int):
    rest = [d for d in DISTANCES if d != distance]
    return lambda case: added_down(case.arguments["x"], rest)[:, 0]


def _keeps_one(case: Case) -> np.ndarray:
    """``v = shfl_down_sync(v, d)`` in each round: nothing is added."""
    return groups(case.arguments["x"])[:, 31]


def _doubles_itself(case: Case) -> np.ndarray:
    """``shfl_up_sync``: lane 0 always gets its own value back."""
    return 32 * groups(case.arguments["x"])[:, 0]


def _last_lane(case: Case) -> np.ndarray:
    return added_down(case.arguments["x"])[:, 31]


def _nothing_added(case: Case) -> np.ndarray:
    return groups(case.arguments["x"])[:, 0]


def _two_warps(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Threads of two warps of one block race on ``out``."""
    error = signs.first_race(outcomes)
    warps = {thread[0] // 32 for thread in getattr(error, "threads", None) or ()}
    return signs.races_on("out")(answer, outcomes) and len(warps) > 1


EVERY_LANE = (
    "several lanes write the place of their warp, and they hold different values. The finished sum is in one "
    "lane: let only that lane store it."
)

EXERCISE = KernelExercise(
    name="lab04.warp_sum",
    specification=specification,
    make=make,
    ladder=(1, 2, 3, 16, 17, 31, 32, 33, 64, 70),
    fresh=(40, 96, 500),
    score=budget(measured, 2050, 170, slow=INT64, wide=NEIGHBOURS),
    misconceptions=(
        signs.ABSENT_LANES,
        signs.WRONG_MASK,
        signs.NO_NEUTRAL,
        Misconception(
            "local index",
            "warps of different blocks write the same place. `cuda.threadIdx.x // 32` counts the warps of one "
            "block; count across all of them.",
            detect=signs.between_blocks,
        ),
        Misconception(
            "one place for two warps",
            "two warps of a block write the same place. `out` has a place for each warp, not for each block: "
            "element `i` belongs to `out[i // 32]`.",
            detect=_two_warps,
        ),
        Misconception("every lane writes", EVERY_LANE, detect=signs.races_on("out")),
        Misconception(
            "a warp without elements stores",
            "a warp that has no element stores a sum all the same, past the end of `out`. Its lane 0 is past the end "
            "of `x`: the store needs that condition, too.",
            detect=lambda answer, outcomes: signs.writes_past("out", outcomes),
        ),
        signs.ADDS_TO_THE_MARK,
        Misconception(
            "nothing added",
            "this is the first element of each warp. What a shuffle returns has to be added to what the lane has.",
            detect=signs.gives(_nothing_added),
        ),
        Misconception(
            "value replaced",
            "each round replaces the lane's value by what it received, so one element travels and nothing is added: "
            "`v += ...`, not `v = ...`.",
            detect=signs.gives(_keeps_one),
        ),
        Misconception(
            "wrong direction",
            "the values travel away from lane 0. With `shfl_up_sync`, lane 0 gets its own value back every time, "
            "and ends with 32 times its own. Let lane 0 read from the lanes after it.",
            detect=signs.gives(_doubles_itself),
        ),
        Misconception(
            "wrong lane",
            "the sum is complete in lane 0 only. Lane 31 was at the edge in every round and has doubled itself.",
            detect=signs.gives(_last_lane),
        ),
        Misconception(
            "a round is missing",
            "the round with distance 16 is missing, so half of the warp is never added.",
            detect=signs.gives_one_of(
                {str(d): _without(d) for d in DISTANCES},
                "the round with distance {} is missing. 32 lanes take five rounds: 16, 8, 4, 2, 1.",
            ),
        ),
    ),
)
