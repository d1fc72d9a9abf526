"""``lab12.attention``: FLOPs that have no parameters."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip


def specification(layers: int, heads: int, qk_size: int, v_size: int, length: int) -> float:
    return 3 * layers * 2 * (length / 2) * heads * (qk_size + v_size)


READABLE = (
    {"layers": 1, "heads": 1, "qk_size": 3, "v_size": 2, "length": 4},
    {"layers": 2, "heads": 4, "qk_size": 6, "v_size": 5, "length": 10},
    {"layers": 61, "heads": 128, "qk_size": 192, "v_size": 128, "length": 4096},
)


def drawn(rng: np.random.Generator) -> dict[str, int]:
    return {
        "layers": int(rng.integers(2, 130)),
        "heads": int(rng.integers(2, 140)),
        "qk_size": int(rng.integers(40, 260)),
        "v_size": int(rng.integers(20, 200)),
        "length": 2 * int(rng.integers(100, 70_000)),
    }


def _average(more: int):
    """Half of the sequence to the token: with itself (``more`` is 1) or without (-1)."""
    return lambda **inputs: specification(**(inputs | {"length": inputs["length"] + more}))


def _without(name: str):
    return lambda **inputs: specification(**(inputs | {name: 0}))


EXERCISE = FunctionExercise(
    name="lab12.attention",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        slip(
            "full square for causal",
            "you counted the full square. Attention is causal here: a token looks at half of the sequence on "
            "average.",
            specification,
            2,
        ),
        slip(
            "forward only",
            "this is the forward pass. Training also goes backward, which costs twice as much again.",
            specification,
            1 / 3,
        ),
        slip(
            "full square, forward only",
            "this is the full square, and only forward. Causal halves it, training makes it three times as much.",
            specification,
            2 / 3,
        ),
        Misconception(
            "average to the token",
            "you counted the token itself among those it looks at. That is exact; the convention, here and in the "
            "papers, is half of the sequence: `length / 2`.",
            model=_average(1),
        ),
        Misconception(
            "average to the token",
            "you left out the token itself and took `(length - 1) / 2`. The convention, here and in the papers, is "
            "half of the sequence: `length / 2`.",
            model=_average(-1),
        ),
        slip("no addition", "each multiplication comes with an addition: 2 FLOP.", specification, 1 / 2),
        Misconception(
            "scores only",
            "you counted the scores. Adding up the values costs `v_size` multiply-adds for each place as well.",
            model=_without("v_size"),
        ),
        Misconception(
            "values only",
            "you counted the sum of values. The scores cost `qk_size` multiply-adds for each place as well.",
            model=_without("qk_size"),
        ),
        Misconception(
            "per sequence, not per token",
            "that is the work for a whole sequence. The exercise asks for one token.",
            model=lambda **inputs: specification(**inputs) * inputs["length"],
        ),
        Misconception(
            "one layer",
            "that is one layer.",
            model=lambda **inputs: specification(**(inputs | {"layers": 1})),
        ),
        Misconception(
            "one head", "that is one head.", model=lambda **inputs: specification(**(inputs | {"heads": 1}))
        ),
        slip("GFLOP for FLOP", "this is in GFLOP. The exercise asks for FLOP.", specification, 1e-9),
    ),
)
