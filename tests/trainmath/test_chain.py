"""From config file to dollars, each link against a published figure. Every input is a row of a TOML file."""

import pytest

from trainmath import cost, model
from trainmath.figures import value

V3 = model.load("DeepSeek-V3").shape
LLAMA = model.load("Llama 3.1 405B").shape
SECONDS = 24 * 3600


def within_one_percent(published):
    return pytest.approx(published, rel=0.01)


def flop_per_token():
    return model.training_flop_per_token(V3, value("v3.sequence_length"))


def test_parameters():
    assert model.parameters(V3) == within_one_percent(value("v3.parameters"))


def test_parameters_that_a_token_is_multiplied_with():
    assert model.multiplied_parameters(V3) == within_one_percent(value("v3.activated_with_tables"))


def test_the_rounded_37_billion_lies_between_the_two_ways_to_count():
    assert model.multiplied_parameters(V3) < value("v3.active_parameters") < model.active_parameters(V3)


def test_prediction_module_and_checkpoint():
    assert model.mtp_parameters(V3) == within_one_percent(value("v3.mtp_parameters"))
    tables = sum(t.parameters for t in model.tensors(V3) if t.part in ("embedding", "output head"))
    whole = model.parameters(V3) + model.mtp_parameters(V3) + tables
    assert whole == within_one_percent(value("v3.checkpoint_parameters"))


def test_flop_per_token():
    assert flop_per_token() == within_one_percent(value("isca.flop_per_token"))


def test_tokens_per_day_follow_from_the_step():
    tokens_per_step = value("v3.sequences_per_step") * value("v3.sequence_length")
    per_day = tokens_per_step / value("isca.step_seconds") * SECONDS
    assert per_day == within_one_percent(value("isca.tokens_per_day"))


@pytest.mark.parametrize(("causal", "row"), [(True, "causal"), (False, "full")])
def test_flops_and_mfu(causal, row):
    per_token = model.training_flop_per_token(V3, value("v3.sequence_length"), causal)
    sustained = model.flops_per_gpu(per_token, value("isca.tokens_per_day") / SECONDS, value("v3.gpus"))
    assert sustained == within_one_percent(value(f"isca.flops_{row}"))
    assert 100 * model.mfu(sustained, value("gpu.bf16_peak")) == within_one_percent(value(f"isca.mfu_{row}"))


def test_gpu_hours_per_trillion_tokens():
    found = model.gpu_hours(1e12 * flop_per_token(), value("isca.mfu_causal") / 100, value("gpu.bf16_peak"))
    assert found == within_one_percent(value("v3.gpu_hours_per_trillion_tokens"))
    assert model.gpu_hours_at_rate(
        1e12, value("isca.tokens_per_day"), value("v3.gpus")
    ) == within_one_percent(value("v3.gpu_hours_per_trillion_tokens"))
    # The report rounds 3.66 to 3.7 days.
    assert round(model.days(found, value("v3.gpus")), 1) == value("v3.days_per_trillion_tokens")


def predicted_pretraining():
    flop = value("v3.tokens") * flop_per_token()
    return model.gpu_hours(flop, value("isca.mfu_causal") / 100, value("gpu.bf16_peak"))


def test_pretraining():
    assert predicted_pretraining() == within_one_percent(value("v3.pretraining_gpu_hours"))


def test_total():
    total = predicted_pretraining() + value("v3.context_gpu_hours") + value("v3.post_training_gpu_hours")
    assert total == within_one_percent(value("v3.gpu_hours"))
    assert cost.rent_usd(total, value("v3.price_per_gpu_hour")) == within_one_percent(value("v3.cost"))


def test_llama_by_the_rule_of_thumb():
    flop = model.six_nd(model.multiplied_parameters(LLAMA), value("llama.tokens"))
    assert flop == within_one_percent(value("llama.training_flop"))
    assert 100 * model.mfu(value("llama.flops"), value("gpu.bf16_peak")) == pytest.approx(
        value("llama.mfu"), rel=0.02
    )  # printed as a whole number of percent


def test_llama_flop_per_token_as_another_paper_has_it():
    """That paper's figure is one percent lower than ours, and does not say how it was counted."""
    per_token = model.training_flop_per_token(LLAMA, value("v3.sequence_length"))
    assert per_token == pytest.approx(value("isca.llama_flop_per_token"), rel=0.011)


def test_the_day_of_serving():
    spent = cost.serving_usd(value("serving.nodes"), value("serving.price_per_gpu_hour"))
    assert spent == within_one_percent(value("serving.cost"))
    hit, every, out = (value(f"serving.{k}_tokens") for k in ("cached", "input", "output"))
    prices = {k: value(f"serving.usd_per_million_{k}") for k in ("cached", "input", "output")}
    earned = cost.revenue_usd({"cached": hit, "input": every - hit, "output": out}, prices)
    assert earned == within_one_percent(value("serving.revenue"))
    assert 100 * cost.profit_over_cost(earned, spent) == within_one_percent(value("serving.margin_of_cost"))
    assert cost.profit_over_revenue(earned, spent) < 1
