"""Sweeps give the same results on one core, on two, and on a Dask cluster of two workers; errors name the item."""

import io
import os
import sys

import joblib
import numpy as np
import pytest
from dask.distributed import Client, LocalCluster

from trainmath import moe, plan
from trainmath.plan import Task
from trainmath.sweeping import SweepError, spread

WHERE = moe.Placement(nodes=4, gpus_per_node=2, experts=32)
TASK = Task("DeepSeek-V3", 14.8e12, 4096, 15360, budget_usd=6e6, most_days=100)


def routed(jobs=None):
    return moe.busiest_over_mean(range(6), 512, WHERE, skew=0.5, k=4, most_nodes=2, jobs=jobs)


def who(item):
    return item, os.getpid()


def fails_on_three(item):
    if item == 3:
        raise plan.PlanError(
            "a name", "three is not possible."
        )  # cannot be pickled: it asks for two arguments
    return item


@pytest.fixture(scope="module")
def cluster():
    """Two workers, each a process of its own; no dashboard."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as workers,
        Client(workers),
    ):
        yield workers


def test_results_are_those_of_a_plain_loop_in_its_order():
    assert spread(lambda n: n * n, range(5)) == [0, 1, 4, 9, 16]
    assert spread(lambda n: n * n, iter(range(20)), jobs=2) == [n * n for n in range(20)]
    assert spread(len, []) == []


def test_one_process_and_two_give_the_same():
    alone = routed(jobs=1)
    assert alone.shape == (6,) and len(set(alone)) > 1 and (alone > 1).all()
    np.testing.assert_array_equal(routed(), alone)
    np.testing.assert_array_equal(routed(jobs=2), alone)
    pids = {pid for _, pid in spread(who, range(8), jobs=2)}
    assert os.getpid() not in pids


def test_a_cluster_of_two_workers_gives_the_same(cluster):
    alone, plans = routed(), plan.every_plan(TASK)
    with joblib.parallel_config(backend="dask"):
        np.testing.assert_array_equal(routed(), alone)
        assert plan.every_plan(TASK) == plans and len(plans) > 200
        found = spread(who, range(40))
        assert [item for item, _ in found] == list(range(40))
        assert os.getpid() not in {pid for _, pid in found}
        with pytest.raises(SweepError, match="item 4 of 6, 3: PlanError: three is not possible"):
            spread(fails_on_three, range(6))


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_names_its_item(jobs):
    with pytest.raises(SweepError) as refused:
        spread(fails_on_three, range(6), jobs=jobs)
    assert str(refused.value) == "item 4 of 6, 3: PlanError: three is not possible."
    assert "in fails_on_three" in refused.value.__notes__[0]
    with pytest.raises(SweepError, match=r"x{70,76}\.\.\.: TypeError"):
        spread(abs, ["x" * 1000], jobs=jobs)
    with pytest.raises(SweepError, match="item 1 of 2, 4: ValueError: k is 99"):
        moe.busiest_over_mean([4, 5], 16, WHERE, k=99, jobs=jobs)


def test_no_jobs_at_all_are_refused():
    with pytest.raises(ValueError, match="jobs is 0"):
        spread(len, [], jobs=0)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_is_drawn_on_a_terminal_alone(monkeypatch, capsys):
    spread(str, range(3))
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys, "stderr", Terminal())
    spread(str, range(3), progress=False)
    assert not sys.stderr.getvalue()
    spread(str, range(3))
    assert "3/3" in sys.stderr.getvalue()


def test_routing_that_stays_at_home_is_even():
    alone = moe.Placement(nodes=1, gpus_per_node=4, experts=8)
    assert moe.busiest_over_mean([1], 64, alone, k=2).tolist() == [1.0]
