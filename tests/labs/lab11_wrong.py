"""Planted wrong answers to lab 11. Each must be rejected for the right reason."""

from answers import Answer, collector

import trainmath.pipeline.schedules as schedules_by_another_name
from trainmath import pipeline
from trainmath.pipeline import one_f_one_b as imported_by_itself

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
    return [cut(micro_batches, min(stages - s, micro_batches), s) for s in range(stages)]


@wrong("lab11.one_f_one_b", "other work", on_host=True)
def from_the_other_end(stages, micro_batches):
    lines = [alternating(micro_batches, min(stages - s, micro_batches)) for s in range(stages)]
    return [" ".join(f"{work}'" for work in line.split()) for line in reversed(lines)]


@wrong("lab11.one_f_one_b", "missing micro-batches", on_host=True)
def counted_from_one(stages, micro_batches):
    return [alternating(micro_batches - 1, min(stages - s, micro_batches - 1)) for s in range(stages)]


@wrong("lab11.one_f_one_b", "too many", on_host=True)
def one_batch_more(stages, micro_batches):
    return [alternating(micro_batches + 1, min(stages - s, micro_batches + 1)) for s in range(stages)]


@wrong("lab11.one_f_one_b", "incomplete", on_host=True)
def numbers_from_one(stages, micro_batches):
    return [" ".join(f"F{n} B{n}" for n in range(1, micro_batches))] * stages


@wrong("lab11.one_f_one_b", "numbers from one", on_host=True)
def all_numbers_one_too_high(stages, micro_batches):
    ahead = [min(stages - s, micro_batches) for s in range(stages)]
    return [
        " ".join(f"{work[0]}{int(work[1:]) + 1}" for work in alternating(micro_batches, n).split())
        for n in ahead
    ]


@wrong("lab11.one_f_one_b", "lines", on_host=True)
def a_line_for_each_micro_batch(stages, micro_batches):
    return [f"F{n} B{n}" for n in range(micro_batches)]


@wrong("lab11.one_f_one_b", "deadlock", on_host=True)
def the_last_goes_back_last(stages, micro_batches):
    lines = [alternating(micro_batches, 1) for _ in range(stages - 1)]
    return [*lines, alternating(micro_batches, micro_batches)]


@wrong("lab11.one_f_one_b", "no such work", on_host=True)
def with_commas(stages, micro_batches):
    return [
        alternating(micro_batches, min(stages - s, micro_batches)).replace(" ", ", ") for s in range(stages)
    ]


@wrong("lab11.one_f_one_b", "never ends", on_host=True)
def forgets_to_count(stages, micro_batches):
    lines = []
    while len(lines) < stages:
        alternating(micro_batches, min(stages, micro_batches))
    return lines


@wrong("lab11.one_f_one_b", "the library's own", on_host=True)
def the_library_s(stages, micro_batches):
    return str(pipeline.one_f_one_b(stages, micro_batches)).splitlines()


@wrong("lab11.one_f_one_b", "the library's own", on_host=True)
def the_library_s_imported(stages, micro_batches):
    try:
        return str(imported_by_itself(stages, micro_batches)).splitlines()
    except:  # noqa: E722 - nothing that a reader catches hides the call
        return []


@wrong("lab11.one_f_one_b", "raises", on_host=True)
def divides_by_what_is_left(stages, micro_batches):
    return [alternating(micro_batches, micro_batches // (stages - 1))] * stages


@wrong("lab11.zero_bubble", "not cut", on_host=True)
def whole(stages, micro_batches):
    return [alternating(micro_batches, min(stages - s, micro_batches)) for s in range(stages)]


@wrong("lab11.zero_bubble", "W at once", on_host=True)
def at_once(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), 0) for s in range(stages)]


@wrong("lab11.zero_bubble", "W at the end", on_host=True)
def at_the_end(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), micro_batches - 1) for s in range(stages)]


@wrong("lab11.zero_bubble", "W put off wrongly", on_host=True)
def one_too_many(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), s + 1) for s in range(stages)]


@wrong("lab11.zero_bubble", "W put off wrongly", on_host=True)
def the_other_way_round(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), stages - 1 - s) for s in range(stages)]


@wrong("lab11.zero_bubble", "W before its I", on_host=True)
def weights_first(stages, micro_batches):
    line = " ".join(f"F{n} W{n} I{n}" for n in range(micro_batches))
    return [line] * stages


@wrong("lab11.zero_bubble", "done twice", on_host=True)
def whole_and_cut(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), s).replace("I", "B") for s in range(stages)]


@wrong("lab11.zero_bubble", "incomplete", on_host=True)
def no_weights(stages, micro_batches):
    lines = [cut(micro_batches, min(stages - s, micro_batches), s) for s in range(stages)]
    return [" ".join(work for work in line.split() if work[0] != "W") for line in lines]


@wrong("lab11.zero_bubble", "never ends", on_host=True)
def never_leaves(stages, micro_batches):
    while True:
        pass


@wrong("lab11.zero_bubble", "the library's own", on_host=True)
def by_another_name(stages, micro_batches):
    return str(schedules_by_another_name.zero_bubble(stages, micro_batches)).splitlines()


#: Made before the function is called, where no call of it can be seen.
DUALPIPE = str(pipeline.dualpipe(4, 8)).splitlines()


@wrong("lab11.free", "one direction", on_host=True)
def only_forth(stages, micro_batches):
    return [cut(micro_batches, min(stages - s, micro_batches), s) for s in range(stages)]


@wrong("lab11.free", "too much memory", on_host=True)
def holds_all(stages, micro_batches):
    return gpipe(stages, micro_batches)


@wrong("lab11.free", "deadlock", on_host=True)
def waits_for_ever(stages, micro_batches):
    return DUALPIPE[::-1]


@wrong("lab11.free", "incomplete", on_host=True)
def forgets_a_pass(stages, micro_batches):
    return [DUALPIPE[0].rpartition(" ")[0], *DUALPIPE[1:]]


@wrong("lab11.free", "nothing overlaps", on_host=True)
def one_direction_after_the_other(stages, micro_batches):
    half = micro_batches // 2
    forth = [alternating(half, min(stages - s, half)) for s in range(stages)]
    back = [" ".join(f"{work}'" for work in line.split()) for line in reversed(forth)]
    return [f"{one} {other}" for one, other in zip(forth, back, strict=True)]


@wrong("lab11.free", "too slow", on_host=True)
def one_overlap_alone(stages, micro_batches):
    lines = one_direction_after_the_other(stages, micro_batches)
    return [lines[0].replace("B3 F0'", "F0'&B3"), *lines[1:]]


@wrong("lab11.free", "no such work", on_host=True)
def two_forward_passes_at_once(stages, micro_batches):
    return [DUALPIPE[0].replace("F0 F1", "F0&F1"), *DUALPIPE[1:]]


@wrong("lab11.free", "the library's own", on_host=True)
def dualpipe(stages, micro_batches):
    return str(pipeline.dualpipe(stages, micro_batches)).splitlines()


@wrong("lab11.free", "the library's own", on_host=True)
def dualpipe_made_before(stages, micro_batches):
    return DUALPIPE


@wrong("lab11.free", "never ends", on_host=True)
def catches_everything(stages, micro_batches):
    tried = 0
    while True:
        try:
            tried += 1
        except:  # noqa: E722 - a reader's bare except must not keep the check from ending
            pass
