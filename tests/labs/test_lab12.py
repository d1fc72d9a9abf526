"""Lab 12's checks: slips of a unit named for what they are, right answers accepted in any style."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab12_right import RIGHT
from lab12_wrong import WRONG
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab12 import errors
from trainmath import cost, model

SOLUTION = ROOT / "labs" / "solutions" / "lab12-price-the-training-run.ipynb"
TRIED = [name for name in exercises.of_lab("lab12") if name != "lab12.errors"]
SLIPS = {letter: calculation.slip for letter, calculation in errors.CALCULATIONS.items()}


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


def test_there_are_enough_of_both():
    assert len(WRONG) >= 8 and len(RIGHT) >= 5
    for name in TRIED:
        assert sum(a.exercise == name for a in RIGHT) >= 3
        assert sum(a.exercise == name for a in WRONG) >= 3


def test_every_slip_of_the_brief_is_planted_somewhere():
    planted = {a.misconception for a in WRONG}
    assert planted >= {
        "hours for seconds",
        "seconds for hours",
        "TFLOP for FLOP",
        "millions for billions",
        "GB for GiB",
        "per token, not the run",
        "stored for met",
        "FP8 peak for BF16",
        "sparse peak for dense",
    }


@pytest.mark.parametrize("name", TRIED)
def test_no_two_misconceptions_look_alike_on_random_cases(name):
    """Each mistaken result differs from the right one, and from those with another name."""
    exercise = exercises.find(name)
    models = [m for m in exercise.misconceptions if m.model is not None]
    rng = np.random.default_rng(12)
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


def test_verdicts_on_wrong_answers_repeat():
    for answer in WRONG:
        verdicts = {str(labkit.judge(answer.exercise, answer.function)) for _ in range(2)}
        assert len(verdicts) == 1


def solution_scope():
    scope = {}
    for cell in files.read(SOLUTION).cells:
        if cell.cell_type == "code" and (cell.id == "imports" or cell.id.endswith("-answer")):
            exec(cell.source, scope)
    return scope


def test_the_examples_in_the_statements_are_true():
    scope, seen = solution_scope(), 0
    for cell in files.read(SOLUTION).cells:
        for call, result in re.findall(r"Example: `(.+?)` is `(.+?)`", cell.source):
            np.testing.assert_allclose(eval(call, scope), eval(result), rtol=1e-9)
            seen += 1
    assert seen == 6
    peaks = {"bf16": 500, "bf16_sparse": 1000, "fp8": 900, "fp8_sparse": 1800}
    assert scope["utilisation"](10, 86_400e6, 100, peaks) == pytest.approx(0.2)


def test_the_solutions_agree_with_trainmath():
    scope = solution_scope()
    assert scope["run_flop"](671, 36.6, 14.8) == pytest.approx(model.six_nd(36.6e9, 14.8e12))
    assert scope["gpu_hours"](3.7e24, 0.39, 989.5) == pytest.approx(model.gpu_hours(3.7e24, 0.39, 989.5e12))
    v3 = model.load("DeepSeek-V3").shape
    assert scope["attention_flop"](61, 128, 192, 128, 4096) == model.attention_flop_per_token(v3, 4096)
    stored, met = scope["expert_parameters"](7168, 2048, 58, 256, 8)
    assert (stored, met) == model.by_part(v3)["routed experts"]
    fixed = cost.fixed_usd_per_hour(38_140, 4)
    energy = cost.energy_usd_per_gpu_hour(1275, 0.08, 1.3)
    assert scope["owned_hour"](38_140, 4, 0.7, 1275, 1.3, 0.08) == pytest.approx(
        cost.ownership_usd_per_gpu_hour(fixed, energy, 0.7)
    )


def test_planted_slips_are_what_they_are_called():
    ratios = {letter: c.claimed / c.result for letter, c in errors.CALCULATIONS.items()}
    wanted = {"A": 671 / 36.6, "B": 3600, "C": 0.5, "D": 1, "E": 1e12, "F": 1e-3, "G": 2**30 / 1e9, "I": 0.5}
    assert {letter: pytest.approx(r) for letter, r in wanted.items()} == {k: ratios[k] for k in wanted}
    assert ratios["H"] == pytest.approx(1 / 14.8e12)
    assert set(SLIPS.values()) == set(errors.NAMES)


def test_naming_the_slips():
    assert labkit.judge("lab12.errors", None).mark is Mark.NOT_ATTEMPTED
    assert labkit.judge("lab12.errors", lambda: SLIPS).right
    assert labkit.judge("lab12.errors", SLIPS).right
    assert labkit.judge("lab12.errors", dict(reversed(SLIPS.items()))).right


@given(st.sampled_from(sorted(SLIPS)), st.sampled_from(sorted(errors.NAMES)))
def test_one_wrong_name_is_found_and_a_clue_given(letter, name):
    verdict = labkit.judge("lab12.errors", SLIPS | {letter: name})
    assert verdict.right == (SLIPS[letter] == name)
    if not verdict.right:
        assert verdict.misconception == "wrong name" and verdict.message.startswith(f"{letter} is ")
        assert SLIPS[letter] not in verdict.message or letter == "D"


@pytest.mark.parametrize(
    ("answer", "misconception", "said"),
    [
        ("right", "wrong kind", "a dict from letter to name is asked for"),
        (lambda: None, "wrong kind", "a dict from letter to name is asked for"),
        (lambda: 1 / 0, "raises", "ZeroDivisionError"),
        ({}, "unnamed", "not named yet: A, B"),
        ({"A": "right"}, "unnamed", "not named yet: B, C"),
        (SLIPS | {"Z": "right"}, "no such letter", "'Z'"),
        (SLIPS | {"B": "hours and second"}, "no such name", "Did you mean 'hours and seconds'?"),
        (SLIPS | {"B": 7}, "no such name", "7 is not one of the names"),
    ],
)
def test_answers_of_the_wrong_kind(answer, misconception, said):
    verdict = labkit.judge("lab12.errors", answer)
    assert verdict.mark is Mark.WRONG and verdict.misconception == misconception and said in verdict.message


def test_results_of_any_shape_or_kind_give_a_verdict():
    for result in ([[1, 2], 3], {"a": 1}, object(), (None, 1), float("nan"), "x", [], 1j):
        verdict = labkit.judge("lab12.parameters", lambda *inputs, r=result: r)
        assert verdict.mark is Mark.WRONG
        assert labkit.judge("lab12.hours", lambda *inputs, r=result: r).mark is Mark.WRONG
