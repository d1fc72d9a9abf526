"""``lab12.flop``: a training run in FLOP, from billions of parameters and trillions of tokens."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip


def specification(stored_billion: float, met_billion: float, tokens_trillion: float) -> float:
    return 6 * met_billion * 1e9 * tokens_trillion * 1e12


READABLE = (
    {"stored_billion": 10, "met_billion": 2, "tokens_trillion": 1},
    {"stored_billion": 47, "met_billion": 13, "tokens_trillion": 3},
    {"stored_billion": 671, "met_billion": 36.6, "tokens_trillion": 14.8},
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    stored = float(rng.uniform(1, 2000))
    return {
        "stored_billion": round(stored, 2),
        "met_billion": round(stored * float(rng.uniform(0.03, 0.8)), 3),
        "tokens_trillion": round(float(rng.uniform(0.2, 40)), 2),
    }


EXERCISE = FunctionExercise(
    name="lab12.flop",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "stored for met",
            "you used all stored parameters. A token is multiplied only with those that it meets: for a mixture "
            "of experts that is a small part.",
            model=lambda stored_billion, met_billion, tokens_trillion: specification(
                0, stored_billion, tokens_trillion
            ),
        ),
        Misconception(
            "both counts added",
            "you added the two counts. What a token meets is a part of what is stored, and only that part costs.",
            model=lambda stored_billion, met_billion, tokens_trillion: specification(
                0, stored_billion + met_billion, tokens_trillion
            ),
        ),
        Misconception(
            "per token, not the run",
            "that is the work for one token. The run has `tokens_trillion` times a trillion of them.",
            model=lambda stored_billion, met_billion, tokens_trillion: 6e9 * met_billion,
        ),
        slip(
            "forward only",
            "2 FLOP a parameter is the forward pass. Backward costs twice as much again: 6 in all.",
            specification,
            2 / 6,
        ),
        slip(
            "no addition",
            "3 FLOP a parameter counts the multiplications. Each comes with an addition: 6.",
            specification,
            3 / 6,
        ),
        slip(
            "backward only",
            "4 FLOP a parameter is the backward pass alone. Forward adds 2.",
            specification,
            4 / 6,
        ),
        slip(
            "millions for billions",
            "a thousandfold too small: a billion is 1e9, and 1e6 is a million. (Or you took a trillion for 1e9.)",
            specification,
            1e-3,
        ),
        slip(
            "millions for billions",
            "a millionfold too small: a billion is 1e9 and a trillion is 1e12; you are one step short in both, or "
            "two in one.",
            specification,
            1e-6,
        ),
        slip(
            "TFLOP for FLOP",
            "this is in TFLOP, a trillion times smaller a number. The exercise asks for FLOP.",
            specification,
            1e-12,
        ),
        slip("GFLOP for FLOP", "this is in GFLOP. The exercise asks for FLOP.", specification, 1e-9),
        slip(
            "scales forgotten",
            "billions and trillions are missing: the parameters come in billions, the tokens in trillions.",
            specification,
            1e-21,
        ),
    ),
)
