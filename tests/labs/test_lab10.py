"""Lab 10's checks: misconceptions named, choices graded by their step, right answers accepted in any style."""

import re

import numpy as np
import pytest
from lab10_right import DEFENCES as RIGHT_DEFENCES
from lab10_right import RIGHT
from lab10_wrong import DEFENCES as WRONG_DEFENCES
from lab10_wrong import WRONG
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab10 import choose, clusters, defend
from trainmath import reserve

SOLUTION = ROOT / "labs" / "solutions" / "lab10-choose-k.ipynb"
TRIED = ["lab10.rate", "lab10.compute"]


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_answer_is_rejected_for_the_right_reason(answer):
    verdict = labkit.judge(answer.exercise, answer.function)
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert all(len(line) <= 100 for line in str(verdict).splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_answer_is_accepted(answer):
    verdict = labkit.judge(answer.exercise, answer.function)
    assert verdict.right, str(verdict)
    assert answer.exercise != "lab10.choose" or verdict.score == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", RIGHT_DEFENCES)
def test_right_defence_is_accepted(name):
    for answer in (RIGHT_DEFENCES[name], lambda: RIGHT_DEFENCES[name]):
        assert labkit.judge("lab10.defend", answer).right


@pytest.mark.parametrize("name", WRONG_DEFENCES)
def test_wrong_defence_is_rejected_for_the_right_reason(name):
    answer, misconception, said = WRONG_DEFENCES[name]
    verdict = labkit.judge("lab10.defend", lambda: answer)
    assert verdict.mark is Mark.WRONG and verdict.misconception == misconception, str(verdict)
    assert re.search(said, verdict.message), str(verdict)


def test_there_are_enough_of_both():
    for name in [*TRIED, "lab10.choose"]:
        assert sum(a.exercise == name for a in RIGHT) >= 3
        assert sum(a.exercise == name for a in WRONG) >= 4
    assert len(WRONG_DEFENCES) >= 4


@pytest.mark.parametrize("name", TRIED)
def test_no_two_misconceptions_look_alike_on_the_readable_cases(name):
    exercise = exercises.find(name)
    inputs = [exercise.make(np.random.default_rng(n), n, True).inputs for n in exercise.ladder]
    models = [m for m in exercise.misconceptions if m.model is not None]
    seen = [(m.name, [float(m.model(**one)) for one in inputs]) for m in models]
    right = [float(exercise.specification(**one)) for one in inputs]
    for n, (name, results) in enumerate(seen):
        assert not np.allclose(results, right, rtol=1e-4, atol=0), name
        for other, theirs in seen[:n]:
            assert other == name or not np.allclose(results, theirs, rtol=1e-4, atol=0), (name, other)


@pytest.mark.parametrize("strategy", choose.STRATEGIES, ids=lambda s: s.name)
def test_every_mistaken_strategy_shows_on_a_readable_cluster(strategy):
    """Whatever is drawn: each is rejected, and each is told from the ones that are asked before it."""
    smallest = [min(strategy.k(of)) for of in clusters.READABLE]
    over = [choose._over(k, of) for k, of in zip(smallest, clusters.READABLE, strict=True)]
    assert max(over) > choose.ROOM


def test_the_specifications_agree_with_trainmath():
    rng = np.random.default_rng(10)
    rate, compute = exercises.find("lab10.rate").specification, exercises.find("lab10.compute").specification
    for _ in range(50):
        of = clusters.drawn(rng)
        work, machine = clusters.parts(of)
        k = 2 * int(rng.integers(1, of["sms"] // 2))
        links = {name: of[name] for name in list(clusters.UNITS)[3:]}
        assert rate(k=k, **links) == pytest.approx(
            reserve.communication_seconds(np.array([k]), work, machine)[0]
        )
        ours = compute(k=k, seconds=of["seconds"], sms=of["sms"], tiles=of["tiles"])
        assert ours == pytest.approx(reserve.compute_seconds(np.array([k]), work, machine)[0])


def test_drawn_clusters_ask_for_different_numbers():
    rng = np.random.default_rng(4)
    best = [clusters.swept(clusters.drawn(rng)).best for _ in range(60)]
    assert len(set(best)) > 10 and all(k % 2 == 0 for k in best)


def test_a_step_within_the_room_is_right_and_its_score_says_by_how_much():
    def nearly(cluster):
        found = clusters.swept(cluster)
        good = found.step <= found.step.min() * (1 + 0.9 * choose.ROOM)
        return int(found.k[np.argmax(np.where(good, found.step, 0))])

    verdict = labkit.judge("lab10.choose", nearly)
    assert verdict.right and 0 < verdict.score <= 100 * choose.ROOM, str(verdict)
    assert "goal reached" in str(verdict)


def test_the_smallest_failing_cluster_is_shown_with_units():
    said = str(labkit.judge("lab10.choose", lambda cluster: 20))
    assert "sms = 132 SMs" in said and "per_sm = 12 GB/s" in said and "latency = 50 us" in said
    assert re.search(r"yours: k =  20, .* step +4\.615 ms", said) and re.search(
        r"best: k =   6, .* 4\.000 ms", said
    )


def test_an_answer_that_is_no_function_and_the_skeletons():
    assert labkit.judge("lab10.choose", 20).misconception == "wrong kind"
    assert labkit.judge("lab10.choose", None).mark is Mark.NOT_ATTEMPTED
    assert labkit.judge("lab10.defend", None).mark is Mark.NOT_ATTEMPTED
    assert labkit.judge("lab10.defend", lambda: 1 / 0).misconception == "raises"


def test_one_input_alone_moves_the_answer_most():
    swings = sorted((abs(np.diff(defend.moved(name)).item()) for name in defend.INPUTS), reverse=True)
    assert swings[0] > swings[1] and defend.most() == "per_sm"
    work, machine = clusters.parts(defend.V3)
    theirs = {one.name: (one.low, one.high) for one in reserve.sensitivity(work, machine, defend.FACTOR)}
    for name, known in {
        "seconds": "compute",
        "infiniband": "infiniband_link",
        "nvlink": "nvlink_link",
    }.items():
        assert defend.moved(name) == theirs[known]
    assert defend.moved("per_sm") == theirs["per_sm"] and defend.moved("latency") == theirs["latency"]


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
            np.testing.assert_allclose(eval(call, scope), eval(result), rtol=1e-6)
            seen += 1
    assert seen == 3
    choose_k, setting = scope["choose_k"], defend.V3
    ends = [choose_k({**setting, "per_sm": setting["per_sm"] * f}) for f in (1 / 4, 4)]
    assert [choose_k(setting), *ends] == [10, 32, 4] and scope["defence"]()["k"] == 10
