"""``lab12.parameters``: what experts store, and what a token meets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Outcome
from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases


def specification(hidden: int, size: int, layers: int, experts: int, per_token: int) -> tuple[int, int]:
    one = 3 * hidden * size
    return layers * experts * one, layers * per_token * one


READABLE = (
    {"hidden": 2, "size": 5, "layers": 1, "experts": 3, "per_token": 1},
    {"hidden": 4, "size": 3, "layers": 2, "experts": 5, "per_token": 2},
    {"hidden": 8, "size": 16, "layers": 3, "experts": 7, "per_token": 4},
    {"hidden": 7168, "size": 2048, "layers": 58, "experts": 256, "per_token": 8},
)


def drawn(rng: np.random.Generator) -> dict[str, int]:
    experts = int(rng.integers(3, 300))
    return {
        "hidden": 64 * int(rng.integers(1, 200)),
        "size": 64 * int(rng.integers(1, 100)),
        "layers": int(rng.integers(2, 130)),
        "experts": experts,
        "per_token": int(rng.integers(1, experts)),
    }


def _pair(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    shapes = {outcome.got["result"].shape for outcome in outcomes if outcome.got is not None}
    if shapes and shapes != {(2,)}:
        return "two numbers are asked for, stored and met, in this order: `return stored, met`."
    return False


def _changed(**change: Any) -> Any:
    return lambda **inputs: specification(**(inputs | change))


def _scaled(numerator: int, denominator: int) -> Any:
    return lambda **inputs: tuple(v * numerator // denominator for v in specification(**inputs))


EXERCISE = FunctionExercise(
    name="lab12.parameters",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3, 4),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception("not a pair", "two numbers are asked for.", detect=_pair),
        Misconception(
            "stored and met swapped",
            "the two are swapped: *stored* counts every expert, *met* only those that a token is sent to.",
            model=lambda **inputs: specification(**inputs)[::-1],
        ),
        Misconception(
            "stored for met",
            "both numbers count every expert. A token meets only `per_token` of them in each layer: the others "
            "are stored and do nothing for it.",
            model=lambda **inputs: (specification(**inputs)[0],) * 2,
        ),
        Misconception(
            "met for stored",
            "both numbers count only the experts that one token meets. All of them must be stored.",
            model=lambda **inputs: (specification(**inputs)[1],) * 2,
        ),
        Misconception(
            "one layer",
            "that is one layer. Each of the `layers` layers has experts of its own.",
            model=_changed(layers=1),
        ),
        Misconception(
            "two matrices",
            "you counted two matrices an expert. Gate, up and down are three, all of the same size.",
            model=_scaled(2, 3),
        ),
        Misconception(
            "one matrix",
            "you counted one matrix an expert. Gate, up and down are three.",
            model=_scaled(1, 3),
        ),
        Misconception(
            "in billions",
            "these are billions of parameters. The exercise asks for parameters.",
            model=lambda **inputs: tuple(v / 1e9 for v in specification(**inputs)),
        ),
        Misconception(
            "in millions",
            "these are millions of parameters. The exercise asks for parameters.",
            model=lambda **inputs: tuple(v / 1e6 for v in specification(**inputs)),
        ),
    ),
)
