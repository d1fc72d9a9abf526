"""Lab 8's checks: wrong answers named for what they are, right ones accepted, traffic over the plain kernel's."""

import numpy as np
import pytest
from lab08_right import RIGHT
from lab08_wrong_copy import WRONG as WRONG_COPY
from lab08_wrong_hints import WRONG as WRONG_HINTS
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab08 import traffic
from labkit.exercises.lab08.texts import asm_calls

SOLUTION = ROOT / "labs" / "solutions" / "lab08-a-cache-hinted-copy.ipynb"
WRONG = WRONG_COPY + WRONG_HINTS
NAMES = tuple(exercises.of_lab("lab08"))
#: Right answers that miss a goal, and a word of what they are told.
TOLD = {
    "eight_bytes_at_a_time": "No instruction moves 16 bytes",
    "wide_loads_single_stores": "your stores do not yet",
    "tail_by_every_thread": "Several threads write the same elements",
    "volatile_on_what_is_shared": "all go past L1",
}


def shown(verdict):
    """The verdict's text with its line breaks and indents as single spaces."""
    return " ".join(str(verdict).split())


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert "\\" not in str(verdict) and "/tmp" not in str(verdict) and ".py" not in str(verdict)


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted_and_told_its_figures(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ready(cuda))
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.ladder) + len(exercise.fresh)
    assert str(verdict).startswith(f"[v] {answer.exercise}: right, on all {tried} cases."), str(verdict)
    told = [line for line in verdict.details if line.startswith("Score: ")]
    assert len(told) == len(exercise.scores)
    missed = any("not reached yet" in line for line in told)
    assert missed == (answer.function.__name__ in TOLD), told
    assert TOLD.get(answer.function.__name__, "") in shown(verdict)


def test_there_are_enough_of_both():
    for name in NAMES:
        assert sum(a.exercise == name for a in RIGHT) >= 4
        wrong = [a for a in WRONG if a.exercise == name]
        assert len(wrong) >= 10 and len({a.misconception for a in wrong}) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_the_plain_kernel_is_right_and_not_enough(name, cuda):
    verdict = labkit.judge(name, traffic.plain(name.partition(".")[2]))
    assert verdict.mark is Mark.WRONG and "right results, but too costly" in str(verdict)


@pytest.mark.parametrize("name", ["copy", "experts", "steps"])
def test_the_plain_kernels_traffic_is_once_itself(name, cuda):
    for score in exercises.find(f"lab08.{name}").scores:
        if "plain" in score.unit:
            assert score.take(traffic.plain(name)) == 1


def test_the_table_is_what_the_plain_kernel_fetches_again(cuda):
    """Bytes from L2: stream and table once, over stream and table each time; the rest is the experts' numbers."""
    keeps = next(a for a in RIGHT if a.function.__name__ == "no_allocate_on_the_stream").ready(cuda)
    score = exercises.find("lab08.experts").scores[0]
    a = score.case().arguments
    assert score.take(keeps) == pytest.approx(
        (a["x"].nbytes + a["scale"].nbytes) / (2 * a["x"].nbytes), rel=2e-3
    )


def test_the_requests_of_vectors_are_a_quarter_and_the_ends(cuda):
    vectors = next(a for a in RIGHT if a.function.__name__ == "head_body_tail").ready(cuda)
    score = exercises.find("lab08.copy").scores[0]
    case = score.case()
    first, n = case.arguments["first"], case.arguments["n"]
    warps, head = 32, 3
    body = (n - head) // 4
    rows = {
        (first + k) // warps for k in range(n)
    }  # of 32 elements, as the strides of the plain copy make them
    wide, ends = -(-body // warps), 2
    assert score.take(vectors) == pytest.approx((wide + ends) / len(rows), rel=0.04)


def test_the_words_of_loads_are_told_by_array(cuda):
    hinted = next(a for a in RIGHT if a.function.__name__ == "all_of_deepeps_words").ready(cuda)
    case = exercises.find("lab08.experts").make(np.random.default_rng(0), (3, 2, 32), True)
    for words in traffic.words(hinted, case, "ld", "x"):
        assert words == ("global", "nc", "L1::no_allocate", "L2::256B", "f32")
    assert all("nc" not in words for words in traffic.words(hinted, case, "ld", "scale", "expert"))
    assert all("L1::no_allocate" in words for words in traffic.words(hinted, case, "st", "out"))


def test_texts_and_constraints_are_read_from_the_source(cuda):
    answer = next(a for a in RIGHT if a.function.__name__ == "own_element_in_a_register").ready(cuda)
    by_name = {next(iter(c.names)): c for c in asm_calls(answer) if c.text.startswith("ld.")}
    assert set(by_name) == {"start", "x", "w"}
    assert by_name["x"].pinned and not by_name["w"].pinned
    assert asm_calls(3) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_notebooks_answer_reaches_the_goals(name):
    cells = {cell.id: cell for cell in files.read(SOLUTION).cells}
    printed = "".join(output["text"] for output in cells[f"{name.partition('.')[2]}-check"].outputs)
    assert printed.startswith("[v]") and "not reached" not in printed, printed


@pytest.mark.parametrize("name", NAMES)
def test_the_notebooks_specification_is_the_checks(name):
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"np": np}
    exec(cells[f"{name.partition('.')[2]}-specification"], scope)
    exercise = exercises.find(name)
    for size in (*exercise.ladder, *exercise.fresh):
        inputs = exercise.make(np.random.default_rng(1), size, False).inputs
        np.testing.assert_array_equal(scope["specification"](**inputs), exercise.specification(**inputs))


def test_the_notebooks_sizes_are_those_that_are_measured():
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"labkit": labkit}
    exec(cells["experts-sizes"], scope)
    a = exercises.find("lab08.experts").scores[0].case().arguments
    assert a["x"].shape == (scope["tokens"], scope["width"])
    assert a["scale"].shape == (scope["experts"], scope["width"])


@pytest.mark.parametrize("name", NAMES)
def test_a_verdict_repeats(name, cuda):
    answer = next(a for a in WRONG if a.exercise == name).ready(cuda)
    assert str(labkit.judge(name, answer)) == str(labkit.judge(name, answer))
