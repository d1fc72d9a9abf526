"""``lab08.steps``: three arrays, of which one is written while the kernel runs: where may ``.nc`` stand?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.checking.score import Score
from labkit.exercises.lab04.signs import BARRIER_SKIPPED, gives
from labkit.exercises.lab08 import signs
from labkit.exercises.lab08.texts import asm_calls
from labkit.exercises.lab08.traffic import accessed, from_l2_over_plain, hit_rates, words

#: Blocks, elements of a block, steps.
Sizes = tuple[int, int, int]
READ_ONLY = ("start", "w")


def specification(start: np.ndarray, w: np.ndarray) -> np.ndarray:
    x = start
    for row in w:
        x = x + row * np.roll(x, -1, axis=1)
    return x


def make(rng: np.random.Generator, sizes: Sizes, readable: bool) -> Case:
    blocks, width, steps = sizes
    start = np.arange(1, blocks * width + 1) if readable else rng.integers(1, 1000, blocks * width)
    w = np.arange(steps * width) % 2 + 1 if readable else rng.integers(1, 4, steps * width)
    arguments = {
        "start": start.reshape(blocks, width).astype(np.int32),
        "w": w.reshape(steps, width).astype(np.int32),
        "x": unwritten_like((blocks, width), np.int32),
    }
    text = f"{blocks} x {width} elements, {steps} step" + "s" * (steps != 1)
    return Case(text, arguments, blocks=blocks, threads=width, outputs=("x",))


def measured() -> Case:
    return make(np.random.default_rng(8), (4, 128, 8), False)


def _steps(neighbour_is_old: bool, own_is_old: bool) -> Callable[[Case], np.ndarray]:
    """Someone whose loads of ``x`` were done once, before the first step, and never again."""

    def model(case: Case) -> np.ndarray:
        start, w = case.arguments["start"].astype(np.int64), case.arguments["w"]
        x = start
        for row in w:
            x = (start if own_is_old else x) + row * np.roll(start if neighbour_is_old else x, -1, axis=1)
        return x

    return model


def _other_side(case: Case) -> np.ndarray:
    x = case.arguments["start"].astype(np.int64)
    for row in case.arguments["w"]:
        x = x + row * np.roll(x, 1, axis=1)
    return x


#: The compiler takes so many steps together, and a load that it did only once is done again after them.
TOGETHER = 4


def _stale(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Right for one step; from the second on, ``x`` is what it was before the first, at least in part."""
    steps = [(len(o.case.arguments["w"]), o) for o in outcomes]
    several = [o for n, o in steps if 1 < n < TOGETHER and not o.right]
    if not several or not all(o.right for n, o in steps if n == 1):
        return False
    return any(
        gives(_steps(*which), "x")(answer, several) for which in ((True, False), (False, True), (True, True))
    )


def _loose(answer: Any, case: Case) -> float:
    """Inline loads of ``x`` that the compiler may move, or do once for all."""
    return float(sum("ld." in c.text and "x" in c.names and not c.pinned for c in asm_calls(answer)))


def _outside(answer: Any, case: Case) -> float:
    """Lines (for each of the arrays) that load what nobody writes, and not through the read-only path."""
    found = [a for a in accessed(answer, case) if a.operation == "ld" and a.array in READ_ONLY]
    return float(len({(a.line, a.array) for a in found if ".nc" not in a.spelling}))


def _blame(answer: Any, case: Case) -> tuple[str, str] | None:
    plain = [name for name in READ_ONLY if any("nc" not in w for w in words(answer, case, "ld", name))]
    if len(plain) == len(READ_ONLY):
        return "nowhere", (
            "Nobody writes `start` and `w` while the kernel runs, so their loads may take the read-only path: "
            "`ld.global.nc`."
        )
    return "one of two", (
        f"Nobody writes `{plain[0]}` either, while the kernel runs: its load may take the read-only path, too."
    )


_MEMORY = (
    "The same text with the same address gives the same value, as far as the compiler knows: it may load once, before "
    "the loop. `memory` in the constraints says that the text reads what others may have changed."
)

EXERCISE = KernelExercise(
    name="lab08.steps",
    specification=specification,
    make=make,
    ladder=((1, 2, 1), (1, 3, 1), (1, 4, 2), (2, 4, 3), (2, 40, 2), (1, 64, 5)),
    fresh=((2, 33, 3), (3, 64, 4)),
    score=(
        Score(
            "lines that load `start` or `w` by another path",
            _outside,
            measured,
            goal=0,
            too_much=0,
            advice="Nobody writes them: `ld.global.nc`.",
            blame=_blame,
        ),
        Score(
            "inline loads of `x` that the compiler may take for one",
            _loose,
            measured,
            goal=0,
            too_much=0,
            blame=lambda answer, case: ("missing memory", _MEMORY),
        ),
        Score(
            "times the bytes that the plain kernel fetches from L2",
            from_l2_over_plain("steps"),
            measured,
            goal=1,
            place=hit_rates("steps"),
            advice="`x` is shared within a block, and the barrier orders it; a plain load may find it in L1. "
            "`volatile`, `relaxed`, `.cg` and `.cv` all go past L1.",
        ),
    ),
    misconceptions=(
        signs.MISFIT,
        signs.NOT_PTX,
        signs.OPERAND_NUMBER,
        signs.STATE_SPACE,
        Misconception(
            "read-only path on what is written",
            "`x` is read by `.nc`, and it is written in this launch. Whoever wrote it, and whatever barrier stands "
            "between: the result is undefined. `.nc` is for what *nobody* writes while the kernel runs.",
            detect=signs.first_is("NonCoherentRead"),
        ),
        BARRIER_SKIPPED,
        Misconception(
            "missing barrier",
            "one thread reads an element of `x` that its neighbour writes, and no barrier stands between. Each step "
            "needs two: after all have read, and after all have written.",
            detect=signs.first_is("DataRace", r" race on x\b"),
        ),
        Misconception(
            "missing memory",
            f"right for one step, and from the second on `x` is read as it was before the first. {_MEMORY}",
            detect=_stale,
        ),
        Misconception(
            "other side",
            "the neighbour is on the other side: element `t` takes from element `t + 1`, the last from the first.",
            detect=gives(_other_side, "x"),
        ),
        Misconception(
            "no way round",
            "the last element of a row takes from beyond its end. Its neighbour is the first: `(t + 1) % width`.",
            detect=signs.first_is("MemoryFault", r"reads x\b|reads .*past the end|outside"),
        ),
    ),
)
