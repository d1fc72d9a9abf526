"""What the GPUs start with: tokens in FP8, the experts of each, and how much each expert counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainmath import moe
from trainmath.exchange.fp8 import quantise
from trainmath.exchange.shape import Shape


@dataclass(frozen=True)
class Tokens:
    """Of all GPUs.

    Attributes:
        values: E4M3, uint8 ``(gpus, tokens, hidden)``.
        scale: float32 ``(gpus, tokens, hidden / 128)``.
        experts: int32 ``(gpus, tokens, topk)``.
        weights: float32 ``(gpus, tokens, topk)``; of a token they add up to about 1.
    """

    values: np.ndarray
    scale: np.ndarray
    experts: np.ndarray
    weights: np.ndarray


def random_tokens(shape: Shape, seed: int = 0, *, skew: float = 0.0, most_nodes: int | None = None) -> Tokens:
    """Normally distributed tokens, and a gate that has learnt nothing.

    Args:
        shape: how many, and how large.
        seed: of the random numbers.
        skew, most_nodes: as in :func:`trainmath.moe.random_scores` and :func:`trainmath.moe.route`.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((shape.gpus, shape.tokens, shape.hidden)).astype(np.float32)
    scores = moe.random_scores(shape.gpus * shape.tokens, shape.placement, skew, rng)
    experts = moe.route(scores, shape.topk, shape.placement, most_nodes)
    chosen = np.take_along_axis(scores, experts, axis=1)
    weights = (chosen / chosen.sum(axis=1, keepdims=True)).astype(np.float32)
    by_gpu = (shape.gpus, shape.tokens, shape.topk)
    return Tokens(*quantise(x), experts.reshape(by_gpu).astype(np.int32), weights.reshape(by_gpu))
