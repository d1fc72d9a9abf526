"""Lab 13's checks: misconceptions named, plans judged against the best of all, right answers accepted in any style."""

import re

import numpy as np
import pytest
from lab13_right import BEST, RIGHT
from lab13_right import PLANS as RIGHT_PLANS
from lab13_wrong import PLANS as WRONG_PLANS
from lab13_wrong import WRONG
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab13 import plan as capstone
from trainmath import plan

SOLUTION = ROOT / "labs" / "solutions" / "lab13-your-own-cluster.ipynb"
TRIED = [name for name in exercises.of_lab("lab13") if name != "lab13.plan"]


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer):
    verdict = labkit.judge(answer.exercise, answer.function)
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert all(len(line) <= 100 for line in str(verdict).splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted(answer):
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.ladder) + len(exercise.fresh)
    verdict = labkit.judge(answer.exercise, answer.function)
    assert str(verdict) == f"[v] {answer.exercise}: right, on all {tried} cases."


@pytest.mark.parametrize("name", RIGHT_PLANS)
def test_right_plan_is_accepted(name):
    for answer in (RIGHT_PLANS[name], lambda: RIGHT_PLANS[name]):
        verdict = labkit.judge("lab13.plan", answer)
        assert verdict.right and verdict.score > 2e6, str(verdict)


@pytest.mark.parametrize("name", WRONG_PLANS)
def test_wrong_plan_is_rejected_for_the_right_reason(name):
    answer, misconception, said = WRONG_PLANS[name]
    verdict = labkit.judge("lab13.plan", lambda: answer)
    assert verdict.mark is Mark.WRONG and verdict.misconception == misconception, str(verdict)
    assert re.search(said, verdict.message), str(verdict)


def test_a_plan_that_raises_is_a_wrong_answer_and_the_skeleton_none():
    assert labkit.judge("lab13.plan", lambda: 1 / 0).misconception == "raises"
    assert labkit.judge("lab13.plan", None).mark is Mark.NOT_ATTEMPTED


def test_there_are_enough_of_both():
    for name in TRIED:
        assert sum(a.exercise == name for a in RIGHT) >= 2
        assert sum(a.exercise == name for a in WRONG) >= 3
    assert len(RIGHT_PLANS) >= 5 and len(WRONG_PLANS) >= 8


@pytest.mark.parametrize("name", TRIED)
def test_no_two_misconceptions_look_alike_on_random_cases(name):
    exercise = exercises.find(name)
    models = [m for m in exercise.misconceptions if m.model is not None]
    rng = np.random.default_rng(13)
    apart = {(one.name, other.name): False for one in models for other in models if one.name != other.name}
    for _ in range(40):
        inputs = exercise.make(rng, 11, False).inputs
        right = np.asarray(exercise.specification(**inputs), float)
        results = {id(m): np.asarray(m.model(**inputs), float) for m in models}
        for one in models:
            assert results[id(one)].shape == right.shape
            for other in models:
                if one.name != other.name and not np.allclose(results[id(one)], results[id(other)], atol=0):
                    apart[one.name, other.name] = True
    assert all(apart.values()), [pair for pair, differs in apart.items() if not differs]


def solution_scope():
    scope = {}
    for cell in files.read(SOLUTION).cells:
        if cell.cell_type == "code" and cell.id.endswith("-answer"):
            exec(cell.source, scope)
    return scope


def test_the_examples_in_the_statements_are_true():
    scope, seen = solution_scope(), 0
    for cell in files.read(SOLUTION).cells:
        for call, result in re.findall(r"Example: `(.+?)` is `(.+?)`", cell.source):
            np.testing.assert_allclose(eval(call, scope), eval(result), rtol=1e-6)
            seen += 1
    assert seen == 5


def test_the_solutions_agree_with_trainmath():
    scope = solution_scope()
    sizes = plan.memory(17.1, 653.9, 16, 64, 2048, 29, 2, 4, 12)
    assert scope["gpu_memory"](17.1, 653.9, 16, 64, 2048, 29) == pytest.approx(sizes.total)
    ours = scope["compute_seconds"](1.5e19, 2048, 989.5, 0.38, 20, 132, 0.7, 1.6)
    assert ours == pytest.approx(plan.compute_seconds(1.5e19, 2048, 989.5e12, 0.38, 20, 132, 0.7, 1.6))
    for k in (4, 32):
        ours = scope["exchange_seconds"](100, k, 2.5, 50)
        assert ours == pytest.approx(plan.communication_seconds(100e9, 2.5e9, 50e9, k))
    assert scope["step_seconds"](18, 5, 16, 120) == pytest.approx(plan.step_seconds(18, 5, 16, 120))
    theirs = plan.bill(20, 14.8e12, 62914560, 2048, 2)
    assert scope["bill"](20, 14.8, 62914560, 2048, 2) == pytest.approx(
        (theirs.gpu_hours, theirs.usd, theirs.days)
    )
    assert scope["plan"]() == BEST


def test_show_prints_a_plan_or_why_it_cannot_be_run(capsys):
    capstone.show(BEST)
    assert "all kept" in capsys.readouterr().out
    capstone.show(BEST | {"chip": "A100"})
    assert "cannot be run: the A100 has no FP8" in capsys.readouterr().out
    capstone.show(BEST | {"reserved_sms": 0})
    assert "inf" in capsys.readouterr().out
    capstone.show({})
    assert "cannot be run" in capsys.readouterr().out
