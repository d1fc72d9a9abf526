"""By what the mistakes of lab 5 are recognised: the error that the simulated SM gave, or the wrong product."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, Outcome, agree
from labkit.checking.misconception import Detector, Misconception
from labkit.exercises.lab04 import signs

STEP = 16


def shape(case: Case) -> tuple[int, int, int]:
    """Rows of A, length of the sums, columns of B."""
    A, B = case.arguments["A"], case.arguments["B"]
    return A.shape[0], A.shape[1], B.shape[1]


def tiled(part: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[Case], np.ndarray]:
    """The product of someone who multiplies two 16 x 16 tiles as ``part`` does; tiles are filled up with zeros."""

    def model(case: Case) -> np.ndarray:
        m, k, n = shape(case)
        A, B = (_padded(case.arguments[name]) for name in "AB")
        C = np.zeros((A.shape[0], B.shape[1]))
        for i in range(0, m, STEP):
            for j in range(0, n, STEP):
                for s in range(0, k, STEP):
                    C[i : i + STEP, j : j + STEP] += part(
                        A[i : i + STEP, s : s + STEP], B[s : s + STEP, j : j + STEP]
                    )
        return C[:m, :n]

    return model


def _padded(array: np.ndarray) -> np.ndarray:
    rows, columns = (-(-length // STEP) * STEP for length in array.shape)
    padded = np.zeros((rows, columns))
    padded[: array.shape[0], : array.shape[1]] = array
    return padded


def whole_steps(case: Case) -> np.ndarray:
    """The part of the sums that whole steps of 16 cover."""
    k = shape(case)[1] // STEP * STEP
    return case.arguments["A"][:, :k] @ case.arguments["B"][:k]


def last_step(case: Case) -> np.ndarray:
    k = (shape(case)[1] - 1) // STEP * STEP
    return case.arguments["A"][:, k:] @ case.arguments["B"][k:]


def first_step_again(case: Case) -> np.ndarray:
    """Every step multiplies the first two tiles."""
    steps = -(-shape(case)[1] // STEP)
    return steps * (case.arguments["A"][:, :STEP] @ case.arguments["B"][:STEP])


def rows_along_x(case: Case) -> np.ndarray:
    """Of ``i, j = cuda.grid(2)`` with tiles indexed ``[y, x]``: all of a block adds up along the tiles' diagonals.

    Where a tile hangs over an edge the conditions come from the interchanged ``i`` and ``j``, as the indices do.
    """
    m, k, n = shape(case)
    A, B = (_padded(case.arguments[name]) for name in "AB")
    C = np.full((m, n), float(UNWRITTEN))
    columns, rows = (-(-length // STEP) for length in (n, m))
    for x in range(columns):
        for y in range(rows):
            i, j = slice(STEP * x, min(STEP * x + STEP, m)), slice(STEP * y, min(STEP * y + STEP, n))
            if STEP * x >= m or STEP * y >= n:
                continue
            C[i, j] = sum(
                A[STEP * x + d, s + d] * B[s + d, STEP * y + d]
                for s in range(0, k, STEP)
                for d in range(STEP)
                if s + d < k
            )
    return C


def wrong_from(length: int) -> Detector:
    """All is right while sums are at most ``length`` long, and wrong beyond."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        short = [o for o in outcomes if shape(o.case)[1] <= length]
        long = [o for o in outcomes if shape(o.case)[1] > length]
        return bool(short and long) and all(o.right for o in short) and not any(o.right for o in long)

    return detect


def some_never_written(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """What is written is right, some places are not written, and blocks are the reason: small cases are whole."""
    gaps = False
    for o in outcomes:
        if o.got is None:
            return False
        got, want = o.got["C"], o.expected["C"]
        missing = agree(got, np.full_like(got, UNWRITTEN))
        if not np.all(agree(got, want) | missing):
            return False
        gaps |= bool(missing.any())
    return gaps


def results_exchanged(block: int) -> Detector:
    """Within every block of ``block`` by ``block`` results the right ones stand in wrong places."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        wrong = [o for o in outcomes if not o.right]
        return bool(wrong) and all(o.got is not None and _same_results(o, block) for o in wrong)

    return detect


def _same_results(outcome: Outcome, block: int) -> bool:
    return np.array_equal(*(_sorted_blocks(found["C"], block) for found in (outcome.got, outcome.expected)))


def _sorted_blocks(C: np.ndarray, block: int) -> np.ndarray:
    """``(blocks, block * block)``: the results of each block, ascending."""
    m, n = C.shape
    blocks = C.reshape(m // block, block, n // block, block).swapaxes(1, 2)
    return np.sort(blocks.reshape(-1, block * block), axis=1)


def gives(model: Callable[[Case], np.ndarray]) -> Detector:
    """Every run ended, and ``C`` is what ``model(case)`` says."""
    return signs.gives(model, "C")


def swapped(answer: Any, outcomes: Sequence[Outcome]) -> bool | str:
    """A tile, or both, was read with its indices interchanged."""
    for whose, part in (
        ("A's tile", lambda a, b: a.T @ b),
        ("B's tile", lambda a, b: a @ b.T),
        ("each of the two tiles", lambda a, b: a.T @ b.T),
    ):
        if gives(tiled(part))(answer, outcomes):
            return (
                f"the two indices of {whose} are interchanged. The thread in column x and row y walks along row "
                "y of A's tile, `a[y, k]`, and down column x of B's, `b[k, x]`."
            )
    return False


def _first_is(kind: str, text: str) -> Detector:
    """The first error is of this class, and its sentence has ``text``, a regular expression, in it."""

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        first = next((o.errors[0] for o in outcomes if o.errors), None)
        return type(first).__name__ == kind and re.search(text, str(first)) is not None

    return detect


NO_GUARD = Misconception(
    "no guard on the loads",
    "a thread loads from outside of `A` or `B`. The last tile of a row or a column hangs over the edge: load 0 "
    "there. Two conditions for each of the two tiles, and they differ.",
    detect=_first_is("MemoryFault", r" reads [AB]\b"),
)
NO_GUARD_ON_C = Misconception(
    "no guard on the result",
    "a thread without a result stores one. The guard asks for its row and for its column.",
    detect=_first_is("MemoryFault", r" writes C\b"),
)
NO_BARRIER = Misconception(
    "missing barrier",
    "one thread reads from a tile what another writes, and no barrier stands between. A tile that is used again "
    "and again needs two in each step: after it is filled, and after it is used.",
    detect=_first_is("DataRace", r" race on (?![ABC]\b)"),
)
SAME_PLACE = Misconception(
    "two threads, one result",
    "two threads store into the same place of `C`. Each result belongs to one thread of one block.",
    detect=_first_is("DataRace", r" race on C\b"),
)
TILE_NOT_FILLED = Misconception(
    "tile not filled",
    "a thread takes from the tile what nobody has put there. All of the tile must be filled in every step: count "
    "its elements and your threads; and where it hangs over an edge, with zeros.",
    detect=signs.reads_unwritten,
)
BARRIER_SKIPPED = signs.BARRIER_SKIPPED
ADDS_TO_THE_MARK = Misconception(
    "adds to the mark",
    "you add to what `C` holds, and `C` does not start as zeros. Add up in a register, and store the sum.",
    detect=signs.adds_to_the_mark,
)
WRONG_STEP = Misconception(
    "wrong tile offset",
    "right while one step is enough, wrong from the second step on. In the step that begins at `k0`, A's tile "
    "lies `k0` columns further right, and B's tile `k0` rows further down.",
    detect=wrong_from(STEP),
)
