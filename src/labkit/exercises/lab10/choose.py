"""``lab10.choose``: an even k for any cluster, graded on the step time against the best one's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.checking.one_answer import OneAnswerExercise, refuse_all_but_functions, try_call
from labkit.checking.verdict import Mark, Verdict
from labkit.exercises.lab10.clusters import READABLE, UNITS, Cluster, drawn, parts, swept
from trainmath import reserve

#: How much longer than the best a step may be and still be right.
ROOM = 0.01
#: Clusters drawn anew at each check, and those that the score is taken on, always the same.
FRESH, SCORED = 40, 40


def _lowest(k: np.ndarray, seconds: np.ndarray) -> set[int]:
    """All k that share the lowest time."""
    return {int(n) for n in k[np.isclose(seconds, seconds.min(), rtol=1e-9)]}


def _knee(of: Cluster) -> set[int]:
    found = swept(of)
    return {found.knee if found.knee is not None else int(found.k[-1])}


def _links_full(of: Cluster) -> set[int]:
    found = swept(of)
    return _lowest(found.k, found.communication)


def _for_infiniband(of: Cluster) -> set[int]:
    """Enough SMs for InfiniBand's bandwidth, as if nothing else were copied."""
    return {min(2 * math.ceil(of["infiniband"] / of["per_sm"] / 2), int(of["sms"] - 1) // 2 * 2)}


def _copied_once(of: Cluster) -> set[int]:
    found = swept(of, copied=of["infiniband_bytes"])
    return _lowest(found.k, found.step)


def _sum(of: Cluster) -> set[int]:
    found = swept(of)
    return _lowest(found.k, found.compute + found.communication)


def _without_tiles(of: Cluster) -> set[int]:
    found = reserve.sweep(*parts(of, tiles=False))
    return _lowest(found.k, found.step)


def _first_hidden(of: Cluster) -> set[int]:
    """The first k with which the data take no longer than the arithmetic; without one, the last."""
    found = swept(of)
    hidden = found.k[found.communication <= found.compute]
    return {int(hidden[0] if hidden.size else found.k[-1])}


def _last_exposed(of: Cluster) -> set[int]:
    found = swept(of)
    exposed = found.k[found.communication > found.compute]
    return {int(exposed[-1] if exposed.size else found.k[0])}


def _arithmetic_alone(of: Cluster) -> set[int]:
    found = swept(of)
    return _lowest(found.k, found.compute)


def _longest(of: Cluster) -> set[int]:
    found = swept(of)
    return {int(found.k[np.argmax(found.step)])}


@dataclass(frozen=True)
class Strategy:
    """A mistaken way to choose; ``k`` gives the numbers it may come to."""

    name: str
    message: str
    k: Callable[[Cluster], set[int]]


STRATEGIES = (
    Strategy(
        "smallest k",
        "you always give away as few SMs as there can be. The arithmetic is quickest so, and then it waits for data.",
        lambda of: {2},
    ),
    Strategy(
        "always 20",
        "you always give away 20. That was DeepSeek's number for DeepSeek's cluster; here every cluster has its own.",
        lambda of: {20},
    ),
    Strategy(
        "knee for optimum",
        "you fill a link, which is the knee. Where the arithmetic is long, data may come later without harm, and the "
        "SMs you gave away are missing. The step is what counts.",
        _knee,
    ),
    Strategy(
        "longest step",
        "you took the `k` with the longest step: nearly all SMs move data, and hardly any compute. Take the shortest.",
        _longest,
    ),
    Strategy(
        "data alone",
        "you made the data as quick as they can be, and did not look at the arithmetic that pays for it.",
        _links_full,
    ),
    Strategy(
        "arithmetic alone",
        "you kept the arithmetic as quick as it can be, and did not look at the data that it waits for.",
        _arithmetic_alone,
    ),
    Strategy(
        "InfiniBand alone",
        "you gave SMs for InfiniBand's bandwidth alone, `infiniband / per_sm`. What they have to copy is "
        "`copied_bytes`, in the time that the arithmetic leaves.",
        _for_infiniband,
    ),
    Strategy(
        "copied once",
        "your choice is the best one if SMs copied each byte once. They copy `copied_bytes`, several times as many.",
        _copied_once,
    ),
    Strategy(
        "sum for maximum",
        "you made the *sum* of both times as small as it can be. They overlap: the step takes the longer of the two.",
        _sum,
    ),
    Strategy(
        "tiles forgotten",
        "your choice is the best one for arithmetic that can be cut at will. This one has `tiles`, in whole waves: "
        "some SMs are free, and one more may cost a wave.",
        _without_tiles,
    ),
    Strategy(
        "first that hides",
        "you stop at the first `k` that hides the data. That last pair of SMs may cost a whole wave of tiles, which "
        "is more than it saves: compare the steps themselves.",
        _first_hidden,
    ),
    Strategy(
        "last that does not hide",
        "you stop at the last `k` with which the arithmetic waits for data. One pair more may be better: compare the "
        "steps themselves.",
        _last_exposed,
    ),
)


@dataclass(frozen=True)
class ChoosingExercise(OneAnswerExercise):
    """The answer is a function from a cluster (a dict) to k."""

    def refuse(self, answer: Any) -> str | None:
        return refuse_all_but_functions(answer, "a function from a cluster to `k`")

    def judge_one(self, answer: Any) -> Verdict:
        fresh, fixed = np.random.default_rng(), np.random.default_rng(10)
        tried = [
            *READABLE,
            *(drawn(fresh) for _ in range(FRESH)),
            *(drawn(fixed) for _ in range(SCORED)),
        ]
        chosen = []
        for of in tried:
            called = try_call(answer, dict(of))
            if called.failed:
                return self.wrong(called.message, called.misconception, _told(of))
            refused = _refused(called.result, of)
            if refused:
                return self.wrong(*refused, _told(of))
            chosen.append(int(called.result))
        over = [_over(k, of) for k, of in zip(chosen, tried, strict=True)]
        if max(over) <= ROOM:
            return self._praised(over)
        first = next(n for n, more in enumerate(over) if more > ROOM)
        message, name = _explained(chosen, tried)
        return self.wrong(message, name, _told(tried[first], chosen[first]))

    def _praised(self, over: Sequence[float]) -> Verdict:
        figure = 100 * float(np.mean(over[-SCORED:]))
        reached = "goal reached" if figure <= 100 * ROOM else "goal not reached yet"
        score = f"Score: steps {figure:.2f} % longer than the best (goal: {100 * ROOM:.0f} %; {reached})."
        return Verdict(
            self.name, Mark.RIGHT, f"right, on all {len(over)} clusters.", details=(score,), score=figure
        )


def _refused(given: Any, of: Cluster) -> tuple[str, str] | None:
    """What is wrong with a ``k`` that cannot be given away at all: the sentence and the misconception's name."""
    if given is None:
        return "the function returns no number. Did you forget `return`?", "no number"
    if not isinstance(given, int | float | np.number) or isinstance(given, bool):
        return f"the result is a {type(given).__name__}; `k` is a whole number.", "no number"
    if 0 < given < 1 and not float(given).is_integer():
        return (
            f"the result is {given:.3g}. Did you return a time? `k` is asked for, not its step.",
            "time for k",
        )
    if not float(given).is_integer():
        return (
            f"`k` is {given:.6g}: there is no part of an SM to give away. Try even numbers only.",
            "no whole SM",
        )
    if given == 0:
        return "`k` is 0: without SMs nobody moves the data. At least 2.", "nobody moves the data"
    if not 0 < given < of["sms"]:
        return f"`k` is {int(given)}; of {of['sms']} SMs some must be left to compute.", "no SM left"
    if given % 2:
        said = "SMs are given away in pairs, as one channel needs two: `k` must be even."
        return f"`k` is {int(given)}, and odd. {said}", "odd k"
    return None


def _over(k: int, of: Cluster) -> float:
    """By which share a step with ``k`` is longer than the shortest."""
    found = swept(of)
    return found.at(k) / float(found.step.min()) - 1


def _explained(chosen: Sequence[int], tried: Sequence[Cluster]) -> tuple[str, str]:
    for strategy in STRATEGIES:
        if all(k in strategy.k(of) for k, of in zip(chosen, tried, strict=True)):
            return strategy.message, strategy.name
    if len(set(chosen)) == 1:
        said = (
            f"you give away {chosen[0]} SMs whatever the cluster is like. Every cluster has its own best `k`."
        )
        return said, "always the same k"
    best = [swept(of).best for of in tried]
    pairs = list(zip(chosen, best, strict=True))
    if all(k >= b for k, b in pairs):
        return "you give away more SMs than the best choice does, and the arithmetic lacks them.", "too many"
    if all(k <= b for k, b in pairs):
        return (
            "you give away fewer SMs than the best choice does, and the arithmetic waits for data.",
            "too few",
        )
    return (
        "on some clusters there is a better `k`. Work out the step for every even `k`, and compare.",
        "not the best",
    )


def _told(of: Cluster, k: int | None = None) -> tuple[str, ...]:
    """The cluster with its units, and how long the step takes with the answer's k and with the best."""
    entries = [f"{name} = {of[name]:.10g} {unit}" for name, unit in UNITS.items()]
    lines = ["smallest failing case:", *(", ".join(entries[n : n + 2]) for n in range(0, len(entries), 2))]
    if k is None:
        return tuple(lines)
    found = swept(of)
    for label, n in (("yours", k), ("best", found.best)):
        row = int(np.flatnonzero(found.k == n)[0])
        lines.append(
            f"{label}: k = {n:3}, arithmetic {1e3 * found.compute[row]:7.3f} ms, data "
            f"{1e3 * found.communication[row]:7.3f} ms, step {1e3 * found.step[row]:7.3f} ms"
        )
    return tuple(lines)


EXERCISE = ChoosingExercise("lab10.choose")
