"""What an exchange must give, token by token, in NumPy: the same roundings in the same order, none of the moving."""

from __future__ import annotations

import numpy as np

from trainmath.exchange.fp8 import from_bf16, from_e4m3, to_bf16
from trainmath.exchange.shape import GROUP, Shape


def reference(
    shape: Shape,
    values: np.ndarray,
    scale: np.ndarray,
    experts: np.ndarray,
    weights: np.ndarray,
    gains: np.ndarray,
) -> np.ndarray:
    """The weighted sum of what a token's experts make of it.

    Added up in float32 and rounded to BF16 at three places: on each GPU over its experts, on each node over its GPUs,
    and at the token's own GPU over the nodes.

    Args:
        shape: of the exchange.
        values, scale: FP8 tokens, as :func:`~trainmath.exchange.fp8.quantise` gives them: uint8 ``(gpus, tokens,
            hidden)`` and float32 ``(gpus, tokens, hidden / 128)``.
        experts, weights: int and float32 ``(gpus, tokens, topk)``.
        gains: float32 ``(experts,)``.

    Returns:
        float32 ``(gpus, tokens, hidden)``, each a BF16 number.
    """
    x = from_e4m3(values) * np.repeat(scale, GROUP, axis=-1)
    total = np.zeros_like(x)
    for node in range(shape.nodes):
        of_node = np.zeros_like(x)
        for gpu in range(node * shape.gpus_per_node, (node + 1) * shape.gpus_per_node):
            of_gpu = np.zeros_like(x)
            for j in range(shape.topk):
                here = shape.placement.gpu_of(experts[..., j]) == gpu
                factor = (weights[..., j] * gains[experts[..., j]])[..., None]
                of_gpu = np.where(here[..., None], of_gpu + factor * x, of_gpu)
            of_node += from_bf16(to_bf16(of_gpu))
        total += from_bf16(to_bf16(of_node))
    return from_bf16(to_bf16(total))
