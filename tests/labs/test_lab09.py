"""Lab 9's checks: wrong answers named for what they are, right ones accepted, and weakened ones caught."""

import pytest
from lab09_right import RIGHT
from lab09_wrong import WRONG

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: f"{a.exercise}-{a.label}")
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, *answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    text = str(verdict)
    assert "smallest failing case" in text and ".py" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: f"{a.exercise}-{a.label}")
def test_right_answer_is_accepted_and_told_what_could_go(answer, cuda):
    verdict = labkit.judge(answer.exercise, *answer.ready(cuda))
    assert verdict.mark is Mark.RIGHT, str(verdict)
    assert bool(verdict.score) == answer.noted, str(verdict)
    assert verdict.details[0].startswith("Weakened versions of your PTX: ")


def test_there_are_enough_of_both():
    for name in exercises.of_lab("lab09"):
        assert sum(a.exercise == name for a in RIGHT) >= 4
        assert sum(a.exercise == name for a in WRONG) >= 10
