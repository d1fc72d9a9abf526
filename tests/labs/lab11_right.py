"""Right answers to lab 11 in several styles. All must be accepted."""

from answers import Answer, collector

from trainmath import pipeline

RIGHT: list[Answer] = []
right = collector(RIGHT)


@right("lab11.one_f_one_b", on_host=True)
def the_library(stages, micro_batches):
    return str(pipeline.one_f_one_b(stages, micro_batches)).splitlines()


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


@right("lab11.zero_bubble", on_host=True)
def the_library_cut(stages, micro_batches):
    return str(pipeline.zero_bubble(stages, micro_batches)).splitlines()


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


@right("lab11.free", on_host=True)
def dualpipe(stages, micro_batches):
    return str(pipeline.dualpipe(stages, micro_batches)).splitlines()


@right("lab11.free", on_host=True)
def dualpipe_turned_round(stages, micro_batches):
    """The same with the directions' names exchanged, and the devices with them."""
    turned = []
    for line in reversed(dualpipe(stages, micro_batches)):
        halves = [part for word in line.split() for part in [word.split("&")]]
        turned.append(
            " ".join("&".join(w[:-1] if w.endswith("'") else f"{w}'" for w in part) for part in halves)
        )
    return turned
