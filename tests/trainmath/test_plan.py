"""The model of a step and the search over plans: DeepSeek's run comes out, limits hold, the best is the best."""

import itertools
from dataclasses import replace

import pytest

from trainmath import plan
from trainmath.figures import value
from trainmath.plan import Plan, PlanError, Task

TASK = Task("DeepSeek-V3", 14.8e12, 4096, 15360, budget_usd=6e6, most_days=100)
DEEPSEEK = Plan("H800", 256, 16, 64, 20, "fp8")


def test_deepseek_s_plan_takes_about_the_published_time():
    result = plan.evaluate(TASK, DEEPSEEK)
    assert result.step_seconds == pytest.approx(value("isca.step_seconds"), rel=0.01)
    assert result.bill.gpu_hours == pytest.approx(value("v3.pretraining_gpu_hours"), rel=0.01)
    assert result.bubble == pytest.approx(value("isca.bubble_seconds") / value("isca.step_seconds"), abs=0.01)
    assert not result.broken and result.memory.total < result.usable_memory
    assert result.memory.largest == "activations"


def test_rates_of_an_sm_follow_from_the_report():
    sms = value("v3.communication_sms")
    assert value("plan.nic_per_sm") == value("v3.infiniband_bandwidth") / sms
    assert value("plan.nvlink_per_sm") == value("v3.nvlink_bandwidth") / sms


def test_the_best_is_the_cheapest_within_limits_and_no_single_change_helps():
    found, result = plan.best(TASK)
    assert not result.broken
    tried = [(p, r) for p, r in plan.every_plan(TASK) if not r.broken]
    assert len(tried) > 20
    assert min(r.bill.usd for _, r in tried) == result.bill.usd
    assert plan.improvements(TASK, found) == []
    assert plan.improvements(TASK, DEEPSEEK)[0][0] > 0.05


def test_no_plan_for_nothing():
    with pytest.raises(ValueError, match="no plan keeps the limits"):
        plan.best(replace(TASK, budget_usd=1))


def test_more_of_each_choice_does_what_it_should():
    def seconds(**changes):
        return plan.evaluate(TASK, replace(DEEPSEEK, **changes))

    k = [seconds(reserved_sms=n) for n in (2, 4, 8, 16, 32)]
    assert all(a.communication_seconds >= b.communication_seconds for a, b in itertools.pairwise(k))
    assert all(a.compute_seconds < b.compute_seconds for a, b in itertools.pairwise(k))
    assert seconds(precision="bf16").communication_seconds > seconds().communication_seconds
    stages = [seconds(stages=n).memory.weights for n in (2, 4, 8, 16)]
    assert all(a == pytest.approx(2 * b) for a, b in itertools.pairwise(stages))
    assert seconds(reserved_sms=0).communication_seconds == float("inf")
    assert seconds(expert_parallel=1, reserved_sms=0).communication_seconds == 0


def test_limits_are_named():
    assert plan.evaluate(TASK, replace(DEEPSEEK, stages=2)).broken == ("memory",)
    slow = plan.evaluate(TASK, replace(DEEPSEEK, nodes=64, expert_parallel=32))
    assert slow.broken == ("days",)
    assert plan.evaluate(replace(TASK, budget_usd=5e6), DEEPSEEK).broken == ("budget",)


def test_a_dense_model_has_nothing_to_exchange():
    dense = Task("Llama 3.1 8B", 1e12, 8192, 1024, budget_usd=1e9, most_days=1e6)
    result = plan.evaluate(dense, Plan("H100", 16, 1, 1, 0, "bf16"))
    assert result.communication_seconds == 0 and result.bubble == 0
    with pytest.raises(PlanError, match="must divide the 1 experts"):
        plan.evaluate(dense, Plan("H100", 16, 1, 8, 4, "bf16"))


def test_remote_copies():
    assert plan.remote_copies(1, 8, 4) == 0
    assert plan.remote_copies(8, 8, 4) == 7
    assert plan.remote_copies(16, 8, 4) == 1
    assert plan.remote_copies(64, 8, 4) == pytest.approx(4 * 7 / 8)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"chip": "T4"}, "no such chip"),
        ({"precision": "fp4"}, "no such precision"),
        ({"nodes": 0}, "not a whole number"),
        ({"reserved_sms": -1}, "not a whole number"),
        ({"stages": True}, "not a whole number"),
        ({"chip": "A100"}, "no FP8"),
        ({"reserved_sms": 132}, "no SM left"),
        ({"stages": 62}, "stages without layers"),
        ({"expert_parallel": 3}, "experts do not divide"),
        ({"nodes": 3}, "GPUs do not divide"),
        ({"nodes": 7 * 128}, "sequences do not divide"),
    ],
)
def test_impossible_plans_are_refused(changes, why):
    with pytest.raises(PlanError) as refused:
        plan.evaluate(TASK, replace(DEEPSEEK, **changes))
    assert refused.value.why == why and str(refused.value).endswith(".")


def test_data_take_as_long_as_the_model_of_reservation_says():
    """One model of communication: bytes over the smaller rate, not a bit apart."""
    for k, link in itertools.product(range(1, 33), (25e9, 160e9)):
        assert plan.communication_seconds(3e9, 2.5e9, link, k) == 3e9 / min(link, k * 2.5e9)


@pytest.mark.parametrize("precision", ["bf16", "fp8"])
@pytest.mark.parametrize("expert_parallel", [1, 8, 16, 32, 64])
def test_the_best_number_of_sms_is_found_by_evaluating_every_one(expert_parallel, precision):
    base = Plan("H800", 128, 16, expert_parallel, 2, precision)
    results = {k: plan.evaluate(TASK, replace(base, reserved_sms=k)) for k in range(0, 132, 2)}
    assert plan.best_sms(TASK, base) == min(results, key=lambda k: results[k].step_seconds)
    found = plan.sweep(TASK, base)
    for k, seconds, data in zip(found.k, found.compute, found.communication, strict=True):
        assert seconds == pytest.approx(results[k].compute_seconds)
        assert data == pytest.approx(results[k].communication_seconds)


def test_no_other_number_of_sms_makes_any_plan_cheaper_than_the_best():
    """The grid of numbers that a search might try, and all others: none beats what the sweep found."""
    _, best = plan.best(TASK)
    tried = [p for p, _ in plan.every_plan(TASK)]
    assert len(tried) > 200 and {p.reserved_sms for p in tried} >= {0, 2, 4, 6, 8}
    for one in tried[::7]:
        for k in range(0, 108, 2):
            result = plan.evaluate(TASK, replace(one, reserved_sms=k))
            assert result.broken or result.bill.usd >= best.bill.usd * (1 - 1e-12)


def test_a_plan_that_cannot_be_run_has_no_best_number_of_sms():
    with pytest.raises(PlanError, match="must divide"):
        plan.best_sms(TASK, replace(DEEPSEEK, expert_parallel=3))
