"""``lab07.compact``: a ballot tells each lane its place, and one atomic a warp makes room for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, Outcome, unwritten_like
from labkit.checking.misconception import Detector, Misconception, first_error
from labkit.checking.ptx_answer import PTXExercise
from labkit.checking.score import Score
from labkit.exercises.lab04 import signs as lanes
from labkit.exercises.lab04.numbers import signed
from labkit.exercises.lab07 import signs
from labkit.exercises.lab07.budget import atomic_updates, instructions

THREADS = 64


def specification(x: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    kept = np.sort(x[x > 0])
    out = np.full(n, -9999)
    out[: kept.size] = kept
    return out, np.array([kept.size])


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {
        "x": signed(rng, size, readable),
        "out": unwritten_like(size, np.int32),
        "count": np.zeros(1, np.int32),
        "n": np.uint32(size),
    }
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS, outputs=("out", "count"))


def measured() -> Case:
    return make(np.random.default_rng(7), 2048, False)


@dataclass(frozen=True)
class AnyOrderExercise(PTXExercise):
    """The places that belong to kept elements may hold them in any order: they are sorted before comparing."""

    def attempt(self, answer: Any, case: Case) -> Outcome:
        outcome = super().attempt(answer, case)
        if outcome.got is None:
            return outcome
        out, kept = outcome.got["out"].copy(), int(outcome.expected["count"][0])
        out[:kept].sort()
        return replace(outcome, got={**outcome.got, "out": out})


def _counts(keeps: Callable[[np.ndarray], np.ndarray]) -> Detector:
    """Every run ended, and ``count`` says how many elements ``keeps(x)`` (a bool array) has."""
    return lanes.gives(lambda case: np.array([np.count_nonzero(keeps(case.arguments["x"]))]), "count")


def _shifted(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """All kept elements lie one place too far; where there is no such place, the launch faults."""
    seen = False
    for o in outcomes:
        kept = int(o.expected["count"][0])
        if o.got is None:
            if kept < o.case.size or not signs.faults_on("out")(answer, [o]):
                return False
        elif kept:
            out = o.got["out"]
            if out[0] != UNWRITTEN or not np.array_equal(np.sort(out), np.sort(o.expected["out"])):
                return False
            seen = True
    return seen


def _out_alone(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """``out`` is right on every case, and ``count`` is not."""
    return all(o.got is not None and np.array_equal(o.got["out"], o.expected["out"]) for o in outcomes)


def _every_lane_reserves(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Lanes go past the end of ``out``, although a case with a single element is right."""
    single = [o for o in outcomes if o.case.size == 1]
    return all(o.right for o in single) and signs.faults_on("out")(answer, outcomes)


EXERCISE = AnyOrderExercise(
    name="lab07.compact",
    specification=specification,
    make=make,
    ladder=(1, 2, 3, 5, 8, 31, 32, 33, 64, 65, 100),
    fresh=(50, 200, 700),
    score=(
        instructions(
            measured,
            1900,
            "One ballot answers for the whole warp, and `popc` counts in one instruction.",
        ),
        Score(
            "atomic updates",
            atomic_updates,
            measured,
            64,
            advice="Threads that add to one place take turns there. Count the warp's elements by `popc` of the ballot, let "
            "one lane add that number, and hand what it got to all others by `shfl.sync.idx`.",
        ),
    ),
    misconceptions=(
        Misconception(
            "lost update",
            "threads change `count` by a load, an addition and a store. Between two warps' loads and stores updates get "
            "lost: `atom.global.add` does all three at once, and returns what was there before.",
            detect=lanes.races_on("count"),
        ),
        Misconception(
            "base not handed on",
            "only the lane that did the atomic knows where the warp's room begins. The others read a register that "
            "nobody has written: hand it to them by `shfl.sync.idx`.",
            detect=lambda answer, outcomes: first_error(outcomes) == "UninitializedRead",
        ),
        Misconception(
            "wrong mask",
            "a ballot or a shuffle names lanes that do not come to it. In a branch that only some lanes take the full "
            "mask is wrong: let all 32 lanes vote, and branch afterwards.",
            detect=lanes.wrong_mask,
        ),
        Misconception(
            "no guard",
            "lanes past the end of `x` load it all the same. Put 0 into the register first, and let a guard, "
            "`@%p`, stand before the load alone.",
            detect=lanes.leaves_the_input("x"),
        ),
        Misconception(
            "one place for several",
            "several threads store into one place of `out`. A lane's place is where the room of its warp begins, plus "
            "how many *lower* lanes keep an element: `popc` of the ballot and `%lanemask_lt`.",
            detect=lanes.races_on("out"),
        ),
        Misconception(
            "own bit counted",
            "place 0 stays empty, and all lie one place too far. `%lanemask_le` counts the lane itself as well; only the "
            "lower lanes come before it: `%lanemask_lt`.",
            detect=_shifted,
        ),
        Misconception(
            "every lane reserves",
            "more room is reserved than there are elements. If the number added is that of the whole warp, a single lane "
            "adds it.",
            detect=_every_lane_reserves,
        ),
        Misconception(
            "unsigned compare",
            "negative elements are kept as well. As `.u32` they are numbers above 2 billion: compare as `.s32`.",
            detect=_counts(lambda x: x != 0),
        ),
        Misconception(
            "wrong condition",
            "zeros are kept as well, and they are not positive: `gt`, not `ge`.",
            detect=_counts(lambda x: x >= 0),
        ),
        Misconception(
            "counts all",
            "every element is counted, kept or not.",
            detect=_counts(lambda x: x == x),
        ),
        Misconception("count alone", "`out` is right, and `count` is not how many were kept.", detect=_out_alone),
    ),
)
