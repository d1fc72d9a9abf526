"""Which simulated GPUs there are, and which of them share a node."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cluster:
    """GPUs in nodes. Within a node they are linked by NVLink, between nodes by the network.

    Attributes:
        gpus: how many in all, numbered from 0.
        gpus_per_node: how many a node; the first node has the lowest numbers.
    """

    gpus: int
    gpus_per_node: int

    def node_of(self, gpu: int) -> int:
        """The node of a GPU."""
        return gpu // self.gpus_per_node

    def same_node(self, a: int, b: int) -> bool:
        """Whether two GPUs share a node."""
        return self.node_of(a) == self.node_of(b)
