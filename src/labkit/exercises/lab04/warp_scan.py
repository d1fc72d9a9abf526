"""``lab04.warp_scan``: every sum on the way, within a warp."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab04 import signs
from labkit.exercises.lab04.budget import INT64, NEIGHBOURS, budget
from labkit.exercises.lab04.lanes import LANE, LANES, doubled_at_the_edge, down, groups, scanned, up
from labkit.exercises.lab04.numbers import counting

THREADS = 64
DISTANCES = (1, 2, 4, 8, 16)


def specification(x: np.ndarray) -> np.ndarray:
    return np.concatenate([np.cumsum(x[s : s + 32]) for s in range(0, x.size, 32)])


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {"x": counting(rng, size, readable), "out": unwritten_like(size, np.int32)}
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(4), 1024, False)


def flat(rows: np.ndarray, case: Case) -> np.ndarray:
    return rows.ravel()[: case.arguments["x"].size]


def _edge(case: Case) -> np.ndarray:
    return flat(doubled_at_the_edge(case.arguments["x"]), case)


def _exclusive(case: Case) -> np.ndarray:
    x = case.arguments["x"]
    return specification(x) - x


def _from_the_right(case: Case) -> np.ndarray:
    v = groups(case.arguments["x"])
    for d in DISTANCES:
        v = np.where(LANE + d < LANES, v + down(v, d), v)
    return flat(v, case)


def _down_where_up_was_meant(case: Case) -> np.ndarray:
    """The condition of a scan upwards, the shuffle of one downwards."""
    v = groups(case.arguments["x"])
    for d in DISTANCES:
        v = np.where(LANE >= d, v + down(v, d), v)
    return flat(v, case)


def _too_strict(case: Case) -> np.ndarray:
    v = groups(case.arguments["x"])
    for d in DISTANCES:
        v = np.where(LANE > d, v + up(v, d), v)
    return flat(v, case)


def _thread_for_lane(case: Case) -> np.ndarray:
    """``cuda.threadIdx.x >= d`` holds in all lanes of a block's second warp."""
    x = case.arguments["x"]
    second = np.arange(groups(x).shape[0])[:, None] % (THREADS // LANES) > 0
    return flat(np.where(second, doubled_at_the_edge(x), scanned(x)), case)


def _totals(case: Case) -> np.ndarray:
    rows = groups(case.arguments["x"])
    return flat(np.broadcast_to(rows.sum(axis=1, keepdims=True), rows.shape), case)


def _without(distance: int):
    rest = [d for d in DISTANCES if d != distance]
    return lambda case: flat(scanned(case.arguments["x"], rest), case)


OWN_VALUE = (
    "lanes at the edge add their own value. A lane that has no lane `d` before it gets its own value back from "
    "the shuffle: add only where `cuda.laneid >= d`."
)

EXERCISE = KernelExercise(
    name="lab04.warp_scan",
    specification=specification,
    make=make,
    ladder=(1, 2, 3, 5, 8, 17, 32, 33, 64, 70),
    fresh=(40, 96, 500),
    score=budget(measured, 2300, 265, slow=INT64, wide=NEIGHBOURS),
    misconceptions=(
        signs.ABSENT_LANES,
        signs.WRONG_MASK,
        signs.NO_NEUTRAL,
        Misconception("own value at the edge", OWN_VALUE, detect=signs.gives(_edge)),
        Misconception(
            "thread for lane",
            "the second warp of a block is wrong. Its threads are numbered from 32, its lanes from 0: "
            "compare `cuda.laneid`, not `cuda.threadIdx.x`, with the distance.",
            detect=signs.gives(_thread_for_lane),
        ),
        Misconception(
            "exclusive",
            "each element leaves itself out. This is the *exclusive* scan; the inclusive one counts the element too.",
            detect=signs.gives(_exclusive),
        ),
        Misconception(
            "wrong direction",
            "you add what comes after each element. A scan adds what comes before: lane i reads lane i - d, with "
            "`shfl_up_sync`.",
            detect=signs.gives(_from_the_right),
        ),
        Misconception(
            "wrong direction",
            "the condition looks to the left and the shuffle to the right: lane i reads lane i - d with "
            "`shfl_up_sync`.",
            detect=signs.gives(_down_where_up_was_meant),
        ),
        Misconception(
            "condition too strict",
            "lane `d` itself has a lane `d` before it, lane 0: the condition is `>=`, not `>`.",
            detect=signs.gives(_too_strict),
        ),
        Misconception(
            "total everywhere",
            "every lane has the sum of its whole warp. Swapping in pairs, with `shfl_xor_sync`, gives all lanes the "
            "same.",
            detect=signs.gives(_totals),
        ),
        Misconception(
            "a round is missing",
            "a round is missing: 32 lanes take five, with distances 1, 2, 4, 8, 16.",
            detect=signs.gives_one_of(
                {str(d): _without(d) for d in DISTANCES},
                "the round with distance {} is missing. 32 lanes take five rounds: 1, 2, 4, 8, 16.",
            ),
        ),
    ),
)
