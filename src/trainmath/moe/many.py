"""The same gate many times: how much busier than the mean the busiest GPU is, and how much that is chance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from trainmath.moe.placement import Placement
from trainmath.moe.routing import random_scores, route
from trainmath.moe.traffic import dispatch
from trainmath.sweeping import spread


def busiest_over_mean(
    seeds: Iterable[int],
    tokens: int,
    placement: Placement,
    skew: float = 0.0,
    k: int = 8,
    most_nodes: int | None = None,
    jobs: int | None = None,
) -> np.ndarray:
    """For each seed a gate of its own: vectors that the busiest GPU receives by InfiniBand, over the mean.

    Args:
        seeds: one routing each.
        tokens, placement, skew: as :func:`trainmath.moe.random_scores` takes them.
        k, most_nodes: as :func:`trainmath.moe.route` takes them.
        jobs: as :func:`trainmath.sweeping.spread` takes it.

    Returns:
        float64 ``(seeds,)``, 1 where all GPUs receive alike; 1 too where nothing crosses InfiniBand.

    Raises:
        trainmath.sweeping.SweepError: what these functions refuse; the message names the seed.
    """
    of = partial(_one, tokens=tokens, placement=placement, skew=skew, k=k, most_nodes=most_nodes)
    return np.array(spread(of, seeds, jobs=jobs), dtype=float)


def _one(
    seed: int, *, tokens: int, placement: Placement, skew: float, k: int, most_nodes: int | None
) -> float:
    scores = random_scores(tokens, placement, skew, seed)
    received = dispatch(route(scores, k, placement, most_nodes), placement).infiniband_received
    return float(received.max() / received.mean()) if received.any() else 1.0
