"""What went over the links, read off the counters that a run leaves: a closed tail says how many records came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainmath.exchange.dispatch import TAIL
from trainmath.exchange.shape import Shape


@dataclass(frozen=True)
class Links:
    """Records from one GPU to another, int64 ``(gpus, gpus)``: row sends, column receives.

    Attributes:
        network: between GPUs with the same index in different nodes.
        nvlink: between GPUs of a node.
        stayed: those that a GPU put into a ring of its own; they cross nothing.
    """

    network: np.ndarray
    nvlink: np.ndarray
    stayed: np.ndarray


def links(shape: Shape, flags: np.ndarray) -> Links:
    """The records of a dispatch or a combine.

    Args:
        shape: of the exchange.
        flags: int32 ``(gpus, 2, streams)``, as the kernel left them.

    Raises:
        ValueError: a stream has not been closed, so the kernel did not end well.
    """
    tails = np.asarray(flags)[:, TAIL].reshape(shape.gpus, shape.channels, shape.nodes + shape.gpus)
    if (tails >= 0).any():
        gpu, channel, stream = (int(n) for n in np.argwhere(tails >= 0)[0])
        raise ValueError(f"stream {stream} of channel {channel} into GPU {gpu} was never closed")
    records = (-tails.astype(np.int64) - 1).sum(axis=1)
    local, me = shape.gpus_per_node, np.arange(shape.gpus)
    network, nvlink, stayed = (np.zeros((shape.gpus, shape.gpus), np.int64) for _ in range(3))
    for node in range(shape.nodes):
        other = node * local + me % local
        np.add.at(network, (other, me), np.where(other == me, 0, records[:, node]))
        np.add.at(stayed, (me, me), np.where(other == me, records[:, node], 0))
    for stream in range(shape.gpus):
        # Dispatch numbers these streams by where a token comes from, combine by who has worked on it. Either way
        # the neighbour that fills the ring has the index of the stream's GPU.
        other = me // local * local + stream % local
        np.add.at(nvlink, (other, me), np.where(other == me, 0, records[:, shape.nodes + stream]))
        np.add.at(stayed, (me, me), np.where(other == me, records[:, shape.nodes + stream], 0))
    return Links(network, nvlink, stayed)
