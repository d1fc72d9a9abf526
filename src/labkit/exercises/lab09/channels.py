"""``lab09.channels``: blocks in pairs, each pair with a ring of its own, and streams that end when they like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, Outcome, unwritten_like
from labkit.exercises.lab09.alone import accesses_of, left_by
from labkit.exercises.lab09.bypass import past_the_ring, words_moved
from labkit.exercises.lab09.judging import OrderExercise
from labkit.exercises.lab09.signs import (
    BARRIER,
    EARLY_RELEASE,
    EARLY_TAIL,
    Found,
    is_endless,
    looks_once,
    outside,
    space,
    weak_counter,
)


def specification(x: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    out = np.full(x.shape, -9999)
    for c, n in enumerate(sizes):
        out[c, :n] = x[c, :n]
    return out, sizes


def make(rng: np.random.Generator, size: tuple[tuple[int, ...], int, int], readable: bool) -> Case:
    sizes, room, words = size
    longest = max(*sizes, 1)
    x = rng.integers(1, 10 if readable else 10_000, (len(sizes), longest), dtype=np.int32)
    arguments = {
        "x": x,
        "sizes": np.array(sizes, np.int32),
        "slots": unwritten_like((len(sizes), room, 1 + words), np.int32),
        "head": np.zeros(len(sizes), np.int32),
        "tail": np.zeros(len(sizes), np.int32),
        "out": unwritten_like(x.shape, np.int32),
        "count": unwritten_like(len(sizes), np.int32),
    }
    streams = f"stream{'s' * (len(sizes) > 1)} of {', '.join(map(str, sizes))}"
    text = f"{streams}; {room} slot{'s' * (room > 1)} for {words} word{'s' * (words > 1)}"
    outputs = ("out", "count", "slots", "head", "tail")
    return Case(text, arguments, blocks=2 * len(sizes), threads=words, outputs=outputs)


def _alone(kernel: Any, room: int) -> int:
    """How many pieces block 0 publishes, of one word each, when nobody takes them out."""
    case = make(np.random.default_rng(0), ((room + 2,), room, 1), True)
    return int(left_by(kernel[1, 1], *case.arguments.values()).results[4][0])


def _space(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    return space(lambda room: _alone(kernel, room), is_endless(outcomes))


def _early(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    case = make(np.random.default_rng(0), ((0,), 2, 1), True)
    sender, receiver = accesses_of(kernel[2, 1], 2, *case.arguments.values())
    for order, data, counter, found in (
        (sender, ("write", "slots"), "tail", EARLY_TAIL),
        (receiver, ("read", "slots"), "head", EARLY_RELEASE),
    ):
        moved = [n for n, access in enumerate(order) if access == data]
        told = [n for n, (kind, place) in enumerate(order) if kind != "read" and place == counter]
        if moved and told and told[0] < moved[0]:
            return found
    return None


def _right(kernel: Any, size: Any) -> bool:
    from labkit.checking.engine import run_kernel
    from labkit.exercises.lab09.program import SEEDS, STEPS

    case, expected = EXERCISE.case_of(size)
    return all(run_kernel(kernel, case, expected, seed=seed, budget=STEPS).right for seed in SEEDS[:2])


def _pieces_alone(kernel: Any, elements: int) -> int:
    """How many pieces of two words the sender publishes for a stream that has room."""
    case = make(np.random.default_rng(0), ((elements,), 4, 2), True)
    return int(left_by(kernel[1, 2], *case.arguments.values()).results[4][0])


def _full_pieces_only(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    if not is_endless(outcomes):
        return None
    if [_pieces_alone(kernel, n) for n in (2, 3, 4)] == [1, 1, 2]:
        return (
            "no last piece",
            "the sender sends full pieces only, and the receiver waits for the one that ends the stream. After them "
            "comes one more, with what is left, and that may be nothing: it is empty then, and is sent all the same.",
        )
    return None


def _no_end(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    """A stream that ends within a piece arrives, and one that ends with a full piece never does."""
    if not is_endless(outcomes):
        return None
    if _right(kernel, ((3,), 4, 2)) and not _right(kernel, ((2,), 4, 2)):
        return (
            "no closing piece",
            "a stream whose length is a multiple of the slot never ends: its last piece is full, and the receiver "
            "waits for another. Send an empty piece to close it.",
        )
    return None


def _shared_counter(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    """One channel works, two do not."""
    if _right(kernel, ((3,), 2, 2)) and not _right(kernel, ((3, 3), 2, 2)):
        return (
            "channels mixed up",
            "one channel alone works, and two disturb each other. Channel `c = block // 2` has its own row of "
            "`slots` and its own `head[c]` and `tail[c]`: pass `head[c:]`, not `head`.",
        )
    return None


def _past_the_end(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    """Elements behind the end of a stream were written, or read."""
    for outcome in outcomes:
        faults = [e for e in outcome.errors if type(e).__name__ == "MemoryFault" and e.array in ("x", "out")]
        extra = outcome.got is not None and np.any(
            (outcome.got["out"] != UNWRITTEN) & (outcome.expected["out"] == UNWRITTEN)
        )
        if faults or extra:
            return (
                "past the end of the stream",
                "the last piece is shorter than a slot, and a thread beyond its length moves an element all the same. "
                "Word 0 of the slot says how many there are.",
            )
    return None


def _past_the_ring(kernel: Any) -> Found:
    """Three elements in two pieces, one after the other in a single slot."""
    case, _ = EXERCISE.case_of(((3,), 1, 2))
    moved = words_moved(kernel, case, "slots", lambda word: "data" if word else "length")
    if moved is None:
        return None
    found = past_the_ring(3, moved[0, "write", "data"], moved[1, "read", "data"])
    if found is None and moved[1, "read", "length"] < 2:
        return (
            "length from elsewhere",
            "the result is right, but the receiver does not look at word 0 of every piece. It must not know the "
            "length of its stream from `sizes`, which only the sender has: it learns from the pieces when to stop.",
        )
    return found


EXERCISE = OrderExercise(
    name="lab09.channels",
    specification=specification,
    make=make,
    ladder=(
        ((0,), 1, 1),
        ((1,), 4, 2),
        ((2,), 4, 2),
        ((3,), 1, 2),
        ((1, 3), 2, 2),
        ((5, 0, 8), 2, 4),
        ((40, 70), 2, 32),
        ((80,), 1, 64),
    ),
    fresh=(((33, 64, 5), 3, 32),),
    handed_over=("channels",),
    weakened=(((200,), 2, 64), ((80,), 1, 64)),
    misconceptions=(BARRIER,),
    signs=(
        weak_counter("head", "tail"),
        looks_once,
        outside("slots"),
        _past_the_end,
        _full_pieces_only,
        _no_end,
        _space,
        _early,
        _shared_counter,
    ),
    although_right=(_past_the_ring,),
)
