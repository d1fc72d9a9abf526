"""``lab09.ring``: a ring buffer between two blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome, unwritten_like
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


def specification(x: np.ndarray) -> np.ndarray:
    return x.copy()


def make(rng: np.random.Generator, size: tuple[int, int, int], readable: bool) -> Case:
    pieces, room, words = size
    x = rng.integers(1, 10 if readable else 10_000, pieces * words, dtype=np.int32)
    arguments = {
        "x": x,
        "slots": unwritten_like((room, words), np.int32),
        "head": np.zeros(1, np.int32),
        "tail": np.zeros(1, np.int32),
        "out": unwritten_like(x.size, np.int32),
    }
    text = f"{pieces} piece{'s' * (pieces > 1)} of {words}, {room} slot{'s' * (room > 1)}"
    return Case(text, arguments, blocks=2, threads=words, outputs=("out", "slots", "head", "tail"))


def _sent_alone(kernel: Any, room: int) -> int:
    """How many pieces block 0 publishes, of one word each, when nobody takes them out."""
    case = make(np.random.default_rng(0), (room + 3, room, 1), True)
    return int(left_by(kernel[1, 1], *case.arguments.values()).results[3][0])


def _space(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    return space(lambda room: _sent_alone(kernel, room), is_endless(outcomes))


def _early(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    case = make(np.random.default_rng(0), (1, 2, 1), True)
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


def _head_still(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    if not is_endless(outcomes):
        return None
    case = make(np.random.default_rng(0), (3, 1, 1), True)
    *_, head, tail, _ = left_by(kernel[2, 1], *case.arguments.values()).results
    if tail[0] > 0 and head[0] == 0:
        return (
            "slots never given back",
            "the receiver takes pieces out and `head` stays 0, so once all slots are full the sender waits for ever. "
            "Store in `head` how many pieces have been taken out.",
        )
    return None


def _past_the_ring(kernel: Any) -> Found:
    """With one slot of one word, each word is a write and a read of its own."""
    case, _ = EXERCISE.case_of((2, 1, 1))
    moved = words_moved(kernel, case, "slots", lambda word: "data")
    if moved is None:
        return None
    return past_the_ring(2, moved[0, "write", "data"], moved[1, "read", "data"])


EXERCISE = OrderExercise(
    name="lab09.ring",
    specification=specification,
    make=make,
    ladder=((1, 1, 1), (1, 2, 1), (2, 2, 1), (2, 1, 1), (3, 2, 1), (2, 2, 64), (2, 1, 64), (4, 2, 64)),
    fresh=((5, 3, 32), (6, 4, 96)),
    handed_over=("ring",),
    weakened=((4, 2, 64), (2, 1, 64)),
    misconceptions=(BARRIER,),
    signs=(weak_counter("head", "tail"), looks_once, outside("slots"), _space, _head_still, _early),
    although_right=(_past_the_ring,),
)
