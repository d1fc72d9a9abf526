"""Which way each token of a GPU goes: the layout that sender and receiver of combine follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainmath.exchange.shape import Shape


@dataclass(frozen=True)
class Routes:
    """Of one GPU's tokens.

    Attributes:
        masks: which GPUs of a node want a token, bit ``i`` for index ``i``; int32 ``(nodes, tokens)``.
        nodes: which nodes want it, bit ``n`` for node ``n``; int32 ``(tokens,)``.
        sent: the tokens for each node, in order, by channel; int32 ``(channels, nodes, each)``, filled up with 0.
        counts: how many there are, int32 ``(channels, nodes)``.
    """

    masks: np.ndarray
    nodes: np.ndarray
    sent: np.ndarray
    counts: np.ndarray


def routes(experts: np.ndarray, shape: Shape) -> Routes:
    """The routes of tokens with the given experts, int ``(tokens, topk)``.

    Raises:
        ValueError: the shape is another, or an expert is none.
    """
    experts = np.asarray(experts)
    if experts.shape != (shape.tokens, shape.topk):
        raise ValueError(f"experts have the shape {(shape.tokens, shape.topk)}, not {experts.shape}")
    if experts.min() < 0 or experts.max() >= shape.experts:
        raise ValueError(f"experts are numbered from 0 to {shape.experts - 1}")
    wanted = np.zeros((shape.tokens, shape.gpus), bool)
    np.put_along_axis(wanted, shape.placement.gpu_of(experts), True, axis=1)
    by_node = wanted.reshape(shape.tokens, shape.nodes, shape.gpus_per_node)
    masks = (by_node << np.arange(shape.gpus_per_node)).sum(axis=2).T
    nodes = (by_node.any(axis=2) << np.arange(shape.nodes)).sum(axis=1)
    sent = np.zeros((shape.channels, shape.nodes, shape.each), np.int32)
    counts = np.zeros((shape.channels, shape.nodes), np.int32)
    for channel in range(shape.channels):
        first = channel * shape.each
        for node in range(shape.nodes):
            tokens = first + np.flatnonzero(masks[node, first : first + shape.each])
            counts[channel, node] = len(tokens)
            sent[channel, node, : len(tokens)] = tokens
    return Routes(masks.astype(np.int32), nodes.astype(np.int32), sent, counts)
