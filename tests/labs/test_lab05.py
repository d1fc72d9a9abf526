"""Lab 5's checks: wrong answers named for what they are, right ones accepted, and measured against our own."""

import numpy as np
import pytest
from lab05_right import RIGHT
from lab05_wrong_column import COSTLY as COSTLY_COLUMN
from lab05_wrong_column import WRONG as WRONG_COLUMN
from lab05_wrong_square import COSTLY as COSTLY_SQUARE
from lab05_wrong_square import WRONG as WRONG_SQUARE
from lab05_wrong_tile import WRONG as WRONG_TILE
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark

SOLUTION = ROOT / "labs" / "solutions" / "lab05-tile-the-matmul.ipynb"
WRONG = WRONG_TILE + WRONG_COLUMN + WRONG_SQUARE


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    text = str(verdict)
    assert "/" not in text.replace("//", "").replace("LSU/shared memory", "")  # no path
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("answer", COSTLY_COLUMN + COSTLY_SQUARE, ids=lambda a: a.label)
def test_costly_answer_is_told_why(answer, cuda):
    from labkit.exercises.lab05 import reference
    from labkit.exercises.lab05.causes import cause

    exercise = exercises.find(answer.exercise)
    case, ours = exercise.scores[0].case(), getattr(reference, answer.exercise.partition(".")[2])
    kernel = answer.ready(cuda)
    assert exercise.attempt(kernel, case).right
    assert cause(kernel, ours, case)[0] == answer.misconception


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted_and_told_its_figure(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.ladder) + len(exercise.fresh)
    assert str(verdict).startswith(f"[v] {answer.exercise}: right, on all {tried} cases."), str(verdict)
    told = [line for line in verdict.details if line.startswith("Score: ")]
    assert len(told) == 1 and 0 < verdict.score <= exercise.scores[0].too_much


def test_there_are_enough_of_both():
    for name in exercises.of_lab("lab05"):
        assert sum(a.exercise == name for a in RIGHT) >= 3
        assert sum(a.exercise == name for a in WRONG) >= 6
    assert len(RIGHT) >= 5 and len(WRONG) >= 24


@pytest.mark.parametrize("name", exercises.of_lab("lab05"))
def test_our_own_kernel_takes_its_own_cycles(name, cuda):
    from labkit.exercises.lab05 import reference

    verdict = labkit.judge(name, getattr(reference, name.partition(".")[2]))
    assert verdict.right and verdict.score == 1


@pytest.mark.parametrize("name", exercises.of_lab("lab05"))
def test_the_notebooks_answer_reaches_the_goal(name):
    cells = {cell.id: cell for cell in files.read(SOLUTION).cells}
    printed = "".join(output["text"] for output in cells[f"{name.partition('.')[2]}-check"].outputs)
    assert "goal reached" in printed, printed


@pytest.mark.parametrize("name", exercises.of_lab("lab05"))
def test_the_notebooks_specification_is_the_checks(name):
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"np": np}
    exec(cells["specification"], scope)
    exercise = exercises.find(name)
    for size in (*exercise.ladder, *exercise.fresh):
        case = exercise.make(np.random.default_rng(1), size, True)
        np.testing.assert_array_equal(
            scope["specification"](**case.inputs), exercise.specification(**case.inputs)
        )


def test_a_verdict_repeats(cuda):
    answer = WRONG[0]
    kernel = answer.ready(cuda)
    assert str(labkit.judge(answer.exercise, kernel)) == str(labkit.judge(answer.exercise, kernel))
