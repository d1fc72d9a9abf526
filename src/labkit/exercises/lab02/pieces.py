"""``lab02.pieces``: several elements a thread, shared out so that neighbours work on neighbours."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.counted import dearest_line, sectors_a_request
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception, first_error
from labkit.checking.score import Score
from labkit.exercises.numbers import vector


def specification(x: np.ndarray) -> np.ndarray:
    return 2 * x.astype(np.float64) + 1


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    blocks, threads = (2, 4) if size < 100 else (2, 32)
    arguments = {"x": vector(rng, size, readable), "out": unwritten_like(size, np.float32)}
    return Case(size, arguments, blocks=blocks, threads=threads)


def measured() -> Case:
    return make(np.random.default_rng(2), 1024, False)


def _visit(places):
    """A mistaken kernel that computes the elements ``places(t, n)``."""

    def body(t, x, out):
        for i in places(t, x.size):
            out[i] = 2 * float(x[i]) + 1

    return body


def _pieces(t, piece, n):
    return range(t.index * piece, min((t.index + 1) * piece, n))


def _past_the_end(answer, outcomes) -> bool:
    """Out of bounds exactly where the elements do not come out even."""
    even = [outcome.case.size % (outcome.case.blocks * outcome.case.threads) == 0 for outcome in outcomes]
    faults = [any(type(e).__name__ == "MemoryFault" for e in outcome.errors) for outcome in outcomes]
    return any(faults) and all(f != e for f, e in zip(faults, even, strict=True))


def _never_ends(answer, outcomes) -> bool:
    return first_error(outcomes) == "InstructionBudgetExceeded"


EXERCISE = KernelExercise(
    name="lab02.pieces",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 3, 8, 9, 15, 16, 17, 40, 0),
    fresh=(64, 1000, 1024),
    misconceptions=(
        Misconception(
            "loop never ends",
            "the loop does not move on. Each turn must take `i` forward by the same step.",
            detect=_never_ends,
        ),
        Misconception(
            "only the first grid",
            "each thread computes one element and stops. There are more elements than threads.",
            body=_visit(lambda t, n: range(t.index, min(t.index + 1, n))),
        ),
        Misconception(
            "the rest is lost",
            "`n // threads` rounds down: the last elements belong to nobody.",
            body=_visit(lambda t, n: _pieces(t, n // t.total, n)),
        ),
        Misconception(
            "no guard on the last piece",
            "the pieces are rounded up, so the last ones reach past the end. Stop at `x.size`.",
            detect=_past_the_end,
        ),
        Misconception(
            "one too few",
            "each piece stops one element early. `range(a, b)` already leaves out b.",
            body=_visit(lambda t, n: list(_pieces(t, -(-n // t.total), n))[:-1]),
        ),
        Misconception(
            "local index",
            "every block does the same elements, since each starts at `cuda.threadIdx.x`. Count across blocks.",
            body=_visit(lambda t, n: range(t.local, n, t.total)),
        ),
        Misconception(
            "wrong stride",
            "the step is the size of one block; two blocks then do the same work. Step by the whole grid.",
            body=_visit(lambda t, n: range(t.index, n, t.block_size[0])),
            mentions="blockDim",
        ),
        Misconception(
            "wrong stride",
            "the step is one, so each thread does everything behind its start. Step by the whole grid.",
            body=_visit(lambda t, n: range(t.index, n)),
        ),
        Misconception(
            "off by one",
            "the loop runs one element too far: stop before `x.size`.",
            body=_visit(lambda t, n: range(t.index, n + 1, t.total)),
        ),
        Misconception(
            "off by one",
            "the loop stops one element too early: the last one is missing.",
            body=_visit(lambda t, n: range(t.index, n - 1, t.total)),
        ),
    ),
    score=Score(
        unit="sectors a request",
        measure=sectors_a_request,
        case=measured,
        goal=4,
        advice="In one turn of the loop, which elements do lanes 0 and 1 of a warp touch? They should be neighbours.",
        place=dearest_line,
    ),
)
