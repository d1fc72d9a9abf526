"""Reserving SMs: sweeps against the model written out for one k, and what must hold of any sweep."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainmath import reserve
from trainmath.reserve import Machine, Work

positive = st.floats(1e-3, 1e3)
WORKS = st.builds(
    Work, compute=positive, infiniband=positive, nvlink=positive, copied=positive,
    tiles=st.none() | st.integers(1, 1000), hidden=st.floats(0, 1),
)  # fmt: skip
MACHINES = st.builds(
    Machine, infiniband=positive, nvlink=positive, per_sm=positive, sms=st.integers(3, 140),
    latency=st.floats(0, 1), pairs=st.booleans(),
)  # fmt: skip


def one_step(k: int, work: Work, machine: Machine) -> float:
    left = machine.sms - k
    if work.tiles is None:
        compute = work.compute * machine.sms / left
    else:
        compute = work.compute / math.ceil(work.tiles / machine.sms) * math.ceil(work.tiles / left)
    rates = (
        work.infiniband / machine.infiniband,
        work.nvlink / machine.nvlink,
        work.copied / k / machine.per_sm,
    )
    return max(compute * work.hidden, machine.latency + max(rates)) + compute * (1 - work.hidden)


@given(WORKS, MACHINES)
def test_a_sweep_is_the_model_for_every_k(work, machine):
    found = reserve.sweep(work, machine)
    steps = [one_step(int(k), work, machine) for k in found.k]
    assert np.allclose(found.step, steps, rtol=1e-12)
    assert found.at(found.best) == found.step.min()
    assert set(found.k.tolist()) <= set(range(1, machine.sms)) and (
        not machine.pairs or not (found.k % 2).any()
    )


@given(WORKS, MACHINES)
def test_beyond_the_knee_more_sms_move_nothing_faster(work, machine):
    found = reserve.sweep(work, machine)
    assert (np.diff(found.communication) <= 1e-12 * found.communication[0]).all()
    if found.knee is not None:
        beyond = found.communication[found.k >= found.knee]
        assert np.allclose(beyond, beyond[0], rtol=1e-12)
        needed = (
            work.copied
            / machine.per_sm
            / max(work.infiniband / machine.infiniband, work.nvlink / machine.nvlink)
        )
        assert found.knee >= needed * (1 - 1e-9) and found.knee - needed < (3 if machine.pairs else 2)


@given(WORKS, MACHINES, st.floats(1.5, 8))
def test_scaling_everything_changes_no_answer(work, machine, factor):
    slower = replace(
        machine, infiniband=machine.infiniband / factor, nvlink=machine.nvlink / factor,
        per_sm=machine.per_sm / factor, latency=machine.latency * factor,
    )  # fmt: skip
    once, again = (
        reserve.sweep(work, machine),
        reserve.sweep(replace(work, compute=work.compute * factor), slower),
    )
    assert np.allclose(again.step, factor * once.step)


def test_waves_and_tails():
    machine = Machine(50e9, 160e9, 25e9)
    work = Work(1.0, 0, 0, 0, tiles=132)
    times = reserve.compute_seconds(np.array([2, 20, 64, 66, 68]), work, machine)
    assert times.tolist() == [2, 2, 2, 2, 3]  # one SM less than tiles, and a second wave begins
    full = replace(work, tiles=224)
    assert (
        reserve.compute_seconds(np.array([20]), full, machine)[0] == 1.0
    )  # two waves of 112: nothing is lost


def test_a_hand_made_case():
    """Ten SMs move what the link takes; the arithmetic has time enough."""
    machine = Machine(infiniband=50.0, nvlink=1e9, per_sm=5.0, sms=132)
    found = reserve.sweep(Work(compute=1.0, infiniband=100.0, nvlink=0.0, copied=100.0), machine)
    assert found.knee == 10 and found.best == 10 and found.at(10) == 2.0
    assert reserve.apart_seconds(Work(1.0, 100.0, 0.0, 100.0), machine) == 3.0
    assert found.bound[:5] == ("SMs", "SMs", "SMs", "SMs", "InfiniBand")


def test_sensitivity_names_what_matters():
    machine = Machine(infiniband=50.0, nvlink=1e9, per_sm=5.0)
    found = reserve.sensitivity(Work(compute=1.0, infiniband=100.0, nvlink=1.0, copied=100.0), machine)
    by_name = {one.name: one for one in found}
    assert "latency" not in by_name and by_name["nvlink_link"].swing == 0
    assert (by_name["per_sm"].low, by_name["per_sm"].high) == (20, 6)
    assert found[0].swing >= found[-1].swing


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Work(0, 1, 1, 1), "more than 0"),
        (lambda: Work(1, -1, 1, 1), "negative"),
        (lambda: Work(1, 1, 1, 1, tiles=0), "one tile"),
        (lambda: Work(1, 1, 1, 1, hidden=50), "share"),
        (lambda: Machine(0, 1, 1), "greater than 0"),
        (lambda: Machine(1, 1, 1, sms=2), "make three"),
        (
            lambda: reserve.compute_seconds(np.array([132]), Work(1, 1, 1, 1), Machine(1, 1, 1)),
            "between 1 and 131",
        ),
        (lambda: reserve.sweep(Work(1, 1, 1, 1), Machine(1, 1, 1)).at(3), "no k = 3"),
        (lambda: reserve.sensitivity(Work(1, 1, 1, 1), Machine(1, 1, 1), 1), "greater than 1"),
    ],
)
def test_wrong_arguments_are_refused_in_words(wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong()
