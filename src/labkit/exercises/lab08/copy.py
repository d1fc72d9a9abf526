"""``lab08.copy``: sixteen bytes a lane and instruction, with a head and a tail that do not fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, Outcome, unwritten_like
from labkit.checking.engine import run_kernel
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.checking.score import Score
from labkit.exercises.lab04.signs import gives, races_on
from labkit.exercises.lab08 import signs
from labkit.exercises.lab08.traffic import accessed, counted_over_plain

BLOCKS, THREADS = 2, 64
TOTAL = BLOCKS * THREADS
#: Elements behind the last that is copied, so that one too many is seen and does not fault.
BEHIND = 5

#: Where the copy begins, and how many elements it has.
Extent = tuple[int, int]


def specification(source: np.ndarray, first: int, n: int) -> np.ndarray:
    target = np.full(source.size, -9999)
    target[first : first + n] = source[first : first + n]
    return target


def make(rng: np.random.Generator, extent: Extent, readable: bool) -> Case:
    first, n = extent
    size = first + n + BEHIND
    source = np.arange(10, 10 + size) if readable else rng.integers(1, 2**31, size)
    arguments = {
        "source": source.astype(np.int32),
        "target": unwritten_like(size, np.int32),
        "first": first,
        "n": n,
    }
    text = f"first = {first}, n = {n}"
    return Case(text, arguments, blocks=BLOCKS, threads=THREADS, outputs=("target",))


def measured() -> Case:
    return make(np.random.default_rng(8), (1, 8190), False)


def _extent(case: Case) -> Extent:
    return case.arguments["first"], case.arguments["n"]


def _begins(case: Case) -> tuple[int, int, int, int]:
    """Where head, vectors and tail begin, and where the tail ends."""
    start, n = _extent(case)
    body = start + min(-start % 4, n)
    tail = body + (start + n - body) // 4 * 4
    return start, body, tail, start + n


def _places(case: Case) -> np.ndarray:
    return np.arange(case.arguments["source"].size)


def _head(case: Case) -> np.ndarray:
    start, body, _, _ = _begins(case)
    return (_places(case) >= start) & (_places(case) < body)


def _vectors(case: Case) -> np.ndarray:
    _, body, tail, _ = _begins(case)
    return (_places(case) >= body) & (_places(case) < tail)


def _tail(case: Case) -> np.ndarray:
    _, _, tail, end = _begins(case)
    return (_places(case) >= tail) & (_places(case) < end)


def _beyond_one_turn(case: Case) -> np.ndarray:
    return _vectors(case) & (_places(case) >= _begins(case)[1] + 4 * TOTAL)


def _inside(case: Case) -> np.ndarray:
    start, n = _extent(case)
    return (_places(case) >= start) & (_places(case) < start + n)


def _one_vector(case: Case) -> bool:
    return np.count_nonzero(_vectors(case)) <= 4


def _aligned(case: Case) -> bool:
    return _extent(case)[0] % 4 == 0


def _aligned_or_short(case: Case) -> bool:
    return _aligned(case) or not _vectors(case).any()


def _writes_outside(*sides: str):
    """All that is asked for is copied, and elements on just these sides of it are written as well.

    Runs that were stopped say nothing, unless the first that went wrong is one of them.
    """

    def detect(answer: Any, outcomes: Sequence[Outcome]) -> bool:
        seen: set[str] = set()
        wrong = next((o for o in outcomes if not o.right), None)
        if wrong is None or wrong.got is None:
            return False
        for o in (o for o in outcomes if o.got is not None):
            got, want, inside = o.got["target"], o.expected["target"], _inside(o.case)
            if not np.array_equal(got[inside], want[inside]):
                return False
            start, n = _extent(o.case)
            for side, places in (
                ("before", _places(o.case) < start),
                ("behind", _places(o.case) >= start + n),
            ):
                if np.any(got[places] != UNWRITTEN):
                    seen.add(side)
        return seen == set(sides)

    return detect


def _other_order(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Every vector holds its own four elements, in another order."""
    seen = False
    for o in outcomes:
        if o.got is None:
            return False
        got, want, vectors = o.got["target"], o.expected["target"], _vectors(o.case)
        fours = got[vectors].reshape(-1, 4), want[vectors].reshape(-1, 4)
        if not np.array_equal(*(np.sort(f, axis=1) for f in fours)):
            return False
        seen |= not np.array_equal(*fours)
    return seen


