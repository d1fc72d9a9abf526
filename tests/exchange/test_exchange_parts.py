"""What the exchange is made of, without a kernel: numbers, routes, the reference."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainmath import exchange
from trainmath.exchange import fp8

ANY = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(st.lists(ANY, min_size=1, max_size=50))
def test_e4m3_is_that_of_ml_dtypes(numbers: list[float]) -> None:
    x = np.array(numbers, np.float32)
    expected = np.clip(x, -448, 448).astype(ml_dtypes.float8_e4m3fn)
    assert np.array_equal(fp8.to_e4m3(x), expected.view(np.uint8))
    assert np.array_equal(fp8.from_e4m3(fp8.to_e4m3(x)), expected.astype(np.float32))


def test_every_e4m3_and_every_tie() -> None:
    codes = np.array([c for c in range(256) if c & 0x7F != 0x7F], np.uint8)
    values = codes.view(ml_dtypes.float8_e4m3fn).astype(np.float32)
    assert np.array_equal(fp8.from_e4m3(codes), values) and np.array_equal(fp8.to_e4m3(values), codes)
    ties = (values[:126] + values[1:127]) / 2
    assert np.array_equal(fp8.to_e4m3(ties), ties.astype(ml_dtypes.float8_e4m3fn).view(np.uint8))


def test_nan_is_no_token() -> None:
    with pytest.raises(ValueError, match="NaN"):
        fp8.to_e4m3(np.array([np.nan], np.float32))


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=50))
def test_bf16_is_that_of_ml_dtypes(numbers: list[float]) -> None:
    x = np.array(numbers, np.float32)
    expected = x.astype(ml_dtypes.bfloat16)
    assert np.array_equal(fp8.to_bf16(x), expected.view(np.uint16))
    assert np.array_equal(fp8.from_bf16(fp8.to_bf16(x)), expected.astype(np.float32))


@given(st.integers(0, 2**32 - 1), st.floats(-3, 3))
def test_quantised_values_are_near(seed: int, power: float) -> None:
    """Half a step of a three-bit mantissa is a sixteenth; below 2^-6 of a scale the steps are 2^-9 of it."""
    x = (np.random.default_rng(seed).standard_normal((3, 256)) * 10**power).astype(np.float32)
    values, scale = exchange.quantise(x)
    assert values.shape == (3, 256) and scale.shape == (3, 2)
    allowed = np.maximum(np.abs(x) / 16, np.repeat(scale, 128, axis=-1) * 2.0**-10) * (1 + 1e-5)
    assert np.all(np.abs(exchange.dequantise(values, scale) - x) <= allowed)


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"hidden": 100}, "multiple of 128"),
        ({"tokens": 5}, "evenly among 2 channels"),
        ({"chunk": 5}, "does not fit into a ring of 4"),
        ({"topk": 17}, "there are 16 experts"),
        ({"experts": 12}, "cannot be spread evenly over 8 GPUs"),
        ({"senders": 20}, "it can have 1024"),
        ({"slots": 0, "chunk": 1}, "at least 1"),
    ],
)
def test_a_shape_that_cannot_be(wrong: dict[str, int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        exchange.Shape(**wrong)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from([1, 2, 4]))
def test_routes_send_each_token_once_to_each_node_that_wants_it(seed: int, topk: int, channels: int) -> None:
    shape = exchange.Shape(nodes=3, gpus_per_node=2, experts=12, topk=topk, tokens=8, channels=channels)
    experts = exchange.random_tokens(shape, seed).experts[0]
    r = exchange.routes(experts, shape)
    for token, chosen in enumerate(experts):
        gpus = {int(e) // 2 for e in chosen}
        for node in range(3):
            here = {g % 2 for g in gpus if g // 2 == node}
            assert r.masks[node, token] == sum(1 << g for g in here)
            c = token // shape.each
            listed = r.sent[c, node, : r.counts[c, node]].tolist()
            assert listed.count(token) == bool(here) and listed == sorted(listed)
            assert bool(r.nodes[token] >> node & 1) == bool(here)
    assert r.counts.sum() == (r.masks > 0).sum()


def test_routes_refuse_experts_that_there_are_not() -> None:
    shape = exchange.Shape()
    with pytest.raises(ValueError, match="from 0 to 15"):
        exchange.routes(np.full((16, 4), 16), shape)
    with pytest.raises(ValueError, match=r"\(16, 4\)"):
        exchange.routes(np.zeros((4, 16), int), shape)


@given(st.integers(0, 2**32 - 1))
def test_the_reference_is_the_weighted_sum(seed: int) -> None:
    """In float64 and without a thought of GPUs it is the same but for BF16's roundings, 2^-9 of each part."""
    shape = exchange.Shape(tokens=4, hidden=128)
    tokens = exchange.random_tokens(shape, seed)
    gains = np.random.default_rng(seed).standard_normal(16).astype(np.float32)
    x = exchange.dequantise(tokens.values, tokens.scale).astype(float)
    factors = tokens.weights.astype(float) * gains[tokens.experts]
    exact = factors.sum(axis=-1)[..., None] * x
    allowed = 3 * np.abs(factors).sum(axis=-1)[..., None] * np.abs(x) * 2.0**-8
    assert np.all(np.abs(exchange.reference(shape, tokens, gains) - exact) <= allowed)


def test_links_of_a_stream_that_was_not_closed() -> None:
    shape = exchange.Shape()
    with pytest.raises(ValueError, match="stream 0 of channel 0 into GPU 0 was never closed"):
        exchange.links(shape, np.zeros((8, 2, shape.streams), np.int32))
