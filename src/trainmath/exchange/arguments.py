"""The arrays that the kernels take, of all GPUs, in the kernels' order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trainmath.exchange.routes import routes
from trainmath.exchange.shape import Shape
from trainmath.exchange.tokens import Tokens


class Dispatch(NamedTuple):
    """Every array has the GPU as its first axis; see :func:`trainmath.exchange.dispatch.block_function`."""

    values: np.ndarray
    scale: np.ndarray
    experts: np.ndarray
    weights: np.ndarray
    masks: np.ndarray
    sent: np.ndarray
    counts: np.ndarray
    rings: np.ndarray
    flags: np.ndarray
    received: np.ndarray
    arrived: np.ndarray
    passed: np.ndarray
    came: np.ndarray
    chunk: np.int32


class Combine(NamedTuple):
    """Every array has the GPU as its first axis; see :func:`trainmath.exchange.combine.block_function`."""

    partial: np.ndarray
    arrived: np.ndarray
    passed: np.ndarray
    came: np.ndarray
    wanted: np.ndarray
    rings: np.ndarray
    flags: np.ndarray
    out: np.ndarray
    chunk: np.int32


#: What stands in memory before anybody writes it: a number that no right result has.
UNWRITTEN = 0xCDCDCDCD


def _unwritten(*shape: int) -> np.ndarray:
    return np.full(shape, UNWRITTEN, np.uint32)


def _flags(shape: Shape) -> np.ndarray:
    return np.zeros((shape.gpus, 2, shape.streams), np.int32)


def for_dispatch(shape: Shape, tokens: Tokens) -> Dispatch:
    """Fresh arrays: the tokens, empty rings, flags of 0."""
    of_gpus = [routes(experts, shape) for experts in tokens.experts]
    masks, sent, counts = (
        np.stack([getattr(r, name) for r in of_gpus]) for name in ("masks", "sent", "counts")
    )
    gpus = shape.gpus
    return Dispatch(
        tokens.values.view(np.uint32),
        tokens.scale.view(np.uint32),
        tokens.experts,
        tokens.weights.view(np.uint32),
        masks,
        sent,
        counts,
        rings=_unwritten(gpus, shape.streams, shape.slots, shape.record_words),
        flags=_flags(shape),
        received=_unwritten(gpus, gpus, shape.channels, shape.each, shape.record_words),
        arrived=np.full((gpus, gpus, shape.channels), -1, np.int32),
        passed=np.full((gpus, shape.channels, shape.nodes, shape.each), -1, np.int32),
        came=np.full((gpus, shape.channels, shape.nodes), -1, np.int32),
        chunk=np.int32(shape.chunk),
    )


def for_experts(shape: Shape) -> np.ndarray:
    """``partial``, where the experts put what combine then sends."""
    return _unwritten(shape.gpus, shape.gpus, shape.channels, shape.each, shape.back_words)


def for_combine(shape: Shape, tokens: Tokens, dispatched: Dispatch, partial: np.ndarray) -> Combine:
    """Fresh arrays for the way back of what ``dispatched`` holds after dispatch."""
    return Combine(
        partial,
        dispatched.arrived,
        dispatched.passed,
        dispatched.came,
        wanted=np.stack([routes(experts, shape).nodes for experts in tokens.experts]),
        rings=_unwritten(shape.gpus, shape.streams, shape.slots, shape.back_words),
        flags=_flags(shape),
        out=_unwritten(shape.gpus, shape.tokens, shape.back_words),
        chunk=np.int32(shape.chunk),
    )
