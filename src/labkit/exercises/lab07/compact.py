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


def _counts(number: Callable[[Case], int]) -> Detector:
    """``count`` is ``number(case)``, unless ``out`` was too short for so many."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        ended = [o for o in outcomes if o.got is not None]
        faulted = [o for o in outcomes if o.got is None]
        same = all(o.got["count"][0] == number(o.case) for o in ended)
        told = any(not o.right for o in ended)
        return told and same and all(signs.faults_on("out")(answer, [o]) for o in faulted)

    return detect


def _nonzero(case: Case) -> int:
    return np.count_nonzero(case.arguments["x"])


def _not_negative(case: Case) -> int:
    """Lanes past the end bring a zero each, and keep it."""
    return np.count_nonzero(case.arguments["x"] >= 0) + case.blocks * THREADS - case.size


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


def _lane_for_rank(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Within a single warp, every kept element lies where it lay in ``x``."""
    single = [o for o in outcomes if o.case.size <= 32]
    for o in single:
        x, kept = o.case.arguments["x"], int(o.expected["count"][0])
        out = np.where(x > 0, x, UNWRITTEN)
        out[:kept].sort()
        if o.got is None or not np.array_equal(o.got["out"], out):
            return False
    return any(not o.right for o in single)


def _too_much_room(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """``count`` is too large wherever there is something to keep, or threads go past the end of ``out``."""
    for o in outcomes:
        too_large = o.got is not None and o.got["count"][0] > o.expected["count"][0]
        if not (o.right or too_large or signs.faults_on("out")(answer, [o])):
            return False
    return True


def _updates_get_lost(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """A race on ``count``; or it is too small and there is no atomic in the text (volatile accesses do not race)."""
    text = answer.module.text
    if "atom." in text or "red." in text:
        return lanes.races_on("count")(answer, outcomes)
    ended = [o for o in outcomes if o.got is not None]
    small = any(o.got["count"][0] < o.expected["count"][0] for o in ended)
    return small or lanes.races_on("count")(answer, outcomes)


def _base_kept(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Lanes go by what lay in their own register, or a shuffle brings them that of a lane without the base."""
    shuffles = "shfl." in answer.module.text
    if first_error(outcomes) == "UninitializedRead":
        error = next(o.errors[0] for o in outcomes if o.errors)
        at_a_shuffle = (error.ptx_text or "").startswith("shfl.") and "takes no part" not in str(error)
        return not shuffles or at_a_shuffle
    return not shuffles and lanes.races_on("out")(answer, outcomes)


def _several_at_one_place(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return any(lanes.races_on("out")(answer, [o]) for o in outcomes)


def _out_alone(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """``out`` is right on every case, and ``count`` is not."""
    return all(o.got is not None and np.array_equal(o.got["out"], o.expected["out"]) for o in outcomes)


EXERCISE = AnyOrderExercise(
    name="lab07.compact",
    specification=specification,
    make=make,
    ladder=(1, 2, 3, 5, 8, 31, 32, 33, 64, 65, 100),
    fresh=(50, 200, 700),
    score=(
        instructions(
            measured,
            2200,
            "One ballot answers for the whole warp, and `popc` counts in one instruction.",
        ),
        Score(
            "atomic updates",
            atomic_updates,
            measured,
            64,
            advice="Threads that add to one place take turns there. Count the warp's elements by `popc` of the "
            "ballot, let one lane add that number, and hand what it got to all others by `shfl.sync.idx`.",
        ),
    ),
    misconceptions=(
        Misconception(
            "lost update",
            "threads change `count` by a load, an addition and a store. Between two warps' loads and stores "
            "updates get lost: `atom.global.add` does all three at once, and returns what was there before.",
            detect=_updates_get_lost,
        ),
        Misconception(
            "base not handed on",
            "only the lane that did the atomic knows where the warp's room begins, and the others go by what lay "
            "in their register. Hand it to them by `shfl.sync.idx`, from that lane.",
            detect=_base_kept,
        ),
        Misconception(
            "leader gone",
            "a shuffle reads from a lane that takes no part in it: that lane has left, or stands in another "
            "branch. Let all 32 lanes vote and shuffle, and branch afterwards.",
            detect=lanes.shuffles_from_absent_lanes,
        ),
        Misconception(
            "wrong mask",
            "a ballot or a shuffle names lanes that do not come to it. In a branch that only some lanes take the "
            "full mask is wrong: let all 32 lanes vote, and branch afterwards.",
            detect=lanes.wrong_mask,
        ),
        Misconception(
            "no guard",
            "lanes past the end of `x` load it all the same. Put 0 into the register first, and let a guard, "
            "`@%p`, stand before the load alone.",
            detect=lanes.leaves_the_input("x"),
        ),
        Misconception(
            "own bit counted",
            "place 0 stays empty, and all lie one place too far. `%lanemask_le` counts the lane itself as well; "
            "only the lower lanes come before it: `%lanemask_lt`.",
            detect=_shifted,
        ),
        Misconception(
            "lane for rank",
            "gaps stay where elements were dropped: each lies as far from the start as its lane. Count only those "
            "lower lanes that keep an element: `popc` of the ballot *and* `%lanemask_lt`.",
            detect=_lane_for_rank,
        ),
        Misconception(
            "unsigned compare",
            "negative elements are kept as well. As `.u32` they are numbers above 2 billion: compare as `.s32`.",
            detect=_counts(_nonzero),
        ),
        Misconception(
            "wrong condition",
            "zeros are kept as well, and they are not positive: `gt`, not `ge`.",
            detect=_counts(_not_negative),
        ),
        Misconception(
            "one place for several",
            "several threads store into one place of `out`. A lane's place is where the room of its warp begins, "
            "as the atomic returned it, plus how many *lower* lanes keep an element: `popc` of the ballot and "
            "`%lanemask_lt`.",
            detect=_several_at_one_place,
        ),
        Misconception(
            "too much room",
            "more room is reserved than there are elements to keep. Add `popc` of the ballot, which is the number "
            "of the whole warp, and let a single lane add it.",
            detect=_too_much_room,
        ),
        Misconception(
            "count alone", "`out` is right, and `count[0]` is not how many were kept.", detect=_out_alone
        ),
    ),
)
