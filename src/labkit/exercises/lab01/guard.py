"""``lab01.guard``: more threads than elements, so some threads must do nothing."""

from __future__ import annotations

import numpy as np

from labkit.checking.answer import has_branch
from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception, first_error
from labkit.exercises.numbers import vector

THREADS = 64


def specification(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {"x": vector(rng, size, readable), "out": unwritten_like(size, np.float32)}
    return Case(size, arguments, blocks=1, threads=THREADS)


def no_guard(answer, outcomes) -> bool:
    """Threads past the end went out of bounds, and the code decides nothing about its index."""
    return first_error(outcomes) == "MemoryFault" and not has_branch(answer)


def _off_by_one(t, x, out):
    if t.index <= x.size:
        out[t.index] = max(x[t.index], 0)


def _too_tight(t, x, out):
    if t.index < x.size - 1:
        out[t.index] = max(x[t.index], 0)


def _skips_first(t, x, out):
    if 0 < t.index < x.size:
        out[t.index] = max(x[t.index], 0)


def _unguarded(t, x, out):
    out[t.index] = max(x[t.index], 0)


def _negative_stays(t, x, out):
    if t.index < x.size and x[t.index] > 0:
        out[t.index] = x[t.index]


def _absolute(t, x, out):
    if t.index < x.size:
        out[t.index] = abs(x[t.index])


def _minimum(t, x, out):
    if t.index < x.size:
        out[t.index] = min(x[t.index], 0)


def _cut(t, x, out):
    if t.index < x.size:
        out[t.index] = int(max(x[t.index], 0))


NO_GUARD = (
    f"there is no guard. {THREADS} threads run, and those past the last element leave the array: let them do "
    "nothing."
)

EXERCISE = KernelExercise(
    name="lab01.guard",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 2, 3, 5, 31, 32, 63, 64, 0),
    fresh=(17, 50, 64),
    misconceptions=(
        Misconception("no guard", NO_GUARD, detect=no_guard),
        Misconception(
            "off by one",
            "your guard lets one thread too many through: the last element of n has index n - 1, so ask `i < n`.",
            body=_off_by_one,
        ),
        Misconception("no guard", NO_GUARD, body=_unguarded),
        Misconception(
            "guard too tight",
            "your guard stops one thread too early: the last element is never written.",
            body=_too_tight,
        ),
        Misconception(
            "guard too tight",
            "element 0 is never written: thread 0 has work to do as well.",
            body=_skips_first,
        ),
        Misconception(
            "zeros not written",
            "negative elements stay unwritten. `out` does not start as zeros: the thread must write the 0.",
            body=_negative_stays,
        ),
        Misconception(
            "absolute value", "this is the absolute value; negative elements become 0.", body=_absolute
        ),
        Misconception("minimum", "you kept the negative elements: maximum, not minimum.", body=_minimum),
        Misconception("wrong dtype", "the fractions are gone: keep the float as it is.", body=_cut),
    ),
)
