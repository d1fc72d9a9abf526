"""Where the GPUs, nodes and experts of a mixture of experts are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Placement:
    """Experts spread evenly, in order, over the GPUs of some nodes.

    Attributes:
        nodes: how many.
        gpus_per_node: GPUs of each; GPU ``g`` is the one with index ``g % gpus_per_node`` in node
            ``g // gpus_per_node``.
        experts: routed experts; GPU ``g`` holds the ``experts / gpus`` from ``g * experts / gpus`` on.
    """

    nodes: int = 8
    gpus_per_node: int = 8
    experts: int = 256

    def __post_init__(self) -> None:
        if min(self.nodes, self.gpus_per_node, self.experts) < 1:
            raise ValueError("nodes, gpus_per_node and experts are at least 1")
        if self.experts % self.gpus:
            raise ValueError(f"{self.experts} experts cannot be spread evenly over {self.gpus} GPUs")

    @property
    def gpus(self) -> int:
        return self.nodes * self.gpus_per_node

    @property
    def experts_per_node(self) -> int:
        return self.experts // self.nodes

    def gpu_of(self, expert: np.ndarray) -> np.ndarray:
        """The GPU that holds each expert; any shape, integers."""
        return np.asarray(expert) // (self.experts // self.gpus)
