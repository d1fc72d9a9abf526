"""What an exchange must give, token by token, in NumPy: the same roundings in the same order, none of the moving."""

from __future__ import annotations

import numpy as np

from trainmath.exchange.fp8 import dequantise, from_bf16, to_bf16
from trainmath.exchange.shape import Shape
from trainmath.exchange.tokens import Tokens


def reference(shape: Shape, tokens: Tokens, gains: np.ndarray) -> np.ndarray:
    """The weighted sum of what a token's experts make of it.

    Added up in float32 and rounded to BF16 at three places: on each GPU over its experts, on each node over its GPUs,
    and at the token's own GPU over the nodes.

    Args:
        shape: of the exchange.
        tokens: what the GPUs start with.
        gains: float32 ``(experts,)``.

    Returns:
        float32 ``(gpus, tokens, hidden)``, each a BF16 number.
    """
    x, experts, weights = dequantise(tokens.values, tokens.scale), tokens.experts, tokens.weights
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
