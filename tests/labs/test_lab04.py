"""Lab 4's checks: wrong answers named for what they are, right ones accepted, and told what they cost."""

import numpy as np
import pytest
from lab04_right import RIGHT
from lab04_wrong_blocks import WRONG as WRONG_BLOCKS
from lab04_wrong_counting import WRONG as WRONG_COUNTING
from lab04_wrong_warps import WRONG as WRONG_WARPS
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark

SOLUTION = ROOT / "labs" / "solutions" / "lab04-reduce-and-scan.ipynb"
#: Right answers that reach every goal; all others miss one.
WITHIN = {
    "all_store_the_same",
    "upwards_into_the_last_lane",
    "all_warps_add_the_sums",
    "one_warp_does_it_all",
    "by_index",
    "totals_scanned_by_shuffles",
    "totals_of_full_warps_only",
    "count_by_an_atomic",
    "private_with_loops",
    "first_block_alone",
}

WRONG = WRONG_WARPS + WRONG_BLOCKS + WRONG_COUNTING


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    text = str(verdict)
    assert "/" not in text.replace("//", "")  # no path
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted_and_told_its_figures(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.ladder) + len(exercise.fresh)
    assert str(verdict).startswith(f"[v] {answer.exercise}: right, on all {tried} cases."), str(verdict)
    told = [line for line in verdict.details if line.startswith("Score: ")]
    assert len(told) == len(exercise.scores) and verdict.score > 0
    assert any("not reached yet" in line for line in told) != (answer.function.__name__ in WITHIN), told


def test_there_are_enough_of_both():
    for name in exercises.of_lab("lab04"):
        assert sum(a.exercise == name for a in RIGHT) >= 4
        assert sum(a.exercise == name for a in WRONG) >= 6


def test_our_own_answers_reach_every_goal():
    cells = {cell.id: cell for cell in files.read(SOLUTION).cells}
    for name in exercises.of_lab("lab04"):
        printed = "".join(output["text"] for output in cells[f"{name.partition('.')[2]}-check"].outputs)
        assert printed.count("goal reached") == len(exercises.find(name).scores), printed


@pytest.mark.parametrize("name", exercises.of_lab("lab04"))
def test_the_notebooks_specification_is_the_checks(name):
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"np": np}
    exec(cells[f"{name.partition('.')[2]}-specification"], scope)
    exercise = exercises.find(name)
    for size in (*exercise.ladder, *exercise.fresh):
        case = exercise.make(np.random.default_rng(1), size, True)
        ours, theirs = exercise.specification(**case.inputs), scope["specification"](**case.inputs)
        for mine, other in zip(*((r if isinstance(r, tuple) else (r,)) for r in (ours, theirs)), strict=True):
            np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("name", exercises.of_lab("lab04"))
def test_a_verdict_repeats(name, cuda):
    answer = next(a for a in WRONG if a.exercise == name)
    kernel = answer.ready(cuda)
    assert str(labkit.judge(name, kernel)) == str(labkit.judge(name, kernel))
