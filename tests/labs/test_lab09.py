"""Lab 9's checks: wrong answers named for what they are, right ones accepted, and weakened ones caught."""

import inspect
import re
from collections import Counter

import numpy as np
import pytest
from lab09_right import RIGHT
from lab09_wrong import PAST_THE_RING, WRONG
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab09 import message, ring
from labkit.exercises.lab09.program import compiled
from labkit.exercises.lab09.weaken import weakenings

SOLUTION = ROOT / "labs" / "solutions" / "lab09-a-ring-buffer.ipynb"
RIGHT_MESSAGE, RIGHT_RING = (
    next(a for a in RIGHT if a.exercise == f"lab09.{n}") for n in ("message", "ring")
)


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: f"{a.exercise}-{a.label}")
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, *answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    text = str(verdict)
    assert "smallest failing case" in text and ".py" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("answer", PAST_THE_RING, ids=lambda a: f"{a.exercise}-{a.label}")
def test_a_right_result_that_passes_the_ring_is_refused(answer, cuda):
    verdict = labkit.judge(answer.exercise, *answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert "`slots`" in str(verdict) or "word 0" in str(verdict)


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


def specification_of(name):
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"np": np}
    exec(cells[f"{name.partition('.')[2]}-specification"], scope)
    return scope["specification"]


@pytest.mark.parametrize("name", exercises.of_lab("lab09"))
def test_the_notebooks_specification_is_the_checks(name):
    exercise = exercises.find(name)
    for size in (*exercise.ladder, *exercise.fresh):
        case, expected = exercise.case_of(size)
        theirs = specification_of(name)(**case.inputs)
        theirs = theirs if isinstance(theirs, tuple) else (theirs,)
        for mine, other in zip(expected.values(), theirs, strict=True):
            np.testing.assert_array_equal(mine, other)


def test_our_own_answers_need_each_of_their_orders():
    cells = {cell.id: cell for cell in files.read(SOLUTION).cells}
    for name in exercises.of_lab("lab09"):
        printed = "".join(output["text"] for output in cells[f"{name.partition('.')[2]}-check"].outputs)
        tried, caught = re.search(r"(\d+), each with one order less; caught: (\d+)\.", printed).groups()
        assert tried == caught and int(tried) >= 4 and "may" not in printed.split("caught")[1]


def test_the_notebook_shows_the_kernel_that_is_checked():
    shown = next(cell.source for cell in files.read(SOLUTION).cells if cell.id == "message-use")
    ours = inspect.getsource(message.build)
    assert shown.partition("@cuda.jit")[2].split() == ours.partition("@cuda.jit")[2].split()


def test_each_weakening_is_one_change(cuda):
    (answer,) = RIGHT_RING.ready(cuda)
    case, _ = ring.EXERCISE.case_of((4, 2, 64))
    program = compiled(answer, case)
    tried = weakenings(program)
    assert Counter(one.old.split(".")[0] for one in tried) == {"ld": 4, "st": 4, "bar": 4}
    for one in tried:
        changed = one.applied(program)
        different = [n for n, (a, b) in enumerate(zip(program.lines, changed.lines, strict=True)) if a != b]
        assert different == sorted({each.line for each in one.at})


def test_half_an_answer_is_told_so(cuda):
    publish, _ = RIGHT_MESSAGE.ready(cuda)

    def await_at_least(flag, value):
        pass

    verdict = labkit.judge("lab09.message", publish, cuda.jit(device=True)(await_at_least))
    assert verdict.misconception == "half done" and "`await_at_least` is still empty" in str(verdict)
    assert labkit.judge("lab09.message", publish).misconception == "wrong number of answers"
    assert labkit.judge("lab09.ring", 7).misconception == "wrong kind"
