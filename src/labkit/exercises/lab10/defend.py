"""``lab10.defend``: k for DeepSeek-V3's setting, and the input on which it hangs most."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.checking.choices import ChoicesExercise
from labkit.checking.verdict import Mark, Verdict
from labkit.exercises.lab10.clusters import Cluster, cluster, swept

#: One layer of V3 on one GPU, forward and backward, rounded from chapter 16. Tiles: so many that waves hardly matter.
#: ``per_sm`` is the middle of chapter 15's rates (modelled), ``latency`` is assumed.
V3 = cluster(132, 0.0274, 56_000, 617e6, 1167e6, 3117e6, 50, 160, 11.2, 100)
#: Each input is divided and multiplied by it: so far do chapter 15's rates lie from their middle.
FACTOR = 4
INPUTS = ("seconds", "infiniband", "nvlink", "per_sm", "latency")
ASKED = ("k", "knee", "input", "low", "high")

#: What to say of an input that is not the answer.
WHY_NOT = {
    "seconds": "The time to compute does move the answer, and far. But when it is short, the links are what the data "
    "wait for, and more SMs would not help: that end is cut off at the knee.",
    "infiniband": "A faster InfiniBand changes nothing, as the data wait for SMs at the best `k`. With a much slower "
    "one fewer SMs do.",
    "nvlink": "NVLink is not what the data wait for at the best `k`; even a much slower one is not felt.",
    "latency": "It is a small part of a step that takes tens of ms.",
}


def moved(name: str, of: Cluster = V3, factor: float = FACTOR) -> tuple[int, int]:
    """The best k with an input divided, and multiplied, by ``factor``."""
    low, high = (swept({**of, name: of[name] * times}).best for times in (1 / factor, factor))
    return low, high


def _swing(name: str) -> int:
    low, high = moved(name)
    return abs(high - low)


def most() -> str:
    """The input that moves the best k furthest."""
    return max(INPUTS, key=_swing)


@dataclass(frozen=True)
class DefenceExercise(ChoicesExercise):
    """A dict with k, the knee, the input, and the best k at its two ends."""

    asked_for = "a dict with k, knee, input, low and high"

    def judge_choices(self, answer: Mapping[str, Any]) -> Verdict:
        strange = next((key for key in answer if key not in ASKED), None)
        if strange is not None:
            return self.wrong(f"{strange!r} is not asked for: {', '.join(ASKED)}.", "no such entry")
        missing = [name for name in ASKED if name not in answer]
        if missing:
            return self.wrong(f"not answered yet: {', '.join(missing)}.", "unanswered")
        found = swept(V3)
        return (
            self._of_k(answer["k"], found.best, found.knee)
            or self._of_knee(answer["knee"], found.best, found.knee)
            or self._of_input(answer["input"])
            or self._of_ends(answer["low"], answer["high"])
            or Verdict(self.name, Mark.RIGHT, f"right: {found.best} SMs, and it hangs on `{most()}`.")
        )

    def _of_k(self, k: Any, best: int, knee: int | None) -> Verdict | None:
        if k == best:
            return None
        if k == knee:
            said = f"k: {k} is the knee, where a link is full. The step is shortest before that."
            return self.wrong(said, "knee for optimum")
        if k == 20:
            found = swept(V3)
            said = (
                f"k: 20 is what DeepSeek took. In this setting its step takes {1e3 * found.at(20):.1f} ms, and the "
                f"best {1e3 * found.at(best):.1f} ms."
            )
            return self.wrong(said, "twenty by habit")
        return self.wrong(f"k: {k!r} is not the best. Use your `choose_k`, on `defend.V3`.", "not the best")

    def _of_knee(self, knee: Any, best: int, right: int | None) -> Verdict | None:
        if knee == right:
            return None
        if knee == best:
            said = f"knee: {knee} is the best `k`. The knee is the first `k` with which a link limits, and not the SMs."
            return self.wrong(said, "optimum for knee")
        said = f"knee: {knee!r} is not the first even `k` with which copying takes no longer than the slower link."
        return self.wrong(said, "not the knee")

    def _of_input(self, name: Any) -> Verdict | None:
        if name == most():
            return None
        if name not in INPUTS:
            near = difflib.get_close_matches(str(name), INPUTS, n=1)
            advice = f" Did you mean {near[0]!r}?" if near else f" They are {', '.join(INPUTS)}."
            return self.wrong(f"input: {name!r} is not one of the inputs.{advice}", "no such input")
        low, high = moved(name)
        said = f"input: with `{name}` a {FACTOR}th the best k is {low}, and {FACTOR} times as large {high}; "
        return self.wrong(f"{said}another input moves it further. {WHY_NOT[name]}", f"{name} for most")

    def _of_ends(self, low: Any, high: Any) -> Verdict | None:
        right = moved(most())
        if (low, high) == right:
            return None
        if (high, low) == right:
            said = "low and high are exchanged: `low` is the best k when the input is divided."
            return self.wrong(said, "ends exchanged")
        if (low, high) == moved(most(), factor=2):
            return self.wrong(
                f"low and high are those of a factor of 2; {FACTOR} is asked for.", "factor of 2"
            )
        wrong = "low" if low != right[0] else "high"
        how = "divided" if wrong == "low" else "multiplied"
        return self.wrong(f"{wrong}: not the best k with `{most()}` {how} by {FACTOR}.", "wrong end")


EXERCISE = DefenceExercise("lab10.defend")
