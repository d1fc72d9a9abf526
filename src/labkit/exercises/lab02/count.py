"""``lab02.count``: how many sectors one access of a warp touches."""

from __future__ import annotations

import numpy as np

from labkit.checking.case import Case
from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception

SECTOR = 32
LINE = 128


def specification(addresses: np.ndarray) -> int:
    return len({int(address) // SECTOR for address in addresses})


def make(rng: np.random.Generator, size: tuple[int, ...] | int, readable: bool) -> Case:
    """Readable cases are made of the addresses themselves; the others of how many lines they lie in."""
    if readable and not isinstance(size, int):
        addresses = np.array(size)
    else:
        lines = size if isinstance(size, int) else max(size) // LINE + 1
        addresses = 4 * rng.integers(0, 32 * lines, 32)
    return Case(size, {"addresses": addresses}, outputs=())


def _no_number(answer, outcomes) -> bool | str:
    for outcome in outcomes:
        if outcome.got is None:
            continue
        got = outcome.got["result"]
        value = got.item() if got.ndim == 0 else None
        if got.ndim:
            return "the function returns an array. It should return one number: how many sectors there are."
        if value is None:
            return "the function returns no number. Did you forget `return`?"
        if float(value) != int(value):
            return "there are only whole sectors: `//` divides without a remainder."
    return False


def _span(addresses: np.ndarray) -> int:
    return int(addresses.max() // SECTOR - addresses.min() // SECTOR + 1)


def _changes(addresses: np.ndarray) -> int:
    return int(np.count_nonzero(np.diff(addresses // SECTOR)) + 1)


EXERCISE = FunctionExercise(
    name="lab02.count",
    specification=specification,
    make=make,
    ladder=(
        (0,),
        (0, 4),
        (28, 32),
        (8, 8),
        (0, 64),
        (64, 32, 0),
        (0, 64, 4),
        (16, 20, 24, 28),
        (0, 128, 256, 384),
        tuple(range(0, 256, 8)),
    ),
    fresh=(1, 2, 3, 40),
    misconceptions=(
        Misconception("not a whole number", "the result must be a whole number.", detect=_no_number),
        Misconception(
            "lines for sectors",
            "these are lines of 128 bytes. Count their quarters: a sector has 32 bytes.",
            model=lambda addresses: len(set(addresses // LINE)),
        ),
        Misconception(
            "lines for sectors",
            "a line that is touched is not moved whole: only the sectors in which somebody wants a byte are.",
            model=lambda addresses: 4 * len(set(addresses // LINE)),
        ),
        Misconception(
            "one each",
            "that is one sector for each lane. Lanes whose addresses lie in one sector share it.",
            model=lambda addresses: addresses.size,
        ),
        Misconception(
            "one each",
            "these are different addresses. Two addresses 4 bytes apart may still lie in one sector.",
            model=lambda addresses: len(set(addresses)),
        ),
        Misconception(
            "one each",
            "these are words of 4 bytes. A sector holds eight of them.",
            model=lambda addresses: len(set(addresses // 4)),
        ),
        Misconception(
            "bytes over 32",
            "you divided the bytes that are wanted. That is the least that could do; where the addresses lie "
            "decides.",
            model=lambda addresses: -(-4 * addresses.size // SECTOR),
        ),
        Misconception(
            "span",
            "you counted every sector between the first and the last. Those that nobody wants are not moved.",
            model=_span,
        ),
        Misconception(
            "span",
            "the way from the lowest to the highest address says nothing about sectors that nobody wants, nor "
            "about where a sector begins.",
            model=lambda addresses: int((addresses.max() - addresses.min()) // SECTOR + 1),
        ),
        Misconception(
            "order",
            "you compare neighbours only. If lanes come back to a sector, it counts once: memory sees all "
            "addresses together, in no order.",
            model=_changes,
        ),
    ),
)
