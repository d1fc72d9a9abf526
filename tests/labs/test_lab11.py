"""Lab 11's checks: schedules judged by what they idle and hold, each slip named for what it is."""

import pytest
from lab11_right import RIGHT
from lab11_wrong import WRONG

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab11.schedules import UNIT
from trainmath import pipeline


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer):
    verdict = labkit.judge(answer.exercise, answer.function)
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert verdict.table[0].startswith("stages=")
    assert all(len(line) <= 100 for line in str(verdict).splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted(answer):
    assert labkit.judge(answer.exercise, answer.function).right


def test_there_are_enough_of_both():
    for name in exercises.of_lab("lab11"):
        assert sum(a.exercise == name for a in RIGHT) >= 2
        assert sum(a.exercise == name for a in WRONG) >= 4


@pytest.mark.parametrize("stages", range(2, 9))
def test_the_bubble_asked_for_is_the_formulas_where_there_are_enough_micro_batches(stages):
    timed = pipeline.run(pipeline.zero_bubble(stages, 2 * stages), UNIT)
    assert timed.bubble == pipeline.bubble_zero_bubble(stages, UNIT)


@pytest.mark.parametrize("result", [None, 7, "F0 B0", [1, 2], ["X0"], [], {"a": 1}])
@pytest.mark.parametrize("name", exercises.of_lab("lab11"))
def test_results_of_any_kind_give_a_verdict(name, result):
    assert labkit.judge(name, lambda stages, micro_batches: result).mark is Mark.WRONG
