"""``lab07.quantise``: scaled, rounded to the nearest, held to eight bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.checking.case import UNWRITTEN, Case, unwritten_like
from labkit.checking.misconception import Misconception
from labkit.checking.ptx_answer import PTXExercise
from labkit.exercises.lab04.signs import gives, gives_one_of
from labkit.exercises.lab07 import signs
from labkit.exercises.lab07.budget import instructions

THREADS = 64
LOW, HIGH = -128, 127


def specification(x: np.ndarray, scale: float, n: int) -> np.ndarray:
    return np.clip(np.rint(x * scale), -128, 127).astype(np.int16)


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    """Quarters, and a scale that is a power of two: the product is exact, and every other one is a tie."""
    scale = 2.0 if readable else float(rng.choice((0.5, 1.0, 2.0, 4.0)))
    x = rng.integers(-400, 401, size) / 4
    x[: min(size, 4)] = (1.25, -0.25, 80.25, -81.0)[: min(size, 4)]
    arguments = {
        "x": x.astype(np.float32),
        "out": unwritten_like(size, np.int16),
        "scale": np.float32(scale),
        "n": np.uint32(size),
    }
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(7), 2048, False)


def _scaled(case: Case) -> np.ndarray:
    return (case.arguments["x"] * case.arguments["scale"]).astype(np.float64)


def _held(values: np.ndarray) -> np.ndarray:
    return np.clip(values, LOW, HIGH)


ROUNDINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "toward zero (`.rzi`)": np.trunc,
    "down (`.rmi`)": np.floor,
    "up (`.rpi`)": np.ceil,
    "down after adding a half, so ties go up": lambda v: np.floor(v + 0.5),
    "toward zero after adding a half": lambda v: np.trunc(v + 0.5),
    "to the nearest with ties away from zero": lambda v: np.sign(v) * np.floor(np.abs(v) + 0.5),
}


ANOTHER_WAY = (
    "the numbers are rounded {}. Wanted is the nearest whole number, and of two that are equally near the even "
    "one: `.rni`."
)


def _rounded(hold: Callable[[np.ndarray], np.ndarray]) -> dict[str, Callable[[Case], np.ndarray]]:
    """All wrong roundings, followed by ``hold``: a wrong rounding is told before a missing clamp."""
    return {
        name: (lambda case, rounding=rounding: hold(rounding(_scaled(case))))
        for name, rounding in ROUNDINGS.items()
    }


def _rounded_first(case: Case) -> np.ndarray:
    return _held(np.rint(np.rint(case.arguments["x"]) * case.arguments["scale"]))


def _wraps(case: Case) -> np.ndarray:
    return np.rint(_scaled(case)).astype(np.int64).astype(np.int8)


def _low_bytes(case: Case) -> np.ndarray:
    """The mark's upper byte stays above the result's lower one."""
    low = specification(**case.inputs).astype(np.uint16) & 0xFF
    mark = np.array(UNWRITTEN, np.int16).astype(np.uint16) & 0xFF00
    return (low | mark).astype(np.int16)


def _first_block(case: Case) -> np.ndarray:
    return np.arange(case.arguments["x"].size) >= THREADS


EXERCISE = PTXExercise(
    name="lab07.quantise",
    specification=specification,
    make=make,
    ladder=(1, 2, 4, 8, 32, 33, 64, 65, 150),
    fresh=(40, 200, 1000),
    score=instructions(
        measured,
        1600,
        "A conversion rounds and holds to the range by itself: `cvt` takes a rounding mode and a narrow type. "
        "And `mul.wide.u32` widens an index and multiplies it in one.",
    ),
    misconceptions=(
        Misconception(
            "bytes for elements",
            "an element of `x` has 4 bytes and one of `out` has 2. Multiply the index by each array's own size.",
            detect=signs.either(
                signs.misaligned_on("x"),
                signs.index_doubled,
            ),
        ),
        signs.GUARD_INVERTED,
        signs.NO_GUARD,
        Misconception(
            "local index",
            "only the first block's elements are written. `%tid.x` counts within a block: add `%ctaid.x` times "
            "`%ntid.x`, by `mad.lo.u32`.",
            detect=signs.unwritten_where(_first_block),
        ),
        Misconception(
            "wrong rounding mode",
            "the numbers are rounded another way.",
            detect=signs.either(
                *(gives_one_of(_rounded(hold), ANOTHER_WAY) for hold in (_held, lambda v: v))
            ),
        ),
        Misconception(
            "rounded before scaling",
            "`x` became a whole number before it was scaled. Multiply floats first, then convert.",
            detect=gives(_rounded_first),
        ),
        Misconception(
            "no clamp",
            "numbers beyond -128 and 127 go through as they are. Hold them: by `cvt` to `.s8`, or by `min` and `max`.",
            detect=gives(lambda case: np.rint(_scaled(case))),
        ),
        Misconception(
            "wraps around",
            "numbers beyond -128 and 127 lost their upper bits, and 160 became -96. From a float, `cvt` to "
            "`.s8` saturates; from an integer it takes the low byte unless you write `.sat`.",
            detect=gives(_wraps),
        ),
        Misconception(
            "clamped as unsigned",
            "negative numbers are gone, or those up to 255 stay. The range is that of `.s8`, not of `.u8`.",
            detect=signs.either(
                gives(lambda case: np.clip(np.rint(_scaled(case)), 0, 255)),
                gives(lambda case: np.clip(np.rint(_scaled(case)), 0, HIGH)),
            ),
        ),
        Misconception(
            "one side only",
            "the range is held on one side only: it takes a `min` and a `max`.",
            detect=signs.either(
                gives(lambda case: np.minimum(np.rint(_scaled(case)), HIGH)),
                gives(lambda case: np.maximum(np.rint(_scaled(case)), LOW)),
            ),
        ),
        Misconception(
            "a byte of two",
            "only the low byte of each element is written. `out` has 16 bits an element: `st.global.u16`.",
            detect=gives(_low_bytes),
        ),
    ),
)
