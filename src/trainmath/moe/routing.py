"""Which experts a token goes to: top-k, limited to a few nodes as in DeepSeek-V3.

Source of the rule: DeepSeek-V3 Technical Report (2024), section 2.1.2. Each token is sent to at most ``M`` nodes, those
with the largest sum of their ``k / M`` highest scores, and to the ``k`` experts with the highest scores on them.
"""

from __future__ import annotations

import numpy as np

from trainmath.moe.placement import Placement


def random_scores(
    tokens: int, placement: Placement, skew: float = 0.0, seed: int | np.random.Generator = 0
) -> np.ndarray:
    """Affinities of tokens to experts, as a gate that has learnt nothing would give them.

    Args:
        tokens: how many rows.
        placement: says how many experts.
        skew: 0: all experts are liked alike. Larger: each expert gets a lasting advantage, normally
            distributed with this standard deviation, on top of the tokens' own tastes, which have 1.
        seed: of the random numbers.

    Returns:
        float64 ``(tokens, experts)`` between 0 and 1: a sigmoid, as V3's gate uses.

    Raises:
        ValueError: ``tokens`` is less than 1 or ``skew`` negative.
    """
    if tokens < 1 or skew < 0:
        raise ValueError(f"tokens is at least 1 and skew at least 0, not {tokens} and {skew}")
    rng = np.random.default_rng(seed)
    liking = rng.standard_normal(placement.experts) * skew
    return 1 / (1 + np.exp(-(rng.standard_normal((tokens, placement.experts)) + liking)))


def route(scores: np.ndarray, k: int, placement: Placement, most_nodes: int | None = None) -> np.ndarray:
    """The experts of each token.

    Args:
        scores: ``(tokens, experts)``.
        k: experts a token.
        placement: which experts share a node.
        most_nodes: ``M``; ``None``: as many as there are.

    Returns:
        int64 ``(tokens, k)``, in ascending order. Of equal scores the lower expert is taken.

    Raises:
        ValueError: the shapes do not fit, ``k`` experts cannot be found on ``most_nodes`` nodes, or ``k`` is no
            multiple of ``most_nodes``.
    """
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 2 or scores.shape[1] != placement.experts:
        raise ValueError(f"scores have the shape (tokens, {placement.experts}), not {scores.shape}")
    if np.isnan(scores).any():
        raise ValueError("scores hold NaN, which has no place in an order")
    limit = placement.nodes if most_nodes is None else most_nodes
    if not 1 <= limit <= placement.nodes:
        raise ValueError(f"most_nodes is {limit}; there are {placement.nodes} nodes")
    if not 1 <= k <= limit * placement.experts_per_node:
        raise ValueError(f"k is {k}; {limit} nodes hold {limit * placement.experts_per_node} experts")
    if limit < placement.nodes:
        if k % limit:
            raise ValueError(
                f"k, {k}, must be a multiple of most_nodes, {limit}: a node is judged by k / M scores"
            )
        scores = np.where(_on_best_nodes(scores, k // limit, placement, limit), scores, -np.inf)
    return np.sort(_highest(scores, k), axis=1)


def _on_best_nodes(scores: np.ndarray, judged_by: int, placement: Placement, limit: int) -> np.ndarray:
    by_node = scores.reshape(len(scores), placement.nodes, placement.experts_per_node)
    worth = np.sort(by_node, axis=2)[:, :, -judged_by:].sum(axis=2)
    chosen = np.zeros(worth.shape, bool)
    np.put_along_axis(chosen, _highest(worth, limit), True, axis=1)
    return np.repeat(chosen, placement.experts_per_node, axis=1)


def _highest(values: np.ndarray, count: int) -> np.ndarray:
    """Columns of the ``count`` highest values of each row."""
    return np.argsort(-values, axis=1, kind="stable")[:, :count]


def load(experts: np.ndarray, placement: Placement) -> np.ndarray:
    """How many tokens each expert gets, int64 ``(experts,)``."""
    return np.bincount(np.asarray(experts).ravel(), minlength=placement.experts)
