"""Ranges through a calculation: the same draws every time, known quantiles found, shares of blame assigned."""

import numpy as np
import pytest

from trainmath import cost
from trainmath.cost.ranges import Range, propagate
from trainmath.figures import figures


def test_a_sum_of_two_uniform_ranges_has_a_triangle_s_quantiles():
    spread = propagate(lambda a, b: a + b, {"a": Range(0, 1), "b": Range(0, 1)}, draws=100_000)
    assert spread.median == pytest.approx(1, abs=0.01)
    assert spread.low == pytest.approx(np.sqrt(2 * 0.05), abs=0.01)
    assert spread.high == pytest.approx(2 - np.sqrt(2 * 0.05), abs=0.01)


def test_a_loguniform_range_has_its_median_at_the_geometric_mean():
    spread = propagate(lambda a: a, {"a": Range(1, 100, spread="loguniform")})
    assert spread.median == pytest.approx(10, rel=0.03)
    assert spread.samples.min() >= 1 and spread.samples.max() <= 100


def test_the_same_seed_gives_the_same_draws_and_inputs_do_not_disturb_each_other():
    first = propagate(lambda a: a, {"a": Range(0, 1)})
    second = propagate(lambda b, a: a, {"b": Range(0, 9), "a": Range(0, 1)})
    assert np.array_equal(first.samples, second.samples)
    assert not np.array_equal(first.samples, propagate(lambda a: a, {"a": Range(0, 1)}, seed=1).samples)
    inputs = {"a": Range(0, 1), "b": Range(0, 1)}
    drawn = propagate(lambda a, b: a, inputs).inputs
    assert abs(np.corrcoef(drawn["a"], drawn["b"])[0, 1]) < 0.03


def test_a_number_passes_through_unchanged():
    spread = propagate(cost.rent_usd, {"gpu_hours": 2.788e6, "usd_per_gpu_hour": 2.0})
    assert spread.low == spread.median == spread.high == pytest.approx(5.576e6)
    assert spread.influence() == {}


def test_influence_ranks_the_inputs():
    inputs = {"a": Range(0, 10), "b": Range(0, 1), "c": Range(3, 3)}
    found = propagate(lambda a, b, c: a - b + c, inputs).influence()
    assert list(found) == ["a", "b"]
    assert found["a"] > 0.9 and found["b"] < 0


def test_quantiles_rise():
    spread = propagate(lambda a: a**2, {"a": Range(1, 3)})
    found = spread.quantile(0.05, 0.25, 0.5, 0.75, 0.95)
    assert np.all(np.diff(found) > 0) and found[2] == spread.median


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((2, 1), "from its lower end"), ((0, 1, "", "loguniform"), "above 0"), ((0, 1, "", "normal"), "one of")],
)
def test_impossible_ranges(arguments, said):
    with pytest.raises(ValueError, match=said):
        Range(*arguments)


def test_nan_is_no_end():
    with pytest.raises(ValueError):
        Range(float("nan"), 1)


@pytest.mark.parametrize("key", [k for k, row in figures().items() if row.is_range])
def test_every_range_in_the_tables_can_be_drawn(key):
    found = cost.range_of(key)
    assert found.low < found.high
    assert str(found).startswith(f"{found.low:,.4g} to ")


def test_percent_becomes_a_share():
    assert cost.range_of("price.utilisation", 0.01).high == pytest.approx(0.95)
    assert cost.range_of("v3.gpu_hours") == Range(2.788e6, 2.788e6, "GPU-hours")
