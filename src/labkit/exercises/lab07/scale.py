"""``lab07.scale``: a grid that is too small, four numbers at a time, and what is left over."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.misconception import Misconception
from labkit.checking.ptx_answer import PTXExercise
from labkit.exercises.lab04.signs import gives
from labkit.exercises.lab07 import signs
from labkit.exercises.lab07.budget import bytes_stored, instructions

BLOCKS, THREADS = 2, 64
TOTAL = BLOCKS * THREADS


def specification(x: np.ndarray, a: int, n: int) -> np.ndarray:
    return a * x


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    x = np.arange(1, size + 1) if readable else rng.integers(1, 10_000, size)
    arguments = {
        "x": x.astype(np.int32),
        "out": unwritten_like(size, np.int32),
        "a": np.int32(10 if readable else rng.integers(2, 1000)),
        "n": np.uint32(size),
    }
    return Case(size, arguments, blocks=BLOCKS, threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(7), 8190, False)


def _index(case: Case) -> np.ndarray:
    return np.arange(case.arguments["x"].size)


def _tail(case: Case) -> np.ndarray:
    return _index(case) >= case.arguments["x"].size // 4 * 4


def _tail_at_the_front(case: Case) -> np.ndarray:
    """The tail's threads write elements 0, 1, 2 again; where there is no whole vector, these are the tail."""
    return _tail(case) & (case.arguments["x"].size >= 4)


def _missed_by(address_step: int, index_step: int | None = TOTAL):
    """What is never written if the addresses step by so many vectors, and the index that is compared by so many.

    ``index_step`` is ``None`` for no second turn.
    """

    def missed(case: Case) -> np.ndarray:
        vectors = case.arguments["x"].size // 4
        turns = 1 if index_step is None else -(-vectors // index_step)
        thread, turn = np.meshgrid(np.arange(TOTAL), np.arange(turns))
        on = thread + turn * (index_step or 0) < vectors
        reached = np.zeros(vectors, bool)
        reached[(thread + turn * address_step)[on]] = True
        out = np.zeros(case.arguments["x"].size, bool)
        out[: 4 * vectors] = np.repeat(~reached, 4)
        return out

    return missed


def _first_of_four(case: Case) -> np.ndarray:
    x, a = case.arguments["x"].astype(np.int64), int(case.arguments["a"])
    return np.where(_tail(case) | (_index(case) % 4 == 0), a * x, x)


def _same_for_all_four(case: Case) -> np.ndarray:
    x, a = case.arguments["x"].astype(np.int64), int(case.arguments["a"])
    return a * np.where(_tail(case), x, x[_index(case) // 4 * 4])


def _done_twice(answer: Any, case: Case) -> tuple[str, str] | None:
    """Every block goes over the whole array: right, since both store the same, and twice the work."""
    if bytes_stored(answer, case) < 1.5 * case.arguments["out"].nbytes:
        return None
    return (
        "done twice",
        "Elements are stored more than once: each block goes over all of `x`. The step of the loop is the number of "
        "threads in the grid, `%ntid.x` times `%nctaid.x`.",
    )


EXERCISE = PTXExercise(
    name="lab07.scale",
    specification=specification,
    make=make,
    ladder=(4, 8, 1, 2, 3, 5, 11, 128, 512, 514, 600, 2047, 2603),
    fresh=(7, 1000, 3001),
    score=instructions(
        measured,
        1100,
        "A loop over single elements takes four times the turns. Load and store `.v4`, and let the addresses "
        "step along: adding the stride in bytes is cheaper than computing them anew.",
        blame=_done_twice,
    ),
    misconceptions=(
        Misconception(
            "wraps below zero",
            "all is right from four elements on; with fewer, threads run far past the end. `n - 4` of an unsigned "
            "`n` below 4 is a number near 4 billion. Compare `i + 4` with `n`, or count vectors: `n >> 2`.",
            detect=signs.faults_only_where(lambda case: case.size < 4, lambda case: case.size >= 4),
        ),
        Misconception(
            "last vector too long",
            "where `n` is no multiple of four, the last vector reaches past the end. Only whole vectors go by "
            "`.v4`: there are `n >> 2` of them, rounded down.",
            detect=signs.faults_only_where(lambda case: case.size % 4 > 0, lambda case: case.size % 4 == 0),
        ),
        Misconception(
            "bytes for elements",
            "a vector of four 32-bit numbers lies at a multiple of 16 bytes, and this address is none. Vector `v` "
            "begins at byte `16 * v`, element `i` at byte `4 * i`.",
            detect=signs.misaligned_on("x", "out"),
        ),
        Misconception(
            "bytes for elements",
            "the addresses step by too few bytes, so vectors are done twice and others never. A whole grid further "
            "is 16 bytes times the number of threads.",
            detect=signs.either(*(signs.unwritten_where(_missed_by(TOTAL * size // 16)) for size in (1, 4))),
        ),
        signs.NO_GUARD,
        Misconception(
            "no tail",
            "the last `n % 4` elements are never written. After the vectors, the first few threads take one element "
            "each.",
            detect=signs.unwritten_where(_tail),
        ),
        Misconception(
            "tail at the front",
            "the threads of the tail begin at element 0. The tail begins behind the vectors, at `n & ~3`.",
            detect=signs.unwritten_where(_tail_at_the_front),
        ),
        Misconception(
            "stride in elements",
            "the loop steps too far, and three of four vectors are left out. If the index counts vectors, the step "
            "is the number of threads; if it counts elements, four times that.",
            detect=signs.unwritten_where(_missed_by(4 * TOTAL, 4 * TOTAL)),
        ),
        Misconception(
            "one pass only",
            "the first 512 elements are written and the vectors behind them are not: 128 threads take one vector "
            "each. Let each go on, a whole grid further, until there are no more.",
            detect=signs.unwritten_where(_missed_by(0, None)),
        ),
        Misconception(
            "one of four",
            "only the first of the four registers of a vector is multiplied. `.v4` moves four numbers; arithmetic "
            "takes them one by one.",
            detect=signs.either(gives(_first_of_four), gives(_same_for_all_four)),
        ),
    ),
)
