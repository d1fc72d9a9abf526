"""``lab03.tiles``: wrong. The next turn overwrites a tile that others still read."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.hunt import NOTHING_WRONG, Finding, HuntExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.numbers import vector

TILE = 64


def specification(x: np.ndarray) -> np.ndarray:
    return x.astype(np.float64).reshape(-1, TILE)[:, ::-1].sum(axis=0)


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {"x": vector(rng, size, readable), "out": unwritten_like(TILE, np.float32)}
    return Case(size, arguments, blocks=1, threads=TILE)


def _own_column(t, x, out):
    out[t.local] = sum(float(x[start + t.local]) for start in range(0, x.size, TILE))


EXERCISE = HuntExercise(
    name="lab03.tiles",
    truth="c",
    findings={
        "a": Finding(
            NOTHING_WRONG,
            "with one tile it is. With two, ask what a fast thread does after its read, while a slow one has "
            "not read yet.",
        ),
        "b": Finding(
            "barrier before the write",
            "before the very first write there is nothing to wait for. The trouble comes with the second turn.",
        ),
        "c": Finding(
            "tile used again too early",
            "Yes: a fast thread begins the next turn and writes over what a slow one still has to read.",
        ),
        "d": Finding(
            "out of bounds",
            "`x.size` is a multiple of 64, and the loop stops before it. No index leaves `x`.",
        ),
    },
    kernel=KernelExercise(
        name="lab03.tiles",
        specification=specification,
        make=make,
        ladder=(64, 128, 192),
        fresh=(128, 320, 640),
        misconceptions=(
            Misconception(
                "own column",
                "each thread adds up its own column now. It should take element `63 - t` of each tile.",
                body=_own_column,
            ),
        ),
    ),
)
