"""The calculator's chain: the published run within a percent, k as in reserved_sm_factor, nonsense refused."""

import pytest

from trainmath import cost, model
from trainmath.figures import value

V3 = {
    "tokens": value("v3.tokens"),
    "active_parameters": model.multiplied_parameters(model.load("DeepSeek-V3").shape),
    "attention_flop_per_token": model.attention_flop_per_token(model.load("DeepSeek-V3").shape, 4096),
    "mfu": value("isca.mfu_causal") / 100,
    "peak_flops": value("gpu.bf16_peak"),
    "usd_per_gpu_hour": value("v3.price_per_gpu_hour"),
    "gpus": value("v3.gpus"),
    "measured_sms": 20,
    "reserved_sms": 20,
}


def test_the_published_run():
    run = cost.estimate(**V3)
    assert run.gpu_hours == pytest.approx(value("v3.pretraining_gpu_hours"), rel=0.01)
    assert run.usd == 2 * run.gpu_hours and run.days == pytest.approx(run.gpu_hours / 2048 / 24)


def test_only_the_difference_of_reserved_sms_counts():
    same = [cost.estimate(**V3 | {"measured_sms": k, "reserved_sms": k}) for k in (0, 6, 20)]
    assert len({run.gpu_hours for run in same}) == 1
    fewer = cost.estimate(**V3 | {"reserved_sms": 6})
    assert fewer.gpu_hours / same[0].gpu_hours == pytest.approx(112 / 126)
    never = cost.estimate(**V3 | {"reserved_sms": 100, "overlapped": 0.0})
    assert never.gpu_hours == pytest.approx(same[0].gpu_hours)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("mfu", 0),
        ("mfu", 38.9),
        ("peak_flops", 0),
        ("gpus", 0),
        ("tokens", -1),
        ("usd_per_gpu_hour", -1),
        ("reserved_sms", 132),
        ("overlapped", 50),
    ],
)
def test_nonsense_is_refused(name, wrong):
    with pytest.raises(ValueError, match=r"\d|at least"):
        cost.estimate(**V3 | {name: wrong})
