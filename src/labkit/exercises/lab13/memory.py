"""``lab13.memory``: bytes on one GPU. What is cut, what is shared out, and what is whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip

WEIGHT, GRADIENT, OPTIMISER = 2, 4, 12


def specification(
    shared_billion: float,
    experts_billion: float,
    stages: int,
    expert_parallel: int,
    gpus: int,
    activations_gb: float,
) -> float:
    return _gigabytes(
        shared_billion / stages,
        experts_billion / stages / expert_parallel,
        gpus / stages,
        gpus / stages / expert_parallel,
        activations_gb,
    )


def _gigabytes(
    shared: float, experts: float, holders: float, expert_holders: float, activations: float
) -> float:
    """Billions of parameters on one GPU, and how many GPUs hold the same ones, to GB."""
    whole = (WEIGHT + GRADIENT) * (shared + experts)
    return whole + OPTIMISER * (shared / holders + experts / expert_holders) + activations


READABLE = (
    {
        "shared_billion": 8,
        "experts_billion": 64,
        "stages": 2,
        "expert_parallel": 4,
        "gpus": 16,
        "activations_gb": 10,
    },
    {
        "shared_billion": 17.1,
        "experts_billion": 653.9,
        "stages": 16,
        "expert_parallel": 64,
        "gpus": 2048,
        "activations_gb": 29,
    },
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    stages, parallel = int(2 ** rng.integers(1, 5)), int(2 ** rng.integers(1, 7))
    return {
        "shared_billion": round(float(rng.uniform(2, 40)), 1),
        "experts_billion": round(float(rng.uniform(50, 900)), 1),
        "stages": stages,
        "expert_parallel": parallel,
        "gpus": stages * parallel * int(2 ** rng.integers(1, 4)),
        "activations_gb": round(float(rng.uniform(1, 40)), 1),
    }


def _mistaken(formula: Callable[..., float]) -> Callable[..., Any]:
    """A model from a formula over short names: s, e (billions), p, q (stages, expert parallel), g, a."""

    def model(
        shared_billion: float,
        experts_billion: float,
        stages: int,
        expert_parallel: int,
        gpus: int,
        activations_gb: float,
    ) -> float:
        return formula(shared_billion, experts_billion, stages, expert_parallel, gpus, activations_gb)

    return model


EXERCISE = FunctionExercise(
    name="lab13.memory",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "experts everywhere",
            "you keep all experts of a stage on every GPU. `expert_parallel` GPUs share them: divide their parameters "
            "by it.",
            model=_mistaken(lambda s, e, p, q, g, a: _gigabytes(s / p, e / p, g / p, g / p, a)),
        ),
        Misconception(
            "shared part cut by experts",
            "you divided all parameters by `expert_parallel`. Only the routed experts are shared out; attention and "
            "the rest of a stage is whole on every GPU.",
            model=_mistaken(
                lambda s, e, p, q, g, a: _gigabytes(s / p / q, e / p / q, g / p / q, g / p / q, a)
            ),
        ),
        Misconception(
            "stages forgotten",
            "the pipeline is missing: a GPU holds one of `stages` parts of the layers.",
            model=_mistaken(lambda s, e, p, q, g, a: _gigabytes(s, e / q, g, g / q, a)),
        ),
        Misconception(
            "optimiser on every GPU",
            "you keep the optimiser's numbers whole on every GPU. GPUs that hold the same parameters share them out "
            "(ZeRO-1).",
            model=_mistaken(lambda s, e, p, q, g, a: _gigabytes(s / p, e / p / q, 1, 1, a)),
        ),
        Misconception(
            "optimiser shared too widely",
            "you spread the experts' optimiser over more GPUs than hold them. An expert's parameters lie on `gpus / "
            "stages / expert_parallel` GPUs.",
            model=_mistaken(lambda s, e, p, q, g, a: _gigabytes(s / p, e / p / q, g / p, g / p, a)),
        ),
        Misconception(
            "optimiser shared too widely",
            "you spread the optimiser's numbers over all GPUs. Only those of the same stage hold the same parameters.",
            model=_mistaken(lambda s, e, p, q, g, a: _gigabytes(s / p, e / p / q, g, g, a)),
        ),
        Misconception(
            "optimiser forgotten",
            "Adam keeps 12 bytes a parameter besides; they are missing.",
            model=_mistaken(lambda s, e, p, q, g, a: (WEIGHT + GRADIENT) * (s / p + e / p / q) + a),
        ),
        Misconception(
            "gradients forgotten",
            "each parameter has a gradient of 4 bytes besides its weight of 2.",
            model=_mistaken(
                lambda s, e, p, q, g, a: (
                    _gigabytes(s / p, e / p / q, g / p, g / p / q, a) - GRADIENT * (s / p + e / p / q)
                )
            ),
        ),
        Misconception(
            "activations forgotten",
            "the activations are missing: add them, they are on this GPU.",
            model=_mistaken(lambda s, e, p, q, g, a: _gigabytes(s / p, e / p / q, g / p, g / p / q, 0)),
        ),
        slip("bytes for GB", "these are bytes. A billion bytes is a GB.", specification, 1e9),
    ),
)
