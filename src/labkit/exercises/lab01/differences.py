"""``lab01.differences``: neighbours, and the element that has none."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception, errors_named
from labkit.exercises.lab01.guard import no_guard
from labkit.exercises.numbers import vector


def specification(x: np.ndarray) -> np.ndarray:
    return np.diff(x.astype(np.float64), prepend=0)


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    threads = 8 if size < 100 else 128
    arguments = {"x": vector(rng, size, readable), "out": unwritten_like(size, np.float32)}
    return Case(size, arguments, blocks=-(-size // threads), threads=threads)


def _wrapped(t, x, out):
    if t.index < x.size:
        out[t.index] = x[t.index] - x[t.index - 1]


def _edge_unwritten(t, x, out):
    if 0 < t.index < x.size:
        out[t.index] = x[t.index] - x[t.index - 1]


def _edge_zero(t, x, out):
    if t.index < x.size:
        out[t.index] = x[t.index] - x[t.index - 1] if t.index else 0


def _sign(t, x, out):
    if t.index < x.size:
        out[t.index] = x[t.index - 1] - x[t.index] if t.index else x[0]


def _all_signs(t, x, out):
    if t.index < x.size:
        out[t.index] = x[t.index - 1] - x[t.index] if t.index else -x[0]


def _forward(t, x, out):
    i = t.index
    if i < x.size:
        out[i] = x[i + 1] - x[i] if i < x.size - 1 else x[i]


def _forward_shifted(t, x, out):
    i = t.index
    if i < x.size - 1:
        out[i] = x[i + 1] - x[i]


def _forward_unguarded(t, x, out):
    i = t.index
    if i < x.size:
        out[i] = x[i + 1] - x[i]


def _block_edges(t, x, out):
    i = t.index
    if i < x.size:
        out[i] = x[i] - x[i - 1] if t.local else x[i]


def _block_edges_unwritten(t, x, out):
    i = t.index
    if i < x.size and t.local:
        out[i] = x[i] - x[i - 1]


def _off_by_one(t, x, out):
    i = t.index
    if i <= x.size:
        out[i] = x[i] - x[i - 1] if i else x[0]


def _too_tight(t, x, out):
    i = t.index
    if i < x.size - 1:
        out[i] = x[i] - x[i - 1] if i else x[0]


def _reads_output(answer, outcomes) -> bool | str:
    """A race or a wrong result that comes from reading ``out`` where another thread writes."""
    races = errors_named(outcomes, "DataRace")
    if any(error.array in (None, "out") for _, error in races):
        return True
    wrong = [outcome for outcome in outcomes if not outcome.right]
    return all(outcome.got is not None and _uses_output(outcome) for outcome in wrong)


def _uses_output(outcome) -> bool:
    """Each element is ``x[i] - out[i - 1]``, with the neighbour's result or with what lay there before."""
    x, got = outcome.case.arguments["x"], outcome.got["out"]
    known = np.isclose(got[1:], x[1:] - got[:-1], atol=1e-3) | np.isclose(got[1:], x[1:] - UNWRITTEN)
    return bool(np.all(known))


NO_GUARD = "there is no guard. The last block has more threads than elements left; let the others do nothing."

EXERCISE = KernelExercise(
    name="lab01.differences",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 2, 3, 5, 8, 9, 16, 20),
    fresh=(7, 128, 1000),
    misconceptions=(
        Misconception("no guard", NO_GUARD, detect=no_guard),
        Misconception(
            "negative index",
            "thread 0 reads `x[-1]`. Numba wraps a negative index silently, so no error comes: it is the last "
            "element. Element 0 has no left neighbour; treat it on its own.",
            body=_wrapped,
        ),
        Misconception(
            "reads a neighbour's result",
            "a thread reads `out[i - 1]`, which another thread writes. No thread waits for its neighbour: read "
            "the input `x` instead.",
            detect=_reads_output,
        ),
        Misconception(
            "edge not written",
            "element 0 is never written. It has no left neighbour: `out[0] = x[0]`.",
            body=_edge_unwritten,
        ),
        Misconception(
            "wrong edge", "element 0 should be `x[0]`: the missing neighbour counts as 0.", body=_edge_zero
        ),
        Misconception("swapped operands", "the sign is wrong: own element minus left neighbour.", body=_sign),
        Misconception(
            "swapped operands", "the sign is wrong: own element minus left neighbour.", body=_all_signs
        ),
        Misconception(
            "wrong neighbour",
            "this looks to the right: subtract the left neighbour, `x[i - 1]`.",
            body=_forward,
        ),
        Misconception(
            "wrong neighbour",
            "this looks to the right: subtract the left neighbour, `x[i - 1]`.",
            body=_forward_shifted,
        ),
        Misconception(
            "wrong neighbour",
            "this looks to the right, and the last thread past the end. Subtract the left neighbour, `x[i - 1]`.",
            body=_forward_unguarded,
        ),
        Misconception(
            "local index",
            "the first element of *every* block is treated as an edge. Ask for the global index, not for "
            "`cuda.threadIdx.x`: a neighbour may belong to another block, its input is there all the same.",
            body=_block_edges,
        ),
        Misconception(
            "local index",
            "the first element of every block is left out. A neighbour may belong to another block; its input is "
            "there all the same.",
            body=_block_edges_unwritten,
        ),
        Misconception(
            "off by one", "your guard lets one thread too many through: use `i < x.size`.", body=_off_by_one
        ),
        Misconception(
            "guard too tight",
            "your guard stops one thread too early: the last element is missing.",
            body=_too_tight,
        ),
    ),
)
