"""Planted wrong answers to lab 11. Each must be rejected for the right reason."""

from answers import Answer, collector

from trainmath import pipeline

WRONG: list[Answer] = []
wrong = collector(WRONG)


def alternating(micro_batches, ahead):
    """``ahead`` forward passes, then one backward and one forward in turn."""
    line = [f"F{n}" for n in range(ahead)]
    for n in range(micro_batches):
        line.append(f"B{n}")
        line += [f"F{ahead + n}"] * (ahead + n < micro_batches)
    return " ".join(line)


def cut(micro_batches, ahead, lag):
    line = [f"F{n}" for n in range(ahead)]
    for n in range(micro_batches):
        line.append(f"I{n}")
        line += [f"W{n - lag}"] * (n >= lag)
        line += [f"F{ahead + n}"] * (ahead + n < micro_batches)
    return " ".join(line + [f"W{n}" for n in range(max(micro_batches - lag, 0), micro_batches)])


@wrong("lab11.one_f_one_b", "all forwards first", on_host=True)
def gpipe(stages, micro_batches):
    return [alternating(micro_batches, micro_batches)] * stages


@wrong("lab11.one_f_one_b", "too many ahead", on_host=True)
def one_more(stages, micro_batches):
    return [alternating(micro_batches, min(stages - s + 1, micro_batches)) for s in range(stages)]


@wrong("lab11.one_f_one_b", "too few ahead", on_host=True)
def one_fewer(stages, micro_batches):
    return [
        alternating(micro_batches, min(max(stages - s - 1, 1), micro_batches)) for s in range(stages - 1)
    ] + [alternating(micro_batches, 1)]


@wrong("lab11.one_f_one_b", "backward reversed", on_host=True)
def last_in_first_out(stages, micro_batches):
    numbers = range(micro_batches)
    return [" ".join([f"F{n}" for n in numbers] + [f"B{n}" for n in reversed(numbers)])] * stages


@wrong("lab11.one_f_one_b", "devices alike", on_host=True)
def all_like_the_first(stages, micro_batches):
    return [alternating(micro_batches, min(stages, micro_batches))] * stages


@wrong("lab11.one_f_one_b", "fewer micro-batches than stages", on_host=True)
def many_supposed(stages, micro_batches):
    return [alternating(max(micro_batches, stages), stages - s) for s in range(stages)]


@wrong("lab11.one_f_one_b", "other work", on_host=True)
def cut_where_it_is_not_asked(stages, micro_batches):
    return str(pipeline.zero_bubble(stages, micro_batches)).splitlines()


@wrong("lab11.zero_bubble", "not cut", on_host=True)
def whole(stages, micro_batches):
    return str(pipeline.one_f_one_b(stages, micro_batches)).splitlines()


@wrong("lab11.zero_bubble", "W at once", on_host=True)
def at_once(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), 0) for s in range(stages)]


@wrong("lab11.zero_bubble", "W at the end", on_host=True)
def at_the_end(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), micro_batches - 1) for s in range(stages)]


@wrong("lab11.zero_bubble", "W put off wrongly", on_host=True)
def one_too_many(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), s + 1) for s in range(stages)]


@wrong("lab11.zero_bubble", "W before its I", on_host=True)
def weights_first(stages, micro_batches):
    line = " ".join(f"F{n} W{n} I{n}" for n in range(micro_batches))
    return [line] * stages


@wrong("lab11.free", "one direction", on_host=True)
def only_forth(stages, micro_batches):
    return str(pipeline.zero_bubble(stages, micro_batches)).splitlines()


@wrong("lab11.free", "too much memory", on_host=True)
def holds_all(stages, micro_batches):
    return gpipe(stages, micro_batches)


@wrong("lab11.free", "deadlock", on_host=True)
def waits_for_ever(stages, micro_batches):
    lines = dual(stages, micro_batches)
    return lines[::-1]


@wrong("lab11.free", "incomplete", on_host=True)
def forgets_a_pass(stages, micro_batches):
    lines = dual(stages, micro_batches)
    return [lines[0].rpartition(" ")[0], *lines[1:]]


def dual(stages, micro_batches):
    return str(pipeline.dualpipe(stages, micro_batches)).splitlines()
