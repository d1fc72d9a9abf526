"""``lab04.block_scan``: every warp needs the sum of the warps before it."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab04 import signs
from labkit.exercises.lab04.budget import NEIGHBOURS, budget
from labkit.exercises.lab04.lanes import groups
from labkit.exercises.lab04.numbers import counting

THREADS = 128
WARPS = THREADS // 32


def specification(x: np.ndarray) -> np.ndarray:
    return np.concatenate([np.cumsum(x[s : s + 128]) for s in range(0, x.size, 128)])


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {"x": counting(rng, size, readable), "out": unwritten_like(size, np.int32)}
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(4), 2048, False)


def _with_offsets(offsets):
    """A mistaken scan: each warp's own scan plus what ``offsets(totals, first)`` gives, ``(blocks, warps)``."""

    def model(case: Case) -> np.ndarray:
        x = case.arguments["x"]
        warps = groups(x, THREADS).reshape(-1, WARPS, 32)
        added = offsets(warps.sum(axis=2), warps[:, :, 0])
        return (warps.cumsum(axis=2) + added[:, :, None]).ravel()[: x.size]

    return model


def _before(values: np.ndarray) -> np.ndarray:
    """The exclusive scan of each row."""
    return values.cumsum(axis=1) - values


def _one_before(totals: np.ndarray, first: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros_like(totals[:, :1]), totals[:, :-1]], axis=1)


def _exclusive(case: Case) -> np.ndarray:
    x = case.arguments["x"]
    return specification(x) - x


def _across_blocks(case: Case) -> np.ndarray:
    return np.cumsum(case.arguments["x"])


EXERCISE = KernelExercise(
    name="lab04.block_scan",
    specification=specification,
    make=make,
    ladder=(1, 2, 5, 32, 33, 40, 64, 65, 100, 128, 129, 300),
    fresh=(70, 128, 1000),
    score=budget(
        measured,
        8200,
        530,
        350,
        slow="Scanning all of a block in shared memory takes two barriers a round. Scan each warp by shuffles, then "
        "only the warps' totals. And `int32(...)` keeps sums narrow.",
        wide=NEIGHBOURS,
        crowded="Shared memory only has to carry one number a warp; all else stays in registers.",
    ),
    misconceptions=(
        signs.ABSENT_LANES,
        signs.WRONG_MASK,
        signs.NO_NEUTRAL,
        signs.BARRIER_SKIPPED,
        Misconception(
            "reads what nobody wrote",
            "a place of shared memory is used that nobody has written. A block has four warps, so there are four "
            "totals; all other lanes bring a 0.",
            detect=signs.reads_unwritten,
        ),
        signs.NO_BARRIER,
        Misconception(
            "warps apart",
            "each warp begins again at its own first element. What the warps before it add up to is missing.",
            detect=signs.gives(_with_offsets(lambda totals, first: np.zeros_like(totals))),
        ),
        Misconception(
            "only the warp before",
            "each warp adds the total of the one warp before it. From the third warp on, *all* warps before it count: "
            "scan the totals, too.",
            detect=signs.gives(_with_offsets(_one_before)),
        ),
        Misconception(
            "own total included",
            "each warp adds its own total as well. It needs the sum of the warps before it, without its own.",
            detect=signs.gives(_with_offsets(lambda totals, first: totals.cumsum(axis=1))),
        ),
        Misconception(
            "wrong lane",
            "the value that a warp leaves for the others is that of its first lane. After an inclusive scan the total "
            "is in the last, lane 31.",
            detect=signs.gives(_with_offsets(lambda totals, first: _before(first))),
        ),
        Misconception(
            "exclusive",
            "each element leaves itself out. This is the *exclusive* scan; the inclusive one counts the element too.",
            detect=signs.gives(_exclusive),
        ),
        Misconception(
            "across blocks",
            "the sums run on from block to block. Each block of 128 begins again.",
            detect=signs.gives(_across_blocks),
        ),
    ),
)
