"""The three exercises of lab 11, and what their schedules are told when they idle or hold too much."""

from __future__ import annotations

from itertools import product

from labkit.checking.calling import PYTHON_STEPS
from labkit.exercises.lab11.judged import ScheduleExercise
from trainmath import pipeline

UNIT = pipeline.Costs(F=1, B=2, W=1)
BOTH_WAYS = pipeline.Costs(F=1, B=2, W=1, FB=2.5)
LIMIT = 5  # micro-batches; PP + 1 of four stages, what DualPipe holds
ROUNDING = 1e-9


def kinds(timed: pipeline.Timed, device: int) -> list[str]:
    return [work.kind for slot in timed.order.devices[device] for work in slot]


def warm_up(timed: pipeline.Timed, device: int) -> int:
    """Forward passes before the first backward pass."""
    line = kinds(timed, device)
    return next(n for n, kind in enumerate(line) if kind in "BI")


def put_off(timed: pipeline.Timed, device: int) -> int:
    """Halves ``I`` before the first ``W``, less the one that it belongs to."""
    line = kinds(timed, device)
    return line[: line.index("W")].count("I") - 1


def _cost(timed: pipeline.Timed, bubble: float, limit: int) -> str:
    """What is too much, as a clause; empty when nothing is."""
    if timed.peak_activations > limit:
        enough = "1 is enough" if limit == 1 else f"{limit} are enough"
        return f"a device holds {timed.peak_activations} micro-batches, and {enough}"
    if timed.bubble > bubble + ROUNDING:
        return f"the bubble is {timed.bubble:g}, and {bubble:g} can be had"
    return ""


def _warm_up_slip(timed: pipeline.Timed, stages: int, batches: int) -> tuple[str, str] | None:
    found = [warm_up(timed, device) for device in range(stages)]
    if min(found) == batches > stages:
        return (
            "all forwards first",
            "All forward passes come first: nothing is freed before the last of them.",
        )
    for device, had in enumerate(found):
        want = min(stages - device, batches)
        if had != want:
            said = f"Device {device} begins with {had} forward pass{'es' if had > 1 else ''}; {want} would be right."
            if len(set(found)) == 1:
                return "devices alike", f"{said} Each later device needs one fewer; the last begins at once."
            return "too many ahead" if had > want else "too few ahead", said
    return None


def one_f_one_b(timed: pipeline.Timed, stages: int, batches: int) -> tuple[str, str] | None:
    cost = _cost(timed, pipeline.bubble_1f1b(stages, UNIT), min(stages, batches))
    if not cost:
        return None
    back = [work.micro_batch for slot in timed.order.devices[-1] for work in slot if work.kind in "BI"]
    if len(back) > 1 and back == sorted(back, reverse=True):
        return "backward reversed", f"{cost}. Go back in the order in which you went forward: B0 first."
    name, why = _warm_up_slip(timed, stages, batches) or (
        "order",
        "The warm-up is right; look at what follows.",
    )
    return name, f"{cost}. {why}"


def zero_bubble(timed: pipeline.Timed, stages: int, batches: int) -> tuple[str, str] | None:
    ours = pipeline.run(pipeline.zero_bubble(stages, batches), UNIT)
    cost = _cost(timed, ours.bubble, stages)
    if not cost:
        return None
    if any("B" in kinds(timed, device) for device in range(stages)):
        return "not cut", f"{cost}. Whole backward passes are left: write I and W for each B."
    slip = _warm_up_slip(timed, stages, batches)
    if slip:
        return slip[0], f"{cost}. {slip[1]}"
    lags = [put_off(timed, device) for device in range(stages)]
    if not any(lags):
        return "W at once", f"{cost}. Each W follows its I at once, so cutting gains nothing."
    if stages < batches and all(lag == batches - 1 for lag in lags):
        return "W at the end", f"{cost}. All W come last, and activations are held until then."
    device = next((d for d, lag in enumerate(lags) if lag != min(d, batches - 1)), 0)
    return "W put off wrongly", f"{cost}. Device {device} puts its W off by {lags[device]}, not {device}."


def free(timed: pipeline.Timed, stages: int, batches: int) -> tuple[str, str] | None:
    if timed.peak_activations > LIMIT:
        return (
            "too much memory",
            f"a device holds {timed.peak_activations} micro-batches; the limit is {LIMIT}.",
        )
    beat = pipeline.run(pipeline.zero_bubble(stages, batches), BOTH_WAYS).duration
    if timed.duration < beat - ROUNDING:
        return None
    said = f"valid, but it takes {timed.duration:g}; ZB1P takes {beat:g}, and yours must be faster."
    if not timed.order.micro_batches()[True]:
        return "one direction", f"{said} Every micro-batch enters at device 0; feed the last device too."
    if not any(len(slot) > 1 for line in timed.order.devices for slot in line):
        return "nothing overlaps", f"{said} No forward pass overlaps with a backward pass: write F4&B0'."
    return "too slow", said


#: From one device with one micro-batch on. Below three stages and five micro-batches some mistakes look alike.
SIZES = tuple(product(range(1, 5), range(1, 9)))
TELLING = (3, 5)

EXERCISES = (
    ScheduleExercise("lab11.one_f_one_b", UNIT, SIZES, one_f_one_b, TELLING, letters="FB", drawn=6),
    ScheduleExercise("lab11.zero_bubble", UNIT, SIZES, zero_bubble, TELLING, drawn=6),
    ScheduleExercise(
        "lab11.free",
        BOTH_WAYS,
        ((4, 8),),
        free,
        both_ways=True,
        goal=pipeline.run(pipeline.dualpipe(4, 8), BOTH_WAYS).duration,
        steps=5 * PYTHON_STEPS,  # a search among schedules is a fair answer
    ),
)
