"""``lab04.histogram``: many threads, few places."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab04 import signs
from labkit.exercises.lab04.budget import budget

BINS, BLOCKS, THREADS = 64, 4, 128


def specification(keys: np.ndarray) -> np.ndarray:
    return np.bincount(keys, minlength=64)


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    """Few keys are popular. Small cases use the first eight bins, so that the table shows them."""
    most = 8 if readable and size < 100 else BINS
    keys = np.minimum(rng.geometric(0.12, size) - 1, 10 * BINS) % most
    if size > 64:  # every bin occurs
        keys[:BINS] = np.arange(BINS) % most
    arguments = {"keys": keys.astype(np.int32), "bins": np.zeros(BINS, np.int32)}
    return Case(size, arguments, blocks=BLOCKS, threads=THREADS, outputs=("bins",))


def measured() -> Case:
    return make(np.random.default_rng(4), 4096, False)


def _counts(keys: np.ndarray) -> np.ndarray:
    return np.bincount(keys, minlength=BINS)


def _first_of_all(case: Case) -> np.ndarray:
    return _counts(case.arguments["keys"][: BLOCKS * THREADS])


def _every_block_all(case: Case) -> np.ndarray:
    return BLOCKS * _counts(case.arguments["keys"])


def _presence(case: Case) -> np.ndarray:
    return (_counts(case.arguments["keys"]) > 0).astype(int)


def _first_32_bins(case: Case) -> np.ndarray:
    bins = _counts(case.arguments["keys"])
    bins[32:] = 0
    return bins


EXERCISE = KernelExercise(
    name="lab04.histogram",
    specification=specification,
    make=make,
    ladder=(1, 2, 5, 8, 33, 64, 130, 600, 1100),
    fresh=(100, 512, 2000),
    score=budget(
        measured,
        4000,
        600,
        800,
        slow="Threads that take their keys in steps of the whole grid need one loop and little else.",
        wide="Each atomic on global memory is a request of its own to L2. Count in shared memory first, one copy a "
        "block, and add that copy to `bins` at the end.",
        crowded="One atomic on shared memory for each key is what it takes.",
    ),
    misconceptions=(
        Misconception(
            "copy not cleared",
            "the copy in shared memory is counted into before anybody has set it to zero.",
            detect=signs.reads_unwritten,
        ),
        Misconception(
            "not atomic",
            "threads of a block change one place of shared memory, and nothing orders them. If it is the counting, "
            "`+=` is a load, an addition and a store: use `cuda.atomic.add`. If it is the clearing or the end, a "
            "barrier is missing.",
            detect=lambda answer, outcomes: (
                signs.races_on("shared")(answer, outcomes) and not signs.with_an_atomic(outcomes)
            ),
        ),
        signs.NO_BARRIER,
        Misconception(
            "stored, not added",
            "blocks overwrite each other's counts. Each block knows only its own keys: add its counts to `bins` with "
            "`cuda.atomic.add`.",
            detect=signs.races_on("bins", "one writes it and the other writes it"),
            mentions="shared",
        ),
        Misconception(
            "not atomic",
            "two threads count in one bin and nothing orders them. `bins[k] += 1` is a load, an addition and a store; "
            "`cuda.atomic.add(bins, k, 1)` is one.",
            detect=signs.races_on("bins"),
        ),
        signs.BARRIER_SKIPPED,
        Misconception(
            "no loop",
            "only as many keys are counted as there are threads in the grid, 512. Go on in steps of "
            "`cuda.gridsize(1)`.",
            detect=signs.gives(_first_of_all, "bins"),
        ),
        Misconception(
            "every block counts all",
            "every block counts all keys, so each is counted four times. Start at `cuda.grid(1)` and go on in steps "
            "of `cuda.gridsize(1)`.",
            detect=signs.gives(_every_block_all, "bins"),
        ),
        Misconception(
            "presence",
            "this says which keys occur, not how often.",
            detect=signs.gives(_presence, "bins"),
        ),
        Misconception(
            "bins left out",
            "bins 32 to 63 stay empty. 64 bins need 64 threads, or a loop, when they are cleared and when they "
            "are added.",
            detect=signs.gives(_first_32_bins, "bins"),
        ),
    ),
)
