"""``lab10.compute``: seconds of arithmetic when k SMs are gone: whole waves of tiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Outcome, agree
from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception, mistaken
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip


def specification(k: int, seconds: float, sms: int, tiles: int) -> float:
    return seconds * math.ceil(tiles / (sms - k)) / math.ceil(tiles / sms)


#: One more wave; no more, although 20 SMs are gone; two waves become three; waves that are exactly full.
READABLE = (
    {"k": 4, "seconds": 0.001, "sms": 12, "tiles": 20},
    {"k": 20, "seconds": 0.001, "sms": 132, "tiles": 112},
    {"k": 20, "seconds": 0.002, "sms": 132, "tiles": 250},
    {"k": 32, "seconds": 0.003, "sms": 132, "tiles": 300},
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    sms = int(rng.choice([108, 132, 148]))
    return {
        "k": 2 * int(rng.integers(1, 25)),
        "seconds": round(float(rng.uniform(0.0005, 0.005)), 5),
        "sms": sms,
        "tiles": int(rng.integers(sms // 2, 8 * sms)),
    }


def _floor(k: int, seconds: float, sms: int, tiles: int) -> float:
    return seconds * (tiles // (sms - k)) / (tiles // sms) if tiles >= sms else math.nan


def _rounds_down(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Like the floor wherever that is a number; where all tiles fit at once the floor divides by 0."""
    finite = [o for o in outcomes if math.isfinite(_floor(**o.case.inputs))]
    if not finite or any(o.got is None for o in finite):
        return False
    return all(np.all(agree(o.got["result"], np.asarray(_floor(**o.case.inputs), object))) for o in finite)


EXERCISE = FunctionExercise(
    name="lab10.compute",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3, 4),
    fresh=tuple(range(11, 19)),
    misconceptions=(
        NO_NUMBER,
        mistaken(
            "no waves",
            "your arithmetic can be cut at will: `sms / (sms - k)`. Tiles cannot. Each stays on its SM to its end, so "
            "they go in whole waves.",
            lambda k, seconds, sms, tiles: seconds * sms / (sms - k),
        ),
        mistaken(
            "part of a wave",
            "you counted the last wave as a part of one. It takes as long as a full wave, however few tiles are in "
            "it: round up.",
            lambda k, seconds, sms, tiles: seconds * tiles / (sms - k) / math.ceil(tiles / sms),
        ),
        mistaken(
            "part of the first wave",
            "you rounded the waves with `k` SMs gone, and not those of all SMs: both are whole.",
            lambda k, seconds, sms, tiles: seconds * math.ceil(tiles / (sms - k)) / (tiles / sms),
        ),
        Misconception(
            "rounded down",
            "you rounded the waves down. The tiles that are left over need a wave too: round up.",
            detect=_rounds_down,
        ),
        mistaken(
            "rounded down and one more",
            "you took the floor and added 1. Where the tiles fill the waves exactly, that is one too many.",
            lambda k, seconds, sms, tiles: seconds * (tiles // (sms - k) + 1) / (tiles // sms + 1),
        ),
        mistaken(
            "k SMs compute",
            "you let the `k` SMs compute. They move data; `sms - k` are left for the tiles.",
            lambda k, seconds, sms, tiles: seconds * math.ceil(tiles / k) / math.ceil(tiles / sms),
        ),
        mistaken(
            "waves not compared",
            "you multiplied by the number of waves. `seconds` are those of *all* the waves on all SMs: divide by how "
            "many these are.",
            lambda k, seconds, sms, tiles: seconds * math.ceil(tiles / (sms - k)),
        ),
        mistaken(
            "fewer SMs, faster",
            "your arithmetic gets faster when SMs are taken away. It is the other way round: divide by the waves on "
            "all SMs.",
            lambda k, seconds, sms, tiles: seconds * math.ceil(tiles / sms) / math.ceil(tiles / (sms - k)),
        ),
        mistaken(
            "k forgotten",
            "`k` changes nothing in your function: reserved SMs do no arithmetic.",
            lambda k, seconds, sms, tiles: seconds,
        ),
        slip("ms for s", "these are milliseconds. The exercise asks for seconds.", specification, 1e3),
    ),
)
