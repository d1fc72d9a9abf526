"""Right answers to lab 11 in several styles. All must be accepted."""

import itertools
import random

from answers import Answer, collector

from trainmath import pipeline

RIGHT: list[Answer] = []
right = collector(RIGHT)


@right("lab11.one_f_one_b", on_host=True)
def with_the_library_s_classes(stages, micro_batches):
    devices = []
    for device in range(stages):
        ahead = min(stages - device, micro_batches)
        kinds = "F" * ahead + "BF" * (micro_batches - ahead) + "B" * ahead
        number = {"F": itertools.count(), "B": itertools.count()}
        devices.append(tuple((pipeline.Work(kind, next(number[kind])),) for kind in kinds))
    return str(pipeline.Order(tuple(devices))).split("\n")


@right("lab11.one_f_one_b", on_host=True)
def by_counting(stages, micro_batches):
    lines = []
    for device in range(stages):
        forward = backward = 0
        line = ""
        while backward < micro_batches:
            if forward < micro_batches and forward - backward < stages - device:
                line += f" F{forward}"
                forward += 1
            else:
                line += f" B{backward}"
                backward += 1
        lines.append(line)
    return tuple(lines)


@right("lab11.one_f_one_b", on_host=True)
def in_one_expression(stages, micro_batches):
    return [
        " ".join(
            sorted(
                [f"F{n}" for n in range(micro_batches)] + [f"B{n}" for n in range(micro_batches)],
                key=lambda work: (
                    (int(work[1:]), 0) if work[0] == "F" else (int(work[1:]) + stages - 1 - device, 1)
                ),
            )
        )
        for device in range(stages)
    ]


@right("lab11.zero_bubble", on_host=True)
def a_queue(stages, micro_batches):
    lines = []
    for device in range(stages):
        ahead, waiting = min(stages - device, micro_batches), []
        line = [f"F{n}" for n in range(ahead)]
        for n in range(micro_batches):
            line += [f"I{n}"]
            waiting += [f"W{n}"]
            if len(waiting) > device:
                line += [waiting.pop(0)]
            line += [f"F{ahead + n}"] * (ahead + n < micro_batches)
        lines.append(" ".join(line + waiting))
    return lines


@right("lab11.zero_bubble", on_host=True)
def what_is_due(stages, micro_batches):
    """Each device takes what it may by what it holds, and prints as it goes."""
    lines = []
    for device in range(stages):
        print("device", device)
        done, line = {"F": 0, "I": 0, "W": 0}, []
        while done["W"] < micro_batches:
            if done["F"] < micro_batches and done["F"] - done["I"] < stages - device:
                kind = "F"
            elif done["I"] < micro_batches and done["I"] - done["W"] <= device:
                kind = "I"
            else:
                kind = "W"
            if kind == "F" and done["F"] - done["W"] >= stages:
                kind = "W"
            line.append(f"{kind}{done[kind]}")
            done[kind] += 1
        lines.append(" ".join(line))
    return lines


def other_way(line):
    """Every micro-batch the other way through the devices."""
    return " ".join(
        "&".join(one[:-1] if one.endswith("'") else f"{one}'" for one in slot.split("&"))
        for slot in line.split()
    )


@right("lab11.free", on_host=True)
def by_hand(stages, micro_batches):
    outer = "F0 F1 F2 F0' I0' W0' F1' F3&B1' F2'&B0 B2' F3'&B1 B3' I2 W2 I3 W3"
    inner = "F0 F0' F1 F1' F2 B0' F2'&B0 F3&B1' F3'&B1 B2' B2 I3' I3 W3' W3"
    return [outer, inner, other_way(inner), other_way(outer)]


@right("lab11.free", on_host=True)
def turned_round(stages, micro_batches):
    return [other_way(line) for line in reversed(by_hand(stages, micro_batches))]


@right("lab11.free", on_host=True)
def by_search(stages, micro_batches):
    """Tries neighbours of a schedule with the library's clock, which is allowed: it times, and schedules nothing."""
    costs, rng = pipeline.Costs(F=1, B=2, W=1, FB=2.5), random.Random(1)
    best = [line.split() for line in by_hand(stages, micro_batches)]
    shortest = pipeline.run(pipeline.Order.parse([" ".join(line) for line in best]), costs).duration
    for _ in range(10):
        tried = [list(line) for line in best]
        line = rng.choice(tried)
        place = rng.randrange(len(line) - 1)
        line[place : place + 2] = line[place : place + 2][::-1]
        try:
            timed = pipeline.run(pipeline.Order.parse([" ".join(line) for line in tried]), costs)
        except pipeline.ScheduleError:
            continue
        if timed.duration < shortest and timed.peak_activations <= 5:
            best, shortest = tried, timed.duration
    return [" ".join(line) for line in best]
