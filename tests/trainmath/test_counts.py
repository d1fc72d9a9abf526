"""Parameters: against published counts, against a second way to count, and how they grow."""

import checkpoint_oracle as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_configs import configs

from trainmath import model


@pytest.mark.parametrize("name", model.names())
def test_published_counts(name):
    known = model.load(name)
    assert known.source and known.date
    published = known.published["parameters"]
    assert model.parameters(known.shape) == pytest.approx(published.value, rel=0.005), published.source


@pytest.mark.parametrize(
    "name", [n for n in model.names() if "active" in model.load(n).published and n != "DeepSeek-V3"]
)
def test_published_active_counts(name):
    """DeepSeek's 37 billion is rounded between two ways to count: see the chain's test."""
    known = model.load(name)
    active = model.active_parameters(known.shape)
    assert active == pytest.approx(known.published["active"].value, rel=0.005)


def test_there_are_enough_models_of_enough_kinds():
    shapes = [model.load(name).shape for name in model.names()]
    assert len(shapes) >= 6
    assert any(s.attention.kv_rank for s in shapes)
    assert sum(s.experts is not None for s in shapes) >= 3
    assert any(s.tied for s in shapes)


def test_deepseek_v3_to_the_last_parameter():
    config = model.load("DeepSeek-V3").config
    assert model.parameters(model.read(config)) == oracle.total(config) == 671_026_419_200


@settings(max_examples=150, deadline=None)
@given(configs)
def test_two_ways_to_count_agree(config):
    shape = model.read(config)
    assert model.parameters(shape) == oracle.total(config)
    assert model.active_parameters(shape) == oracle.met_by_a_token(config)


@settings(max_examples=80, deadline=None)
@given(configs)
def test_parts_add_up_and_active_is_never_more(config):
    shape = model.read(config)
    parts = model.by_part(shape)
    assert sum(stored for stored, _ in parts.values()) == model.parameters(shape)
    assert sum(active for _, active in parts.values()) == model.active_parameters(shape)
    assert all(0 <= active <= stored for stored, active in parts.values())


@settings(max_examples=80, deadline=None)
@given(configs, st.sampled_from(["vocab_size", "intermediate_size", "num_hidden_layers", "v_head_dim"]))
def test_more_of_anything_is_never_fewer_parameters(config, key):
    if key in config:
        larger = config | {key: config[key] + 1}
        assert model.parameters(model.read(larger)) >= model.parameters(model.read(config))


@settings(max_examples=80, deadline=None)
@given(configs, st.integers(1, 10_000))
def test_flops_grow_with_length_and_causal_is_half_the_square(config, length):
    shape = model.read(config)
    base = 6 * model.multiplied_parameters(shape)
    causal = model.training_flop_per_token(shape, length) - base
    full = model.training_flop_per_token(shape, length, causal=False) - base
    assert full == pytest.approx(2 * causal) and causal > 0
    assert model.training_flop_per_token(shape, 2 * length) - base == pytest.approx(full)


@settings(max_examples=80, deadline=None)
@given(configs)
def test_a_head_that_shares_the_table_is_multiplied_all_the_same(config):
    tied = model.read(config | {"tie_word_embeddings": True})
    apart = model.read(config | {"tie_word_embeddings": False})
    assert model.multiplied_parameters(tied) == model.multiplied_parameters(apart)
    assert model.parameters(apart) - model.parameters(tied) == config["vocab_size"] * config["hidden_size"]


def test_attention_flops_by_hand():
    """One layer, two heads of size 3, ten tokens: 2 FLOP for each of 2 * 6 products, at 10 places, three times."""
    shape = model.read(
        {
            "vocab_size": 1,
            "hidden_size": 6,
            "intermediate_size": 1,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
        }
    )
    assert model.attention_flop_per_token(shape, 10, causal=False) == 3 * 2 * (2 * (3 + 3)) * 10


def test_units_of_the_chain():
    """Ten GPUs that sustain half of 100 FLOP/s for an hour do 1.8 million FLOP."""
    assert model.gpu_hours(flop=10 * 50 * 3600, mfu=0.5, peak_flops=100) == pytest.approx(10)
    assert model.mfu_of_run(flop=10 * 50 * 3600, gpu_hours=10, peak_flops=100) == pytest.approx(0.5)
    assert model.flops_per_gpu(flop_per_token=6, tokens_per_second=20, gpus=4) == 30
    assert model.days(gpu_hours=480, gpus=10) == 2
    assert model.gpu_hours_at_rate(tokens=30, tokens_per_day=10, gpus=2) == 3 * 24 * 2


def test_a_model_that_does_not_come_with_the_book():
    with pytest.raises(model.UnknownModel, match="DeepSeek-V3"):
        model.load("GPT-9")
