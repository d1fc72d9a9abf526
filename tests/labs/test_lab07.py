"""Lab 7's checks: wrong PTX named for what it is, right PTX of other styles accepted, and all of it is PTX."""

import numpy as np
import pytest
from lab07_by_numba import ptx_of
from lab07_right import RIGHT
from lab07_texts import SOLUTION, changed, ours
from lab07_wrong_maps import WRONG as WRONG_MAPS
from lab07_wrong_together import WRONG as WRONG_TOGETHER
from nbtools import files

import labkit
from labkit import exercises
from labkit.checking.ptx_answer import assembled
from labkit.checking.verdict import Mark
from labkit.exercises.lab07.budget import atomic_updates
from labkit.exercises.lab07.compact import measured

WRONG = WRONG_MAPS + WRONG_TOGETHER
NAMES = tuple(exercises.of_lab("lab07"))
#: Right answers that reach every goal; all others miss one.
WITHIN = {
    "without sat",
    "min and max of whole numbers",
    "min and max of floats",
    "whole float first",
    "sat from 32 bits",
    "adding 1.5 times 2 to the 23",
    "global addresses",
    "generic accesses",
    "everything under a predicate",
    "index in elements",
    "pairs of pairs",
    "read-only and streaming",
    "tail by the last threads",
    "redux",
    "in pairs",
    "barrier for 128",
    "barrier 7 by its long name",
    "generic address of shared memory",
    "the four sums as one vector",
    "others only arrive",
    "lanes without an element leave",
    "bits of the lower lanes by a shift",
    "the last lane leads",
    "relaxed, and an atomic of another form",
}


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.id)
def test_wrong_answer_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ptx)
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert all(len(line) <= 100 for line in str(verdict).splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.id)
def test_right_answer_is_accepted_and_told_its_figures(answer, cuda):
    verdict = labkit.judge(answer.exercise, answer.ptx)
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.ladder) + len(exercise.fresh)
    assert str(verdict).startswith(f"[v] {answer.exercise}: right, on all {tried} cases."), str(verdict)
    told = [line for line in verdict.details if line.startswith("Score: ")]
    assert len(told) == len(exercise.scores) and verdict.score > 0
    assert any("not reached yet" in line for line in told) != (answer.label in WITHIN), told


@pytest.mark.parametrize("name", ["quantise", "scale"])
def test_numbas_compiler_writes_right_answers_that_miss_the_goal(name, cuda):
    verdict = labkit.judge(f"lab07.{name}", ptx_of(name, cuda))
    assert verdict.right, str(verdict)
    assert verdict.score > exercises.find(f"lab07.{name}").scores[0].goal


def test_there_are_enough_of_both():
    for name in NAMES:
        assert sum(a.exercise == name for a in RIGHT) >= 4
        assert sum(a.exercise == name for a in WRONG) >= 10
    assert len({a.id for a in WRONG + RIGHT}) == len(WRONG + RIGHT)


def test_our_own_answers_reach_every_goal():
    cells = {cell.id: cell for cell in files.read(SOLUTION).cells}
    for name in NAMES:
        printed = "".join(output["text"] for output in cells[f"{name.partition('.')[2]}-check"].outputs)
        assert printed.count("goal reached") == len(exercises.find(name).scores), printed


@pytest.mark.parametrize("name", NAMES)
def test_the_notebooks_specification_is_the_checks(name):
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    scope = {"np": np}
    exec(cells[f"{name.partition('.')[2]}-specification"], scope)
    exercise = exercises.find(name)
    for size in (*exercise.ladder, *exercise.fresh):
        inputs = exercise.make(np.random.default_rng(1), size, False).inputs
        ours, theirs = exercise.specification(**inputs), scope["specification"](**inputs)
        for mine, other in zip(*((r if isinstance(r, tuple) else (r,)) for r in (ours, theirs)), strict=True):
            np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("name", NAMES)
def test_the_frame_as_it_is_given_counts_as_not_attempted(name):
    frame = exercises.skeletons("lab07")[name]
    assert labkit.judge(name, frame).mark is Mark.NOT_ATTEMPTED
    assert labkit.judge(name, frame.replace("// your code here", "")).mark is Mark.NOT_ATTEMPTED


@pytest.mark.parametrize("name", NAMES)
def test_a_verdict_repeats(name, cuda):
    text = next(a.ptx for a in WRONG if a.exercise == name)
    assert str(labkit.judge(name, text)) == str(labkit.judge(name, text))


def test_atomic_updates_are_counted_by_threads(cuda):
    one_a_warp = assembled(ours("lab07.compact"), "compact")
    assert atomic_updates(one_a_warp, measured()) == 2048 / 32
    by_lanes = next(a.ptx for a in RIGHT if a.label == "an atomic for every lane")
    kept = np.count_nonzero(measured().arguments["x"] > 0)
    assert atomic_updates(assembled(by_lanes, "compact"), measured()) == kept > 900


def test_the_misalignment_of_a_vector_names_address_and_line(cuda):
    text = changed("lab07.scale", ("mul.wide.u32 %rd3, %r6, 16;", "mul.wide.u32 %rd3, %r6, 4;"))
    verdict = labkit.judge("lab07.scale", text)
    assert "which is not a multiple of 16" in str(verdict) and "PTX line" in str(verdict)


def test_blocks_that_all_do_the_whole_work_are_told_so(cuda):
    text = changed("lab07.scale", ("mul.lo.u32 %r8, %r7, %r4;", "mov.u32 %r8, %r4;"))
    verdict = labkit.judge("lab07.scale", text)
    assert verdict.right and "stored more than once" in str(verdict)
    assert "stored more than once" not in str(labkit.judge("lab07.scale", ours("lab07.scale")))
