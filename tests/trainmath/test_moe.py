"""Routing and traffic, against the rules written out token by token."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainmath import moe
from trainmath.figures import value
from trainmath.moe import Placement

PLACES = st.builds(
    lambda nodes, each, here: Placement(nodes, each, nodes * each * here),
    st.integers(1, 5), st.integers(1, 4), st.integers(1, 4),
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, Placement, int, int]:
    """Scores with many ties (whole numbers, so that sums of equal scores are equal), a placement, k and M."""
    where = draw(PLACES)
    limit = draw(st.integers(1, where.nodes))
    k = limit * draw(st.integers(1, where.experts_per_node))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    scores = rng.integers(0, draw(st.integers(2, 1000)), (draw(st.integers(1, 12)), where.experts))
    return scores, where, k, limit


def routed_slowly(row: list[float], where: Placement, k: int, limit: int) -> list[int]:
    """The report's rule, for one token."""
    each = where.experts_per_node
    nodes = [list(range(n * each, (n + 1) * each)) for n in range(where.nodes)]

    def worth(node: int) -> float:
        return sum(sorted((row[e] for e in nodes[node]), reverse=True)[: k // limit])

    best = (
        sorted(range(where.nodes), key=lambda n: (-worth(n), n))[:limit]
        if limit < where.nodes
        else range(where.nodes)
    )
    allowed = [e for n in best for e in nodes[n]]
    return sorted(sorted(allowed, key=lambda e: (-row[e], e))[:k])


@given(cases())
def test_routing_follows_the_rule(case):
    scores, where, k, limit = case
    found = moe.route(scores, k, where, limit)
    assert found.tolist() == [routed_slowly(row, where, k, limit) for row in scores.tolist()]


@given(cases(), st.data())
def test_traffic_follows_each_vector(case, data):
    scores, where, k, limit = case
    experts = moe.route(scores, k, where, limit)
    home = np.array(
        data.draw(st.lists(st.integers(0, where.gpus - 1), min_size=len(experts), max_size=len(experts)))
    )
    traffic = moe.dispatch(experts, where, home)
    ib_sent, ib_received, nv_sent, nv_received = Counter(), Counter(), Counter(), Counter()
    each = where.gpus_per_node
    for start, chosen in zip(home.tolist(), experts.tolist(), strict=True):
        has = {start}
        for gpu in sorted({e * where.gpus // where.experts for e in chosen}):
            entry = gpu // each * each + start % each
            if entry not in has:
                ib_sent[start] += 1
                ib_received[entry] += 1
                has.add(entry)
            if gpu not in has:
                nv_sent[entry] += 1
                nv_received[gpu] += 1
                has.add(gpu)
    for counted, array in (
        (ib_sent, traffic.infiniband_sent), (ib_received, traffic.infiniband_received),
        (nv_sent, traffic.nvlink_sent), (nv_received, traffic.nvlink_received),
    ):  # fmt: skip
        assert array.tolist() == [counted[gpu] for gpu in range(where.gpus)]
    assert (
        traffic.infiniband_sent.sum()
        == traffic.infiniband_received.sum()
        == (traffic.nodes_visited.sum())
        - sum(
            int(start // each in {e * where.gpus // where.experts // each for e in chosen})
            for start, chosen in zip(home.tolist(), experts.tolist(), strict=True)
        )
    )
    assert traffic.back().infiniband_sent is traffic.infiniband_received
    assert (traffic.nodes_visited <= limit).all() and (traffic.gpus_visited <= k).all()


def test_the_settings_of_v3():
    where = Placement()
    experts = moe.route(moe.random_scores(4096, where, seed=3), 8, where, 4)
    traffic = moe.dispatch(experts, where)
    assert traffic.nodes_visited.max() == 4
    ratio = value("v3.nvlink_bandwidth") / value("v3.infiniband_bandwidth")
    assert ratio == pytest.approx(3.2)
    assert moe.experts_at_no_extra_cost(
        4, value("v3.infiniband_bandwidth"), value("v3.nvlink_bandwidth")
    ) == pytest.approx(12.8)
    seconds = traffic.seconds(7168, 50e9, 160e9)
    assert seconds["InfiniBand"] > seconds["NVLink"]


def test_skew_makes_the_busiest_busier():
    where = Placement()
    busiest = [
        moe.load(moe.route(moe.random_scores(2000, where, skew, seed=5), 8, where, 4), where).max()
        for skew in (0, 0.5, 1.5)
    ]
    assert busiest == sorted(busiest) and busiest[2] > 3 * busiest[0]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Placement(3, 8, 100), "evenly"),
        (lambda: Placement(0, 8, 100), "at least 1"),
        (lambda: moe.random_scores(0, Placement()), "at least 1"),
        (lambda: moe.route(np.zeros((2, 9)), 8, Placement()), "shape"),
        (lambda: moe.route(np.full((2, 256), np.nan), 8, Placement()), "NaN"),
        (lambda: moe.route(np.zeros((2, 256)), 300, Placement()), "hold 256 experts"),
        (lambda: moe.route(np.zeros((2, 256)), 6, Placement(), 4), "multiple"),
        (lambda: moe.route(np.zeros((2, 256)), 8, Placement(), 9), "there are 8 nodes"),
        (lambda: moe.dispatch(np.full((2, 8), 256), Placement()), "from 0 to 255"),
        (lambda: moe.dispatch(np.zeros(8, int), Placement()), "shape"),
        (lambda: moe.dispatch(np.zeros((2, 8), int), Placement(), np.array([0, 64])), "home names"),
    ],
)
def test_wrong_arguments_are_refused_in_words(wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong()
