"""``lab01.map``: one thread for each element, one block, nothing to guard."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.numbers import vector


def specification(celsius: np.ndarray) -> np.ndarray:
    return 1.8 * celsius.astype(np.float64) + 32


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    arguments = {"celsius": vector(rng, size, readable), "out": unwritten_like(size, np.float32)}
    return Case(size, arguments, blocks=1, threads=size)


def _fahrenheit(celsius: float) -> float:
    return 1.8 * float(celsius) + 32


def _first_element(t, celsius, out):
    out[t.index] = _fahrenheit(celsius[0])


def _only_thread_zero(t, celsius, out):
    if t.index == 0:
        out[0] = _fahrenheit(celsius[0])


def _all_into_first(t, celsius, out):
    out[0] = _fahrenheit(celsius[t.index])


def _one_too_far(t, celsius, out):
    out[t.index] = _fahrenheit(celsius[t.index + 1])


def _counts_from_one(t, celsius, out):
    out[t.index + 1] = _fahrenheit(celsius[t.index + 1])


def _one_too_early(t, celsius, out):
    out[t.index] = _fahrenheit(celsius[t.index - 1])


def _copied(t, celsius, out):
    out[t.index] = celsius[t.index]


def _block_index(t, celsius, out):
    out[t.block[0]] = _fahrenheit(celsius[t.block[0]])


def _whole_number_factor(t, celsius, out):
    out[t.index] = 2 * celsius[t.index] + 32


def _cut_before(t, celsius, out):
    out[t.index] = _fahrenheit(int(celsius[t.index]))


def _cut_after(t, celsius, out):
    out[t.index] = int(_fahrenheit(celsius[t.index]))


def _wrong_precedence(t, celsius, out):
    out[t.index] = 1.8 * (float(celsius[t.index]) + 32)


def _races_on_first(answer, outcomes) -> bool:
    """Several threads wrote ``out[0]``: a race, or (one value, no race) the only element written."""
    if any(type(e).__name__ == "DataRace" and not e.address for o in outcomes for e in o.errors):
        return True
    larger = [o.got["out"] for o in outcomes if o.case.size > 1 and o.got is not None]
    return bool(larger) and all(out[0] != UNWRITTEN and np.all(out[1:] == UNWRITTEN) for out in larger)


OFF_BY_ONE = "you are off by one: thread i should read element i and write element i. Threads count from 0."

EXERCISE = KernelExercise(
    name="lab01.map",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 2, 3, 5, 8, 32),
    fresh=(33, 256, 1024),
    misconceptions=(
        Misconception(
            "block index",
            "you used the block index. There is one block here, so `cuda.blockIdx.x` is 0 in every thread.",
            body=_block_index,
            mentions="blockIdx",
        ),
        Misconception(
            "reads element 0",
            "every thread reads `celsius[0]`. That passes only where all inputs are equal; each thread needs "
            "an index of its own.",
            body=_first_element,
        ),
        Misconception(
            "only the first element",
            "only element 0 is written. A kernel runs once for each thread: let each write its own element.",
            body=_only_thread_zero,
        ),
        Misconception("off by one", OFF_BY_ONE, body=_one_too_far),
        Misconception("off by one", OFF_BY_ONE, body=_counts_from_one),
        Misconception(
            "negative index",
            "you are off by one, and nobody stopped you: in thread 0 the index is -1, which Numba silently "
            "wraps to the last element.",
            body=_one_too_early,
        ),
        Misconception("copy", "the elements are copied but not converted.", body=_copied),
        Misconception(
            "wrong dtype",
            "the temperature is cut to a whole number before it is converted.",
            body=_cut_before,
        ),
        Misconception(
            "wrong dtype", "the result is cut to a whole number. Store the float as it is.", body=_cut_after
        ),
        Misconception(
            "wrong dtype", "the factor 1.8 has become a whole number, 2.", body=_whole_number_factor
        ),
        Misconception(
            "precedence",
            "you add 32 before you multiply. First times 1.8, then plus 32.",
            body=_wrong_precedence,
        ),
        Misconception(
            "all into one",
            "all threads write `out[0]`, and the last one wins. Thread i should write `out[i]`.",
            detect=_races_on_first,
        ),
    ),
)