def _as_numbers(case: Case) -> np.ndarray:
    """The vectors as someone gets them who takes their bits for a float32, and then makes it a whole number."""
    source = case.arguments["source"]
    with np.errstate(invalid="ignore"):
        floats = np.trunc(source.view(np.float32)).clip(-(2**31), 2**31 - 1).astype(np.int64)
    return np.where(_vectors(case), floats, specification(source, *_extent(case)))


def _first_of_four(case: Case) -> np.ndarray:
    source, places = case.arguments["source"], _places(case)
    body = _begins(case)[1]
    first_ones = source[body + (places - body) // 4 * 4]
    return np.where(_vectors(case), first_ones, specification(source, *_extent(case)))


def _misaligned_inside(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """A misaligned access to an element that there is. (A slice that begins too far out begins at the end.)"""
    o = next((o for o in outcomes if not o.right), None)
    o = o if o is not None and o.errors else None
    found = re.search(r"at \w+\[(\d+)\], which is not a multiple of", str(o.errors[0])) if o else None
    return found is not None and int(found[1]) < o.case.arguments["source"].size


def _second_vector_astray(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """Right with one vector at most. With more, some are never written, or the arrays are left."""
    more = [o for o in outcomes if not _one_vector(o.case)]
    if not more or not all(o.right for o in outcomes if _one_vector(o.case)):
        return False
    return not any(o.right for o in more) and all(_gap_or_fault(o) for o in more)


def _gap_or_fault(o: Outcome) -> bool:
    if o.got is None:
        return signs.first_is("MemoryFault")(None, [o])
    return bool(np.any(o.got["target"][_vectors(o.case)] == UNWRITTEN))


def _removed(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """No vector is ever written, though the text for it is there: the compiler took it out."""
    return signs.has_text(answer, "st.global") and signs.unwritten_where(_vectors, "target")(answer, outcomes)


def _blame(answer: Any, case: Case) -> tuple[str, str] | None:
    found = accessed(answer, case)
    wide_loads, wide_stores = (any(a.operation == op and a.width == 16 for a in found) for op in ("ld", "st"))
    if not wide_loads and not wide_stores:
        return "one at a time", (
            "No instruction moves 16 bytes. `ld.global.v4.u32 {%0, %1, %2, %3}, [%4];` fetches four elements for each "
            "lane, and `st.global.v4.u32` stores four."
        )
    if wide_loads != wide_stores:
        there, missing = ("loads", "stores") if wide_loads else ("stores", "loads")
        return "one side only", f"Your {there} move 16 bytes, and your {missing} do not yet."
    if any("target" in str(w) for w in run_kernel(answer, case, {}).warnings):
        return "copied twice", (
            "Several threads write the same elements, with the same values. Head and tail belong to one thread each."
        )
    return None


EXERCISE = KernelExercise(
    name="lab08.copy",
    specification=specification,
    make=make,
    ladder=(
        (0, 4),
        (0, 8),
        (0, 5),
        (0, 3),
        (3, 1),
        (1, 2),
        (3, 5),
        (2, 12),
        (1, 30),
        (0, 0),
        (0, 1030),
        (3, 1400),
    ),
    fresh=((1, 777), (2, 2000), (4, 515)),
    score=(
        Score(
            "times the requests of the plain copy",
            counted_over_plain("requests", "copy"),
            measured,
            goal=0.3,
            too_much=0.9,
            advice="Four elements with each load and each store make a quarter of the requests, and a few for head "
            "and tail.",
            blame=_blame,
        ),
        Score(
            "times the sectors of the plain copy",
            counted_over_plain("sectors", "copy"),
            measured,
            goal=1,
            advice="Lanes next to each other should move vectors next to each other: 32 lanes, 512 bytes in one "
            "piece.",
        ),
    ),
    misconceptions=(
        signs.MISFIT,
        signs.NOT_PTX,
        signs.OPERAND_NUMBER,
        signs.STATE_SPACE,
        Misconception(
            "start not aligned",
            "all is right while `first` is a multiple of four. Elsewhere the address of a vector is no multiple of "
            "16 bytes. Copy the few elements up to the next multiple one by one.",
            detect=signs.right_only_where(_aligned_or_short, "MemoryFault", "not a multiple of"),
        ),
        Misconception(
            "vectors for elements",
            "a vector's address is no multiple of 16 bytes. Vector number `v` begins `4 * v` *elements* behind the "
            "first vector.",
            detect=_misaligned_inside,
        ),
        Misconception(
            "bytes for elements",
            "the first vector is right, and the next lies too far away. An index counts elements, not bytes: "
            "`source[k:]` is the address of element `k`, and vector `v` begins `4 * v` elements behind the first.",
            detect=_second_vector_astray,
        ),
        Misconception(
            "two sources",
            "two threads write different values to one element of `target`. Element `i` comes from element `i`.",
            detect=races_on("target"),
        ),
        Misconception(
            "text removed",
            "the store stands in your text, and not in the PTX: the text has outputs that nobody uses, so the compiler "
            "took it for useless. `volatile` in the constraints keeps it; `memory` says that it writes.",
            detect=_removed,
        ),
        Misconception(
            "tail lost",
            "the last elements are never written. Behind the whole vectors up to three are left over: they go one by "
            "one.",
            detect=signs.unwritten_where(_tail, "target"),
        ),
        Misconception(
            "head lost",
            "the first elements are never written. Those before the first multiple of four go one by one.",
            detect=signs.unwritten_where(_head, "target"),
        ),
        Misconception(
            "whole vectors only",
            "the elements before the first whole vector and behind the last are never written. They go one by one.",
            detect=signs.unwritten_where(lambda case: _head(case) | _tail(case), "target"),
        ),
        Misconception(
            "single turn",
            "128 vectors are copied, one for each thread, and no more. Let each thread go on, a whole grid further.",
            detect=signs.unwritten_where(_beyond_one_turn, "target"),
        ),
        Misconception(
            "past the end",
            "elements behind the last are written, too. The number of whole vectors is rounded *down*.",
            detect=_writes_outside("behind"),
        ),
        Misconception(
            "before the start",
            "elements before `first` are written, too. The vectors begin at the next multiple of four, rounded *up*.",
            detect=_writes_outside("before"),
        ),
        Misconception(
            "past both ends",
            "elements before `first` and behind the last are written, too. The vectors begin at the next multiple of "
            "four, rounded *up*, and end where a whole one still fits. A short copy may have none: then its head ends "
            "where the copy ends.",
            detect=_writes_outside("before", "behind"),
        ),
        Misconception(
            "another order",
            "each vector has its four elements, in another order. What the load calls `%0` comes back first; in the "
            "store the address is `%0`, so the elements are `%1` to `%4`.",
            detect=_other_order,
        ),
        Misconception(
            "one for four",
            "all four elements of a vector are its first. Store four operands.",
            detect=gives(_first_of_four, "target"),
        ),
        Misconception(
            "wrong constraint",
            "the bits of your vectors were taken for floats, and then made whole numbers. The elements are "
            "`int32`: their letter is `r`.",
            detect=gives(_as_numbers, "target"),
        ),
    ),
)
