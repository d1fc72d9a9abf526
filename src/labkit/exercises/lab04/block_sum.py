"""``lab04.block_sum``: warps of a block hand their sums over."""

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


def specification(x: np.ndarray) -> np.ndarray:
    return np.add.reduceat(x, np.arange(0, x.size, 128))


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    blocks = -(-size // THREADS)
    arguments = {"x": counting(rng, size, readable), "out": unwritten_like(blocks, np.int32)}
    return Case(size, arguments, blocks=blocks, threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(4), 2048, False)


def _first_warp(case: Case) -> np.ndarray:
    return groups(case.arguments["x"], THREADS)[:, :32].sum(axis=1)


def _warp_totals_doubled(case: Case) -> np.ndarray:
    """The first warp's total counted once more."""
    rows = groups(case.arguments["x"], THREADS)
    return rows.sum(axis=1) + rows[:, :32].sum(axis=1)


EXERCISE = KernelExercise(
    name="lab04.block_sum",
    specification=specification,
    make=make,
    ladder=(1, 5, 32, 33, 64, 100, 128, 129, 300),
    fresh=(70, 128, 1000),
    score=budget(
        measured,
        4800,
        290,
        150,
        slow="A tree with a barrier a round is right and long. Sum each warp by shuffles, leave one number a warp in "
        "shared memory, and let one warp add those. And `int32(...)` keeps sums narrow.",
        wide=NEIGHBOURS,
        crowded="Shared memory only has to carry one number a warp. Lanes that add to one place by atomics take "
        "turns there.",
    ),
    misconceptions=(
        signs.ABSENT_LANES,
        signs.WRONG_MASK,
        signs.NO_NEUTRAL,
        signs.BARRIER_SKIPPED,
        Misconception(
            "reads what nobody wrote",
            "places of shared memory are added that nobody has written. A block has four warps, so there are "
            "four sums; all other lanes bring a 0.",
            detect=signs.reads_unwritten,
        ),
        signs.NO_BARRIER,
        Misconception(
            "every warp writes",
            "several threads store into the block's place, each its own warp's sum. One thread stores, once all "
            "warps are added.",
            detect=signs.races_on("out"),
        ),
        signs.ADDS_TO_THE_MARK,
        Misconception(
            "only the first warp",
            "only the first 32 elements of each block are in the sum. A shuffle does not leave its warp: the others "
            "must hand their sums over through shared memory.",
            detect=signs.gives(_first_warp),
        ),
        Misconception(
            "shuffles across warps",
            "this is four times the sum of the first warp. A shuffle by 64 or 32 does not reach another warp: "
            "distances count modulo 32, and each lane adds its own value to itself.",
            detect=signs.gives(lambda case: 4 * _first_warp(case)),
        ),
        Misconception(
            "counted twice",
            "the first warp's sum is counted twice.",
            detect=signs.gives(_warp_totals_doubled),
        ),
    ),
)
