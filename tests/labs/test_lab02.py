"""Lab 2's checks: wrong answers named, right ones accepted, slow ones accepted with a score that says where."""

import lab02_right
import numpy as np
import pytest
from lab02_right import RIGHT, SLOW
from lab02_wrong_arrays import WRONG as WRONG_ARRAYS
from lab02_wrong_records import WRONG as WRONG_RECORDS
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark

SOLUTION = ROOT / "labs" / "solutions" / "lab02-straighten-the-accesses.ipynb"

WRONG = WRONG_ARRAYS + WRONG_RECORDS


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert all(len(line) <= 100 for line in str(verdict).splitlines()), str(verdict)


def judged_right(answer, cuda):
    """The lines after the first of a verdict that accepts the answer."""
    import smsim

    lab02_right.smsim = smsim
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.ladder) + len(exercise.fresh)
    head, *rest = str(verdict).splitlines()
    assert head == f"[v] {answer.exercise}: right, on all {tried} cases.", str(verdict)
    return verdict, " ".join(line.strip() for line in rest)


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_straight_answer_reaches_every_goal(answer, cuda):
    verdict, said = judged_right(answer, cuda)
    scores = exercises.find(answer.exercise).scores
    assert said.count("goal reached") == len(scores) and "not reached" not in said, said
    assert not scores or verdict.score <= scores[0].goal


@pytest.mark.parametrize("answer", SLOW, ids=lambda a: a.label)
def test_crooked_answer_is_right_and_is_told_where_its_cost_lies(answer, cuda):
    _, said = judged_right(answer, cuda)
    scores = exercises.find(answer.exercise).scores
    missed = [
        score for score in scores if f"{score.unit} (goal: {score.goal:.4g}; goal not reached yet)" in said
    ]
    assert missed, said
    for score in missed:
        assert score.advice in said
        if score.place:
            assert "Most of it: " in said and "sectors a request in `" in said


def test_the_naive_transpose_costs_what_its_addresses_say(cuda):
    answer = next(a for a in SLOW if a.function.__name__ == "without_a_tile")
    verdict, said = judged_right(answer, cuda)
    assert verdict.score == (4 + 32) / 2
    assert "Most of it: 18 sectors a request in `out[x, y] = a[y, x]`." in said


def test_the_table_shows_whole_records(cuda):
    answer = next(a for a in WRONG if a.function.__name__ == "reads_as_arrays")
    table = labkit.judge(answer.exercise, answer.ready(cuda)).table
    assert [len(line.split()) - 1 for line in table if line.startswith(("values", "expected", "got"))] == [
        8,
        2,
        2,
    ]


def test_there_are_enough_of_both():
    assert len(WRONG) >= 8 and len(RIGHT) >= 5
    for name, exercise in exercises.of_lab("lab02").items():
        assert sum(a.exercise == name for a in RIGHT) >= 3
        assert sum(a.exercise == name for a in WRONG) >= 8
        assert not exercise.scores or any(a.exercise == name for a in SLOW)


@pytest.mark.parametrize("name", exercises.of_lab("lab02"))
def test_the_notebooks_specification_is_the_checks(name):
    short = name.partition(".")[2]
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"np": np}
    exec(cells[f"{short}-specification"], scope)
    exercise = exercises.find(name)
    for size in (*exercise.ladder, *exercise.fresh):
        case = exercise.make(np.random.default_rng(1), size, True)
        ours = exercise.specification(**case.inputs)
        np.testing.assert_allclose(scope["specification"](**case.inputs), ours, rtol=1e-5)


def test_the_notebook_states_the_goals_that_are_judged():
    words = {3: "three"}
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    for name, exercise in exercises.of_lab("lab02").items():
        statement = cells[f"{name.partition('.')[2]}-statement"]
        for score in exercise.scores[:1]:
            goal = words.get(score.goal, f"{score.goal:g}")
            assert (
                f"Goal: {goal}" in statement or f"Goals: {goal}" in statement or f"goal: {goal}" in statement
            )


def test_a_large_matrix_is_shown_where_it_differs(cuda):
    """Blocks that are not interchanged: the first tile is right, and only beyond it something differs."""
    from numba import int32

    def blocks_as_before(a, out):
        tile = cuda.shared.array((32, 33), int32)
        tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
        x, y = cuda.grid(2)
        height, width = a.shape
        if x < width and y < height:
            tile[ty, tx] = a[y, x]
        cuda.syncthreads()
        if x < height and y < width:
            out[y, x] = tile[tx, ty]

    table = labkit.judge("lab02.transpose", cuda.jit(blocks_as_before)).table
    expected = next(k for k, line in enumerate(table) if line.startswith("expected"))
    got = next(k for k, line in enumerate(table) if line.startswith("got"))
    assert [line[9:] for line in table[expected:got]] != [
        line[9:] for line in table[got : 2 * got - expected]
    ]
    assert any("rows 30 to 37, columns 0 to 2 of 40 x 3" in line for line in table[expected:got])
    assert table[-1] == "a single dot: never written"
