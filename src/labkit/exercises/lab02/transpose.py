"""``lab02.transpose``: rows become columns, through a tile, so that both sides are straight."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.counted import bank_conflicts, dearest_line, sectors_a_request
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception, first_error
from labkit.checking.score import Score
from labkit.exercises.lab01.guard import no_guard
from labkit.exercises.numbers import image

TILE = 32


def specification(a: np.ndarray) -> np.ndarray:
    return a.T


def make(rng: np.random.Generator, size: tuple[int, int], readable: bool) -> Case:
    height, width = size
    arguments = {"a": image(rng, size, readable), "out": unwritten_like((width, height), np.int32)}
    return Case(size, arguments, blocks=(-(-width // TILE), -(-height // TILE)), threads=(TILE, TILE))


def measured() -> Case:
    return make(np.random.default_rng(2), (64, 64), False)


def _move(target, guard=lambda x, y, a: x < a.shape[1] and y < a.shape[0], source=lambda x, y: (y, x)):
    """A mistaken kernel: each thread takes ``a[source]`` to ``out[target(x, y, a)]``."""

    def body(t, a, out):
        x, y = t.index_2d
        if guard(x, y, a):
            out[target(x, y, a)] = a[source(x, y)]

    return body


def _block_not_swapped(t, a, out):
    """The tile is turned round, and put where the block stood."""
    (x, y), (tx, ty) = t.index_2d, t.thread[:2]
    height, width = a.shape
    row, column = y - ty + tx, x - tx + ty  # what tile[tx, ty] holds
    if x < height and y < width and row < height and column < width:
        out[y, x] = a[row, column]


def _error(kind):
    def detect(answer, outcomes) -> bool:
        return first_error(outcomes) == kind

    return detect


def _wrong_across_tiles(answer, outcomes) -> bool:
    """Everything within one tile is right, and something beyond it is not."""
    one = [o for o in outcomes if max(o.case.size) <= TILE]
    more = [o for o in outcomes if max(o.case.size) > TILE]
    return bool(one) and all(o.right for o in one) and any(not o.right for o in more)


def _square_guard(answer, outcomes) -> bool:
    """Square arrays are right; oblong ones have gaps, or the tile is asked for what it never got."""
    square = [o for o in outcomes if o.case.size[0] == o.case.size[1]]
    oblong = [o for o in outcomes if o.case.size[0] != o.case.size[1]]
    if not all(o.right for o in square) or any(o.right for o in oblong):
        return False
    return all(o.got is not None or first_error([o]) in ("UninitializedRead", "MemoryFault") for o in oblong)


UNLOADED = (
    "a thread takes an element of the tile that nobody put there. Thread (tx, ty) loads `tile[ty, tx]` and stores "
    "`tile[tx, ty]`; ask before the store whether *that* element lies inside."
)

EXERCISE = KernelExercise(
    name="lab02.transpose",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (5, 4), (3, 40), (40, 3), (33, 34)),
    fresh=((32, 32), (64, 32), (45, 70)),
    misconceptions=(
        Misconception(
            "no guard", "there is no guard, neither for the rows nor for the columns.", detect=no_guard
        ),
        Misconception(
            "barrier missing",
            "a thread reads from the tile what another has perhaps not written yet. Between filling the tile and "
            "using it stands a barrier, `cuda.syncthreads()`.",
            detect=_error("DataRace"),
        ),
        Misconception(
            "barrier inside the guard",
            "the barrier stands where not all threads pass. Put it outside of the `if`.",
            detect=_error("BarrierError"),
        ),
        Misconception(
            "copied",
            "the array is copied as it is, and where it is not square the copy does not fit.",
            body=_move(lambda x, y, a: (y, x)),
        ),
        Misconception(
            "x is the row",
            "x counts along a row, so it is the column: read `a[y, x]`.",
            body=_move(lambda x, y, a: (y, x), source=lambda x, y: (x, y)),
        ),
        Misconception(
            "guard not swapped",
            "square arrays are right, others are not. In `out` height and width have changed places, and so must "
            "the second guard: column against `a.shape[0]`, row against `a.shape[1]`.",
            detect=_square_guard,
        ),
        Misconception(
            "block not swapped",
            "each tile is turned round, but lies where it was. Tile and block must both change places: the block "
            "in column bx and row by writes to column by and row bx of `out`.",
            body=_block_not_swapped,
        ),
        Misconception(
            "block not swapped",
            "right within one tile, wrong beyond it. The block in column bx and row by writes to the tile in "
            "column by and row bx of `out`: start at `by * 32` and `bx * 32`.",
            detect=_wrong_across_tiles,
        ),
        Misconception(
            "guard missing on one side",
            "only the columns are guarded. Threads below the last row need a guard too.",
            body=_move(lambda x, y, a: (x, y), guard=lambda x, y, a: x < a.shape[1]),
        ),
        Misconception(
            "guard missing on one side",
            "only the rows are guarded. Threads right of the last column run into the next row.",
            body=_move(lambda x, y, a: (x, y), guard=lambda x, y, a: y < a.shape[0]),
        ),
        Misconception("tile read at the wrong place", UNLOADED, detect=_error("UninitializedRead")),
    ),
    score=(
        Score(
            unit="sectors a request",
            measure=sectors_a_request,
            case=measured,
            goal=4,
            advice="Load a tile row by row, turn it round in shared memory, and store it row by row.",
            place=dearest_line,
        ),
        Score(
            unit="bank conflicts",
            measure=bank_conflicts,
            case=measured,
            goal=0,
            advice="Lanes of a warp that walk down a column of the tile meet in one bank. One unused column more "
            "shifts each row by a bank.",
        ),
    ),
)
