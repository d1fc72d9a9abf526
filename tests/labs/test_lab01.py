"""Lab 1's checks: wrong answers named for what they are, right ones accepted, whatever their style."""

import lab01_right
import numpy as np
import pytest
from lab01_right import RIGHT
from lab01_wrong_indices import WRONG as WRONG_INDICES
from lab01_wrong_places import WRONG as WRONG_PLACES
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark

SOLUTION = ROOT / "labs" / "solutions" / "lab01-maps-and-guards.ipynb"

WRONG = WRONG_INDICES + WRONG_PLACES


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    text = str(verdict)
    assert "/" not in text.replace("//", "").replace("`/`", "")  # no path
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted(answer, cuda):
    if answer.function.__name__ == "with_a_device_function":
        lab01_right.a_times_x_plus_y = cuda.jit(device=True)(lab01_right.a_times_x_plus_y)
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.ladder) + len(exercise.fresh)
    assert str(verdict) == f"[v] {answer.exercise}: right, on all {tried} cases."


def test_there_are_enough_of_both():
    assert len(WRONG) >= 10 and len(RIGHT) >= 5
    for name in exercises.of_lab("lab01"):
        assert sum(a.exercise == name for a in RIGHT) >= 3
        assert sum(a.exercise == name for a in WRONG) >= 3


def test_verdicts_on_wrong_answers_repeat(cuda):
    for answer in WRONG:
        if answer.function.__name__ in ("local_index", "wraps_silently", "row_first"):
            kernel = answer.ready(cuda)
            assert str(labkit.judge(answer.exercise, kernel)) == str(labkit.judge(answer.exercise, kernel))


@pytest.mark.parametrize("name", exercises.of_lab("lab01"))
def test_the_notebooks_specification_is_the_checks(name):
    short = name.partition(".")[2]
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"np": np}
    exec(cells[f"{short}-specification"], scope)
    exercise = exercises.find(name)
    for size in (*exercise.ladder, *exercise.fresh):
        case = exercise.make(np.random.default_rng(1), size, True)
        if 0 in case.inputs.values() if not any(np.ndim(v) for v in case.inputs.values()) else False:
            continue
        ours = exercise.specification(**case.inputs)
        np.testing.assert_allclose(scope["specification"](**case.inputs), ours, rtol=1e-5)


def returns_one(celsius, out):
    return 1.8 * celsius[0] + 32


def makes_an_array(celsius, out):
    fresh = np.zeros(4)
    out[0] = fresh[0]


def makes_a_list(celsius, out):
    out[0] = len([celsius[0], 2.0])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (returns_one, "a kernel returns nothing"),
        (makes_an_array, "a kernel cannot make a new array"),
        (makes_a_list, "a kernel cannot make a new array, list or text"),
    ],
)
def test_what_numba_says_is_put_in_plain_words(wrong, said, cuda):
    verdict = labkit.judge("lab01.map", cuda.jit(wrong))
    assert verdict.misconception == "does not compile"
    assert said in verdict.message and "_value" not in verdict.message


def test_a_float_shows_in_the_smallest_case():
    verdict = labkit.judge("lab01.blocks", lambda n, threads: np.ceil(n / threads))
    assert verdict.table[-1] == "expected 1, got 1.0"


def test_who_shares_an_element_is_shown_the_smallest_case_and_no_values(cuda):
    def all_do_all(celsius, out):
        for i in range(celsius.size):
            out[i] = 1.8 * celsius[i] + 32

    verdict = labkit.judge("lab01.map", cuda.jit(all_do_all))
    assert verdict.table == ("smallest failing case: 2 elements, 1 block of 2 threads",)
    assert "race on out[0]" in " ".join(verdict.details)
