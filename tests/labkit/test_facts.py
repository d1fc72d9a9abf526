"""Figures carry unit, source, date and mark, print themselves, and stand in one place."""

import pytest

import labkit
from labkit.facts.table import MARKS, UnknownFact


@pytest.mark.parametrize("key", labkit.fact_keys())
def test_every_figure_is_complete(key):
    fact = labkit.fact(key)
    assert fact.mark in MARKS
    assert fact.source and fact.unit and str(fact)
    assert fact.date[:4].isdigit() and 2000 < int(fact.date[:4]) < 2100


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("h800.sms", "132 SMs"),
        ("v3.communication_sms", "20 SMs"),
        ("h800.shared_per_block_optin", "227 KiB"),
        ("h800.memory_bandwidth", "3.35 TB/s"),
        ("h800.clock_hz", "1.98 GHz"),
        ("v3.parameters", "671 billion parameters"),
        ("v3.gpu_hours", "2.788 million GPU-hours"),
        ("v3.cost", "5.576 million USD"),
        ("v3.infiniband_bandwidth", "50 GB/s"),
        ("h800.registers_per_sm", "65,536 32-bit registers"),
        ("gpu.bf16_peak", "989.5 TFLOP/s"),
        ("isca.flop_per_token", "250 GFLOP"),
        ("llama.training_flop", "3.8e25 FLOP"),
        ("price.rent", "1.7 to 4.5 USD"),
        ("around.fleet_capital", "1.3 to 1.6 billion USD"),
        ("price.server_per_gpu", "33,750 to 38,750 USD"),
    ],
)
def test_figures_print_themselves(key, text):
    assert str(labkit.fact(key)) == text


def test_figures_compute():
    assert labkit.fact("h800.sms") - labkit.fact("v3.communication_sms") == 112
    assert labkit.fact("v3.compute_sms") == 112
    assert f"{labkit.fact('h800.sms')} and {labkit.fact('h800.sms'):d}" == "132 SMs and 132"


def test_computed_figures_follow_from_the_others():
    fact = labkit.fact
    assert fact("v3.gpu_hours") * fact("v3.price_per_gpu_hour") == pytest.approx(fact("v3.cost").value)
    assert fact("v3.communication_share").value == round(100 * 20 / int(fact("h800.sms")), 1)
    assert round(fact("llama.gpu_hours") / fact("v3.gpu_hours"), 1) == fact("llama.gpu_hours_ratio").value
    assert fact("article.reserved_sms") == fact("v3.communication_sms")
    assert fact("article.sms") == fact("h800.sms")


def test_unknown_keys_give_near_matches():
    with pytest.raises(UnknownFact, match="Did you mean h800.sms"):
        labkit.fact("h800.sm")
    with pytest.raises(KeyError, match="h800.clock_hz|t4.clock_hz"):
        labkit.fact("clock_hz")
