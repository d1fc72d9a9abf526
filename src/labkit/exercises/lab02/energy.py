"""``lab02.energy``: records that stay records, and a block that fetches them straight all the same."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.counted import dearest_line, sectors
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception, first_error
from labkit.checking.score import Score
from labkit.exercises.lab01.guard import no_guard

THREADS = 64
#: 256 records of 16 bytes are 128 sectors, 256 results 32.
LEAST = 256 * (16 + 4) // 32


def specification(values: np.ndarray) -> np.ndarray:
    x, y, z, mass = values.reshape(-1, 4).astype(np.float64).T
    return mass * (x * x + y * y + z * z)


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    values = rng.permutation(4 * size) % 9 + 1 if readable else rng.uniform(-3, 3, 4 * size)
    arguments = {"values": values.astype(np.float32), "out": unwritten_like(size, np.float32)}
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(2), 256, False)


def _energy(x, y, z, mass):
    return float(mass) * (float(x) ** 2 + float(y) ** 2 + float(z) ** 2)


def _from(fields, guard=lambda i, n: i < n, formula=_energy):
    """A mistaken kernel that takes ``values[k]`` for the four ``k`` of ``fields(i, n)``."""

    def body(t, values, out):
        if guard(t.index, out.size):
            out[t.index] = formula(*(values[k] for k in fields(t.index, out.size)))

    return body


def _record(i, n):
    return range(4 * i, 4 * i + 4)


def _error(kind):
    def detect(answer, outcomes) -> bool:
        return first_error(outcomes) == kind

    return detect


EXERCISE = KernelExercise(
    name="lab02.energy",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 2, 3, 63, 64, 65, 100),
    fresh=(64, 130, 256),
    misconceptions=(
        Misconception(
            "no guard", "there is no guard. The last block has more threads than records.", detect=no_guard
        ),
        Misconception(
            "barrier missing",
            "a thread uses numbers that another fetches, and nothing makes it wait. A barrier belongs between "
            "filling the tile and using it.",
            detect=_error("DataRace"),
        ),
        Misconception(
            "barrier inside the guard",
            "the barrier stands where only threads with a record pass. Put it outside of the `if`.",
            detect=_error("BarrierError"),
        ),
        Misconception(
            "tile not filled",
            "the tile is not full: a thread uses a number that nobody fetched. 64 records are 256 numbers, so each "
            "of the 64 threads fetches four.",
            detect=_error("UninitializedRead"),
        ),
        Misconception(
            "one number a record",
            "the numbers of record i begin at `4 * i`, not at i.",
            body=_from(lambda i, n: range(i, i + 4)),
        ),
        Misconception(
            "arrays, not records",
            "this reads x, y, z and mass as if each were an array of its own. Here they lie side by side, record "
            "after record: x of record i is `values[4 * i]`.",
            body=_from(lambda i, n: (i, i + n, i + 2 * n, i + 3 * n)),
        ),
        Misconception(
            "wrong field",
            "the mass is the last number of a record, not the first.",
            body=_from(lambda i, n: (4 * i + 1, 4 * i + 2, 4 * i + 3, 4 * i)),
        ),
        Misconception(
            "square missing",
            "the speeds must be squared, one by one.",
            body=_from(_record, formula=lambda x, y, z, m: float(m) * (float(x) + float(y) + float(z))),
        ),
        Misconception(
            "square missing",
            "square each speed before you add them up.",
            body=_from(_record, formula=lambda x, y, z, m: float(m) * (float(x) + float(y) + float(z)) ** 2),
        ),
        Misconception(
            "off by one",
            "your guard lets one thread too many through.",
            body=_from(_record, guard=lambda i, n: i <= n),
        ),
        Misconception(
            "guard too tight",
            "your guard stops one thread too early: the last record is missing.",
            body=_from(_record, guard=lambda i, n: i < n - 1),
        ),
        Misconception(
            "guard counts numbers",
            "the guard compares the record's index with the count of *numbers*. There are as many records as `out` "
            "has elements.",
            body=_from(_record, guard=lambda i, n: i < 4 * n),
        ),
    ),
    score=Score(
        unit="sectors for 256 records",
        measure=sectors,
        case=measured,
        goal=LEAST,
        advice="All four numbers of a record are used, but each load asks for the same sectors again. Let the block "
        "fetch its 256 numbers once, side by side, into shared memory.",
        place=dearest_line,
    ),
)
