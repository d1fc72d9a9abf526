"""``lab09.message``: the two halves of a message, one function that raises a flag and one that awaits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.answer import python_function
from labkit.checking.case import Case, Outcome, unwritten_like
from labkit.exercises.lab09.alone import left_by
from labkit.exercises.lab09.judging import OrderExercise
from labkit.exercises.lab09.signs import Found, looks_once, weak_counter


def specification(x: np.ndarray) -> np.ndarray:
    return x.copy()


def make(rng: np.random.Generator, size: tuple[int, int], readable: bool) -> Case:
    messages, words = size
    x = rng.integers(1, 10 if readable else 10_000, (messages, words), dtype=np.int32)
    arguments = {
        "x": x,
        "data": unwritten_like(x.shape, np.int32),
        "flag": np.zeros(1, np.int32),
        "out": unwritten_like(x.shape, np.int32),
    }
    text = f"{messages} message{'s' * (messages > 1)} of {words} word{'s' * (words > 1)}"
    return Case(text, arguments, blocks=2, threads=words, outputs=("out", "data", "flag"))


def build(publish: Any, await_at_least: Any) -> Any:
    """Block 0 writes one message after the other, block 1 reads them; thread 0 of each handles the flag."""
    from numba import cuda, int32

    @cuda.jit
    def message(x, data, flag, out):
        t = cuda.threadIdx.x
        for k in range(x.shape[0]):
            if cuda.blockIdx.x == 0:
                data[k, t] = x[k, t]
                cuda.syncthreads()
                if t == 0:
                    publish(flag, int32(k + 1))
            else:
                if t == 0:
                    await_at_least(flag, int32(k + 1))
                cuda.syncthreads()
                out[k, t] = data[k, t]

    return message


def _published(publish: Any) -> int | None:
    """What the flag holds after ``publish(flag, 7)``."""
    from numba import cuda, int32

    @cuda.jit
    def one(flag):
        publish(flag, int32(7))

    return int(left_by(one[1, 1], np.zeros(1, np.int32)).results[0][0])


def _returns(await_at_least: Any, flag: int, value: int) -> bool:
    """Whether ``await_at_least(flag, value)`` returns when nobody changes the flag."""
    from numba import cuda, int32

    @cuda.jit
    def one(word, wanted):
        await_at_least(word, int32(wanted))

    return left_by(one[1, 1], np.array([flag], np.int32), value).ok


def _wrong_value(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    stored = _published(answers[0])
    if stored == 7:
        return None
    return "wrong value", f"`publish(flag, 7)` leaves {stored} in the flag. It must store `value`."


def _wrong_wait(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    waits = answers[1]
    if _returns(waits, 4, 5):
        return (
            "does not wait",
            "`await_at_least(flag, 5)` returns although the flag is 4. Look again and again, until it is there.",
        )
    if not _returns(waits, 5, 5):
        return (
            "waits for more",
            "`await_at_least(flag, 5)` does not return although the flag is 5. *At least* includes the value itself.",
        )
    if not _returns(waits, 7, 5):
        return (
            "waits for exactly",
            "`await_at_least(flag, 5)` does not return when the flag is 7. Who looks late finds a later value: ask "
            "for *at least*, not for exactly.",
        )
    return None


class MessageExercise(OrderExercise):
    def refuse(self, answer: Any) -> str | None:
        if python_function(answer) is None:
            return f"this is a {type(answer).__name__}. Hand over the two functions."
        if not hasattr(answer, "py_func"):
            return "this is a plain Python function. Put `@cuda.jit(device=True)` above `def`."
        return None


EXERCISE = MessageExercise(
    name="lab09.message",
    specification=specification,
    make=make,
    ladder=((1, 1), (2, 1), (1, 33), (3, 64)),
    fresh=((5, 32), (4, 96)),
    handed_over=("publish", "await_at_least"),
    build=build,
    weakened=((3, 64), (2, 1)),
    given_barriers=True,
    signs=(weak_counter("flag"), looks_once, _wrong_value, _wrong_wait),
)
