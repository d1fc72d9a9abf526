"""``lab02.split``: an array of structures becomes a structure of arrays."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.counted import dearest_line, sectors_a_request
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.checking.score import Score
from labkit.exercises.lab01.guard import no_guard
from labkit.exercises.numbers import image

FIELDS = 4


def specification(records: np.ndarray) -> np.ndarray:
    return records.T


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    threads = 8 if size < 20 else 128
    records = image(rng, (size, FIELDS), readable).astype(np.float32)
    arguments = {"records": records, "out": unwritten_like((FIELDS, size), np.float32)}
    return Case((size, FIELDS), arguments, blocks=-(-FIELDS * size // threads), threads=threads)


def measured() -> Case:
    return make(np.random.default_rng(2), 256, False)


def _flat(target, guard=lambda i, n: i < FIELDS * n):
    """A mistaken kernel that takes number ``i`` of the records to ``target(i, n)``, a field and a record."""

    def body(t, records, out):
        n = records.shape[0]
        if guard(t.index, n):
            out[target(t.index, n)] = records[t.index // FIELDS, t.index % FIELDS]

    return body


def _right_place(i, n):
    return i % FIELDS, i // FIELDS


def _one_record(fields, guard=lambda i, n: i < n):
    """A mistaken kernel in which thread ``i`` takes some fields of record ``i``."""

    def body(t, records, out):
        if guard(t.index, records.shape[0]):
            for field in fields:
                out[field, t.index] = records[t.index, field]

    return body


def _reversed_fields(t, records, out):
    if t.index < records.shape[0]:
        for field in range(FIELDS):
            out[FIELDS - 1 - field, t.index] = records[t.index, field]


GUARD = "there is no guard. Threads past the last number leave the array."
INTERCHANGED = (
    "rows and columns of `out` are interchanged: its first index is the field, its second the record."
)

EXERCISE = KernelExercise(
    name="lab02.split",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 2, 3, 4, 5, 7, 8, 9),
    fresh=(32, 100, 256),
    misconceptions=(
        Misconception("no guard", GUARD, detect=no_guard),
        Misconception("no guard", GUARD, body=_flat(_right_place, guard=lambda i, n: True)),
        Misconception("no guard", GUARD, body=_one_record(range(FIELDS), guard=lambda i, n: True)),
        Misconception(
            "copied, not split",
            "the numbers lie in `out` in the same order as before. Number i is field `i % 4` of record `i // 4`, "
            "and belongs to `out[field, record]`.",
            body=_flat(lambda i, n: (i // n, i % n)),
        ),
        Misconception("interchanged", INTERCHANGED, body=_flat(lambda i, n: (i // FIELDS, i % FIELDS))),
        Misconception(
            "only one field",
            "only the first field arrives. A record has four.",
            body=_one_record((0,)),
        ),
        Misconception(
            "one field missing",
            "the last field is missing: `range(3)` ends with 2.",
            body=_one_record(range(FIELDS - 1)),
        ),
        Misconception(
            "guard too tight",
            "the guard compares the number's index with the count of *records*. There are four numbers a record.",
            body=_flat(_right_place, guard=lambda i, n: i < n),
        ),
        Misconception(
            "wrong order", "the fields come in the wrong order: last one first.", body=_reversed_fields
        ),
        Misconception(
            "off by one",
            "your guard lets one thread too many through.",
            body=_flat(_right_place, guard=lambda i, n: i <= FIELDS * n),
        ),
        Misconception(
            "off by one",
            "your guard lets one thread too many through.",
            body=_one_record(range(FIELDS), guard=lambda i, n: i <= n),
        ),
    ),
    score=Score(
        unit="sectors a request",
        measure=sectors_a_request,
        case=measured,
        goal=4,
        advice="There are four threads a record: let neighbouring threads read neighbouring *numbers*, and see "
        "where each has to go.",
        place=dearest_line,
    ),
)
