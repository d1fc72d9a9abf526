"""Which simulated GPUs there are, which of them share a node, and what links them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from smsim.devices.links import LOCAL, NETWORK, NVLINK, Link, published


@dataclass(frozen=True, slots=True)
class Cluster:
    """GPUs in nodes. Within a node they are linked by NVLink, between nodes by the network.

    Attributes:
        gpus: how many in all, numbered from 0.
        gpus_per_node: how many a node; the first node has the lowest numbers.
        nvlink, network: the links, for the timing model; those of DeepSeek's H800 cluster if left out.
    """

    gpus: int
    gpus_per_node: int
    nvlink: Link = field(default_factory=lambda: published("nvlink"))
    network: Link = field(default_factory=lambda: published("network"))

    @property
    def links(self) -> tuple[Link, Link]:
        """Both, in the order of :data:`smsim.devices.links.NAMES`."""
        return self.nvlink, self.network

    def node_of(self, gpu: int) -> int:
        """The node of a GPU."""
        return gpu // self.gpus_per_node

    def same_node(self, a: int, b: int) -> bool:
        """Whether two GPUs share a node."""
        return self.node_of(a) == self.node_of(b)

    def routes(self, home: int) -> np.ndarray:
        """How GPU ``home`` reaches the memory of each GPU: ``LOCAL``, ``NVLINK`` or ``NETWORK``, uint8 ``(gpus,)``."""
        gpu = np.arange(self.gpus)
        near = gpu // self.gpus_per_node == self.node_of(home)
        return np.where(gpu == home, LOCAL, np.where(near, NVLINK, NETWORK)).astype(np.uint8)
