"""``lab04.compact``: keep some elements, close the gaps, keep the order."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.answer import python_function
from labkit.checking.case import UNWRITTEN, Case, Outcome, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.checking.verdict import Mark, Verdict
from labkit.exercises.lab04 import signs
from labkit.exercises.lab04.budget import NEIGHBOURS, budget
from labkit.exercises.lab04.numbers import signed


def specification(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kept = x[x > 0]
    out = np.full(x.size, -9999)
    out[: kept.size] = kept
    return out, np.array([kept.size])


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {
        "x": signed(rng, size, readable),
        "out": unwritten_like(size, np.int32),
        "count": unwritten_like(1, np.int32),
    }
    return Case(size, arguments, blocks=1, threads=32, outputs=("out", "count"))


def measured() -> Case:
    return make(np.random.default_rng(4), 1024, False)


def _placed(places) -> signs.Detector:
    """A mistaken output: element ``i`` of the kept ones lies at ``places(x)[i]``; what is past the end is lost."""

    def model(case: Case) -> np.ndarray:
        x = case.arguments["x"]
        out = np.full(x.size, UNWRITTEN, np.int64)
        where, kept = np.asarray(places(x), np.int64), x[x > 0]
        inside = where < x.size
        out[where[inside]] = kept[inside]
        return out

    return signs.gives(model)


def _ranks(x: np.ndarray) -> np.ndarray:
    return np.arange(np.count_nonzero(x > 0))


def _ranks_in_pieces(x: np.ndarray) -> np.ndarray:
    """Ranks within each 32 elements, from multiples of 32 on: the start moves by 32."""
    yes = x > 0
    ranks = np.concatenate([s + np.cumsum(yes[s : s + 32]) - 1 for s in range(0, x.size, 32)])
    return ranks[yes]


def _keeps_zeros(case: Case) -> np.ndarray:
    kept = case.arguments["x"][case.arguments["x"] >= 0]
    out = np.full(case.arguments["x"].size, UNWRITTEN, np.int64)
    out[: kept.size] = kept
    return out


def _never_moves(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """All is right up to 32 elements, and then later pieces lie on earlier ones."""
    short = [o for o in outcomes if o.case.size <= 32]
    longer = [o for o in outcomes if o.case.size > 32]
    return bool(short) and all(o.right for o in short) and all(_overwritten(o) for o in longer)


def _overwritten(outcome: Outcome) -> bool:
    if any(" race on out[" in str(error) for error in outcome.errors):
        return True
    if outcome.got is None:
        return False
    return bool(np.all(outcome.got["out"][32:] == UNWRITTEN)) and not outcome.right


def _only_a_warp(case: Case) -> np.ndarray:
    x = case.arguments["x"]
    kept = x[:32][x[:32] > 0]
    out = np.full(x.size, UNWRITTEN, np.int64)
    out[: kept.size] = kept
    return out


def _count_alone(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    """``out`` is right and ``count`` is not."""
    finished = [o for o in outcomes if o.got is not None]
    if len(finished) < len(outcomes) or any(np.any(o.got["out"] != o.expected["out"]) for o in finished):
        return False
    if all(o.got["count"][0] == UNWRITTEN for o in finished):
        return "`out` is right, and `count[0]` is never written. Let one lane store how many were kept."
    return "`out` is right, and `count[0]` is not how many were kept."


def _order_lost(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    """The right elements at the front, and their number, in another order."""
    for outcome in outcomes:
        if outcome.got is None or any(
            np.any(np.sort(outcome.got[name]) != np.sort(want)) for name, want in outcome.expected.items()
        ):
            return False
    return LOST_BY_LUCK if uses_a_place_from_an_atomic(answer) else True


def uses_a_place_from_an_atomic(answer: Any) -> bool:
    """Whether the answer's source uses what an atomic returned: places handed out that way have no order."""
    function = python_function(answer)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in alone]
    return any("cuda.atomic." in ast.unparse(call.func) for call in calls)


class OrderedExercise(KernelExercise):
    """Refuses places handed out by an atomic, although the simulated SM always hands them out in lane order."""

    def judge(self, answers: Sequence[Any], skeletons: dict[str, str]) -> Verdict:
        verdict = super().judge(answers, skeletons)
        if verdict.right and uses_a_place_from_an_atomic(answers[0]):
            return Verdict(self.name, Mark.WRONG, BY_LUCK, "order by luck")
        return verdict


BY_LUCK = (
    "an atomic hands out the places, and a GPU promises no order among lanes that collide. The order is right "
    "here only because the simulated SM always serves the lowest lane first. Take the place from a ballot."
)

LOST_BY_LUCK = (
    "the right elements are kept, in another order. An atomic hands out the places to whoever comes first, and "
    "no machine promises who that is. Take the place from a ballot."
)

EXERCISE = OrderedExercise(
    name="lab04.compact",
    specification=specification,
    make=make,
    ladder=(1, 2, 3, 5, 8, 20, 32, 33, 50, 64, 100),
    fresh=(31, 96, 500),
    score=budget(
        measured,
        1350,
        245,
        slow="One ballot for 32 elements answers for all of them; `cuda.popc` counts in one instruction.",
        wide=NEIGHBOURS,
    ),
    misconceptions=(
        Misconception(
            "wrong mask",
            "the mask and the lanes that come do not fit. The ballot must stand where all 32 lanes pass: outside of "
            "any `if`, and in a loop that all lanes leave together.",
            detect=signs.wrong_mask,
        ),
        signs.ABSENT_LANES,
        signs.NO_NEUTRAL,
        Misconception(
            "only 32 elements",
            "only the first 32 elements are looked at. Let the warp go on, 32 at a time.",
            detect=signs.gives(_only_a_warp),
        ),
        Misconception(
            "start never moves",
            "the kept elements of each 32 lie on those of the 32 before. Remember how many were kept so far, and start "
            "from there.",
            detect=_never_moves,
        ),
        Misconception(
            "gaps",
            "the kept elements stay where they were. Their place in `out` is how many were kept before them.",
            detect=_placed(lambda x: np.flatnonzero(x > 0)),
        ),
        Misconception(
            "counts itself",
            "everything lies one place too far, and place 0 is empty: the rank counts the lane itself. Only lanes "
            "*below* count, `cuda.lanemask_lt()`.",
            detect=_placed(lambda x: _ranks(x) + 1),
        ),
        Misconception(
            "counts itself",
            "the last kept element is written past the end: the rank counts the lane itself. Only lanes *below* count, "
            "`cuda.lanemask_lt()`.",
            detect=lambda answer, outcomes: signs.writes_past("out", outcomes),
        ),
        Misconception(
            "start moves by 32",
            "after each 32 elements you start 32 further on. Start further on by as many as were kept.",
            detect=_placed(_ranks_in_pieces),
        ),
        Misconception(
            "zeros kept", "zeros are kept as well: `> 0`, not `>= 0`.", detect=signs.gives(_keeps_zeros)
        ),
        Misconception(
            "order by luck",
            "the right elements are kept, in another order. An element's place is how many were kept before it.",
            detect=_order_lost,
        ),
        Misconception("count is wrong", "`count[0]` is not how many were kept.", detect=_count_alone),
    ),
)
