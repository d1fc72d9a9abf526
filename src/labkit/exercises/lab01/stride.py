"""``lab01.stride``: more elements than threads, so each thread takes several."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception, first_error
from labkit.exercises.lab01.guard import no_guard
from labkit.exercises.numbers import vector


def specification(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return x.astype(np.float64) ** 2 + y.astype(np.float64) ** 2


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    # The grid is small and stays as it is: 8 threads for the small sizes, 96 for the large ones.
    blocks, threads = (2, 4) if size < 100 else (3, 32)
    values = vector(rng, 2 * size, readable)
    arguments = {
        "x": values[:size].copy(),
        "y": values[size:].copy(),
        "out": unwritten_like(size, np.float32),
    }
    return Case(size, arguments, blocks=blocks, threads=threads)


def _at(i, x, y, out):
    out[i] = float(x[i]) ** 2 + float(y[i]) ** 2


def _walk(start, step):
    """A mistaken kernel that visits ``start(t), start(t) + step(t), ...`` below ``x.size``."""

    def body(t, x, y, out):
        for i in range(start(t), x.size, step(t)):
            _at(i, x, y, out)

    return body


def _no_loop(t, x, y, out):
    if t.index < x.size:
        _at(t.index, x, y, out)


def _two_turns(t, x, y, out):
    for i in (t.index, t.index + t.total):
        if i < x.size:
            _at(i, x, y, out)


def _off_by_one(t, x, y, out):
    for i in range(t.index, x.size + 1, t.total):
        _at(i, x, y, out)


def _too_tight(t, x, y, out):
    for i in range(t.index, x.size - 1, t.total):
        _at(i, x, y, out)


def _no_square(t, x, y, out):
    for i in range(t.index, x.size, t.total):
        out[i] = float(x[i]) + float(y[i])


def _square_of_sum(t, x, y, out):
    for i in range(t.index, x.size, t.total):
        out[i] = (float(x[i]) + float(y[i])) ** 2


def _only_x(t, x, y, out):
    for i in range(t.index, x.size, t.total):
        out[i] = 2 * float(x[i]) ** 2


def _never_ends(answer, outcomes) -> bool:
    return first_error(outcomes) == "InstructionBudgetExceeded"


NO_LOOP = (
    "each thread takes one element and stops, so only as many elements as there are threads are written. Put a "
    "loop around it that goes on by `cuda.gridsize(1)`."
)

EXERCISE = KernelExercise(
    name="lab01.stride",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 2, 5, 8, 9, 16, 17, 25, 40, 0),
    fresh=(96, 97, 1000),
    misconceptions=(
        Misconception(
            "no guard",
            "there is no guard: with fewer elements than threads, some leave the array.",
            detect=no_guard,
        ),
        Misconception("only the first grid", NO_LOOP, body=_no_loop),
        Misconception(
            "only two turns",
            "two turns are not enough for every n. Loop until the index reaches the end.",
            body=_two_turns,
        ),
        Misconception(
            "loop never ends",
            "the loop does not end: does the index grow by the stride at every turn?",
            detect=_never_ends,
        ),
        Misconception(
            "local index",
            "you start at the local index, so all blocks begin with the same elements and others are left out. "
            "Start at `cuda.grid(1)`.",
            body=_walk(lambda t: t.local, lambda t: t.total),
        ),
        Misconception(
            "wrong stride",
            "your stride is one too large or too small; it is the number of threads in the whole grid.",
            body=_walk(lambda t: t.index, lambda t: t.total + 1),
        ),
        Misconception(
            "off by one", "the loop goes one element too far: the last index is n - 1.", body=_off_by_one
        ),
        Misconception("guard too tight", "the loop stops one element too early.", body=_too_tight),
        Misconception("missing term", "the elements are added, but not squared.", body=_no_square),
        Misconception(
            "precedence", "you square the sum. Square each of the two first, then add.", body=_square_of_sum
        ),
        Misconception("wrong operand", "`x` is used twice and `y` never.", body=_only_x),
    ),
)
