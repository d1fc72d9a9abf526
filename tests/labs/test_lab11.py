"""Lab 11's checks: schedules judged by what they idle and hold, each slip named for what it is."""

import re
from dataclasses import replace

import pytest
from lab11_right import RIGHT
from lab11_wrong import WRONG

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab11.judged import work
from labkit.exercises.lab11.schedules import UNIT
from trainmath import pipeline


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer):
    verdict = labkit.judge(answer.exercise, answer.function)
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    if verdict.message.startswith("these are DualPipe's lines"):
        return
    assert re.fullmatch(r"smallest failing case: stages=\d, micro_batches=\d", verdict.table[0])
    assert all(len(line) <= 100 for line in str(verdict).splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted(answer):
    assert labkit.judge(answer.exercise, answer.function).right


def test_there_are_enough_of_both():
    for name in exercises.of_lab("lab11"):
        assert sum(a.exercise == name for a in RIGHT) >= 2
        assert sum(a.exercise == name for a in WRONG) >= 9
        for everywhere in ("the library's own", "never ends"):
            assert any(a.exercise == name and a.misconception == everywhere for a in WRONG)


@pytest.mark.parametrize("stages", range(2, 9))
def test_the_bubble_asked_for_is_the_formulas_where_there_are_enough_micro_batches(stages):
    timed = pipeline.run(pipeline.zero_bubble(stages, 2 * stages), UNIT)
    assert timed.bubble == pipeline.bubble_zero_bubble(stages, UNIT)


@pytest.mark.parametrize("result", [None, 7, "F0 B0", [1, 2], ["X0"], [], {"a": 1}])
@pytest.mark.parametrize("name", exercises.of_lab("lab11"))
def test_results_of_any_kind_give_a_verdict(name, result):
    assert labkit.judge(name, lambda stages, micro_batches: result).mark is Mark.WRONG


def shown(verdict):
    return tuple(map(int, re.findall(r"\d+", verdict.table[0])))


@pytest.mark.parametrize("answer", [a for a in WRONG if a.exercise != "lab11.free"], ids=lambda a: a.label)
def test_the_case_shown_is_the_smallest_that_fails(answer):
    """Every smaller one is right, as an exercise that tries it alone finds."""
    if answer.misconception in ("never ends", "raises"):
        return
    verdict = labkit.judge(answer.exercise, answer.function)
    exercise = exercises.find(answer.exercise)
    smaller = [size for size in exercise.sizes if work(size) < work(shown(verdict))]
    alone = replace(exercise, sizes=tuple(smaller), drawn=0)
    assert not smaller or alone.judge((answer.function,), {}).right


def test_what_only_large_sizes_show_is_shown_on_the_smallest_of_them():
    """Right up to five stages, and then as if there were no more."""

    def up_to_five(stages, micro_batches):
        lines = []
        for device in range(stages):
            ahead = min(max(min(stages, 5) - device, 1), micro_batches)
            pairs = [(f"B{n}", f"F{ahead + n}") for n in range(micro_batches)]
            flat = [w for pair in pairs for w in pair if int(w[1:]) < micro_batches]
            lines.append(" ".join([*(f"F{n}" for n in range(ahead)), *flat]))
        return lines

    exercise = replace(exercises.find("lab11.one_f_one_b"), drawn=60)
    verdict = exercise.judge((up_to_five,), {})
    assert verdict.misconception == "too few ahead" and shown(verdict) == (6, 2), str(verdict)


def test_a_mistake_that_looks_like_another_on_the_smallest_size_is_named_by_a_telling_one():
    """With one stage, one forward pass more is all of them; with three stages and five micro-batches it is not."""
    answer = next(a for a in WRONG if a.function.__name__ == "one_more")
    verdict = labkit.judge(answer.exercise, answer.function)
    assert verdict.message.startswith("with 3 stages and 5 micro-batches a device holds 4")
    assert shown(verdict) == (1, 2) and verdict.table[-1].startswith("here a device holds 2")


def test_dualpipe_written_by_the_reader_is_the_reader_s():
    """The lines are the library's to the letter, and yet they are written here: by hand, and by an own function."""
    text = str(pipeline.dualpipe(4, 8))
    scope = {}
    exec(f"def my_schedule(stages, micro_batches):\n    return {text!r}.splitlines()", scope)
    exec(f"def helper(): return {text!r}\ndef calls_helper(a, b): return helper().splitlines()", scope)
    exec("def handed_on(a, b, text=helper()): return text.splitlines()", scope)
    assert labkit.judge("lab11.free", scope["my_schedule"]).score == 1
    assert labkit.judge("lab11.free", scope["calls_helper"]).score == 1
    assert labkit.judge("lab11.free", scope["handed_on"]).misconception == "the library's own"
