"""Money, energy and the factors on GPU-hours: by hand, by property, and in the right units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainmath import cost

shares = st.floats(0.01, 1)
positive = st.floats(0.01, 1e6)


def test_units_by_hand():
    assert cost.rent_usd(2.788e6, 2.0) == pytest.approx(5.576e6)
    assert cost.kwh(gpu_hours=1000, watts=700, pue=1.5) == pytest.approx(1050)
    assert cost.megawatts(gpus=2048, watts=1000) == pytest.approx(2.048)
    assert cost.wh_per_million_tokens(kwh=1, tokens=2e6) == pytest.approx(500)
    assert cost.capital_usd(10, 30_000, 4_000) == 340_000
    assert cost.fixed_usd_per_hour(usd_per_gpu=43_800, years=5) == pytest.approx(1.0)
    assert cost.fixed_usd_per_hour(usd_per_gpu=43_800, years=5, residual=0.5, upkeep=0.1) == pytest.approx(
        1.0
    )
    assert cost.energy_usd_per_gpu_hour(watts=1000, usd_per_kwh=0.10, pue=1.2) == pytest.approx(0.12)
    assert cost.ownership_usd_per_gpu_hour(1.0, 0.12, 0.5) == pytest.approx(2.12)
    assert cost.gpu_hours_between_failures(gpus=100, hours=10, failures=4) == 250


@given(positive, st.floats(0.0, 10), st.floats(1.01, 100))
def test_rent_and_ownership_meet_at_the_break_even(fixed, energy, more):
    rent = (energy + fixed) * more
    meet = cost.break_even_utilisation(rent, fixed, energy)
    assert cost.ownership_usd_per_gpu_hour(fixed, energy, meet) == pytest.approx(rent)
    assert cost.ownership_usd_per_gpu_hour(fixed, energy, meet * 1.1) < rent


def test_a_rent_below_the_price_of_electricity():
    with pytest.raises(ValueError, match="owning never pays"):
        cost.break_even_utilisation(0.1, 1.0, 0.2)
    with pytest.raises(ValueError, match="owning never pays"):
        cost.break_even_utilisation(np.array([3.0, 0.1]), 1.0, 0.2)


@given(st.integers(0, 131), st.floats(0, 1))
def test_reserved_sms_cost_at_most_in_proportion(k, overlapped):
    factor = cost.reserved_sm_factor(k, 132, overlapped)
    assert 1 <= factor <= 132 / (132 - k) * (1 + 1e-12)
    if k < 131:
        assert cost.reserved_sm_factor(k + 1, 132, overlapped) >= factor


def test_twenty_of_132():
    assert cost.reserved_sm_factor(20) == pytest.approx(132 / 112)
    assert cost.reserved_sm_factor(20, overlapped=0.0) == 1


@given(st.integers(1, 64), st.integers(1, 512))
def test_the_bubble_by_formula_is_the_bubble_by_count(stages, micro_batches):
    """Each stage works on M micro-batches, and the last ends PP - 1 slots after it could have."""
    slots = micro_batches + stages - 1
    assert cost.bubble_1f1b(stages, micro_batches) == pytest.approx((slots - micro_batches) / slots)
    assert cost.bubble_factor(cost.bubble_1f1b(stages, micro_batches)) == pytest.approx(slots / micro_batches)


@given(shares, st.floats(1, 100))
def test_amdahl(share, speedup):
    factor = cost.precision_factor(share, speedup)
    assert 1 - share - 1e-12 <= factor <= 1
    assert cost.precision_factor(share, 1) == pytest.approx(1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: cost.bubble_factor(10.3),
        lambda: cost.bubble_factor(1),
        lambda: cost.effective_factor(90),
        lambda: cost.effective_factor(0),
        lambda: cost.precision_factor(80, 2),
        lambda: cost.precision_factor(0.8, 0),
        lambda: cost.reserved_sm_factor(132),
        lambda: cost.reserved_sm_factor(-1),
        lambda: cost.reserved_sm_factor(20, 132, 50),
        lambda: cost.bubble_1f1b(0, 8),
    ],
)
def test_percent_for_a_share_is_refused(call):
    with pytest.raises(ValueError, match="is|are"):
        call()


def test_the_best_interval_between_checkpoints_is_the_cheapest():
    save, restart, between = 0.05, 0.3, 3.0
    best = cost.best_checkpoint_hours(save, between)
    at_best = cost.lost_share(best, save, restart, between)
    for other in np.linspace(0.2, 3, 40) * best:
        assert cost.lost_share(other, save, restart, between) >= at_best - 1e-12


def test_profit_of_cost_and_of_revenue():
    assert cost.profit_over_cost(300, 100) == 2.0
    assert cost.profit_over_revenue(300, 100) == pytest.approx(2 / 3)
    assert cost.usd_per_million_tokens(cost_usd=50, tokens=1e8) == 0.5
    assert cost.sparsity_factor(37e9, 370e9) == pytest.approx(0.1)
    assert cost.effective_factor(0.8) == 1.25


def test_prices_for_other_tokens_are_refused():
    with pytest.raises(KeyError, match="price list"):
        cost.revenue_usd({"input": 1e6}, {"output": 1.0})


def test_factors_take_arrays():
    assert cost.reserved_sm_factor(np.array([0, 66])).tolist() == [1, 2]
    assert cost.precision_factor(np.array([0.0, 1.0]), 2.0).tolist() == [1, 0.5]
    assert cost.bubble_factor(np.array([0.0, 0.5])).tolist() == [1, 2]
    with pytest.raises(ValueError, match="share"):
        cost.precision_factor(np.array([0.5, 50.0]), 2.0)
    with pytest.raises(ValueError, match="share"):
        cost.bubble_factor(float("nan"))
