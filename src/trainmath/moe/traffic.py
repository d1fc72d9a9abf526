"""What a routing puts on each link.

The path is DeepSeek-V3's (Technical Report, section 3.2.2): a token goes over InfiniBand once to each node that it
needs, to the GPU with its own GPU's index there, and from that GPU over NVLink to those with its experts. A GPU with
several of them gets it once. Combining goes the same ways back, and the GPU in between adds up, so that one vector
crosses InfiniBand for each node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainmath.moe.placement import Placement


@dataclass(frozen=True)
class Traffic:
    """Vectors that each GPU sends and receives over each kind of link; times their bytes it is a volume.

    Attributes:
        tokens: how many tokens each GPU starts with, int64 ``(gpus,)``.
        infiniband_sent, infiniband_received: int64 ``(gpus,)``.
        nvlink_sent, nvlink_received: the same.
        nodes_visited: nodes that each token needs, its own counted, int64 ``(tokens,)``.
        gpus_visited: GPUs that hold its experts, int64 ``(tokens,)``.
    """

    tokens: np.ndarray
    infiniband_sent: np.ndarray
    infiniband_received: np.ndarray
    nvlink_sent: np.ndarray
    nvlink_received: np.ndarray
    nodes_visited: np.ndarray
    gpus_visited: np.ndarray

    def back(self) -> Traffic:
        """Of combining: every link the other way."""
        return Traffic(
            self.tokens,
            self.infiniband_received,
            self.infiniband_sent,
            self.nvlink_received,
            self.nvlink_sent,
            self.nodes_visited,
            self.gpus_visited,
        )

    @property
    def busiest(self) -> dict[str, int]:
        """The most vectors that any GPU has on a link in one direction, by link."""
        return {
            "InfiniBand": int(max(self.infiniband_sent.max(), self.infiniband_received.max())),
            "NVLink": int(max(self.nvlink_sent.max(), self.nvlink_received.max())),
        }

    def seconds(self, vector_bytes: float, infiniband: float, nvlink: float) -> dict[str, float]:
        """How long the busiest GPU's links are taken, in s, by link; both directions work at once.

        Args:
            vector_bytes: of one token's vector.
            infiniband, nvlink: a GPU's bandwidth in one direction, in B/s.
        """
        most = self.busiest
        return {
            "InfiniBand": most["InfiniBand"] * vector_bytes / infiniband,
            "NVLink": most["NVLink"] * vector_bytes / nvlink,
        }


def dispatch(experts: np.ndarray, placement: Placement, home: np.ndarray | None = None) -> Traffic:
    """The traffic of sending tokens to their experts.

    Args:
        experts: of each token, int ``(tokens, k)``, as :func:`trainmath.moe.route` gives them.
        placement: who holds them.
        home: the GPU that each token starts on, int ``(tokens,)``; ``None``: in turn, as evenly as possible.

    Raises:
        ValueError: an expert or a GPU that there is not.
    """
    experts = np.asarray(experts)
    if experts.ndim != 2 or not len(experts):
        raise ValueError(f"experts have the shape (tokens, k), not {experts.shape}")
    if experts.min() < 0 or experts.max() >= placement.experts:
        raise ValueError(f"experts are numbered from 0 to {placement.experts - 1}")
    tokens, each = len(experts), placement.gpus_per_node
    home = np.arange(tokens) % placement.gpus if home is None else np.asarray(home)
    if home.shape != (tokens,) or home.min() < 0 or home.max() >= placement.gpus:
        raise ValueError(f"home names a GPU from 0 to {placement.gpus - 1} for each of the {tokens} tokens")

    visited = np.zeros((tokens, placement.gpus), bool)
    np.put_along_axis(visited, placement.gpu_of(experts), True, axis=1)
    nodes = visited.reshape(tokens, placement.nodes, each).any(axis=2)

    abroad = nodes & (np.arange(placement.nodes) != (home // each)[:, None])
    token, node = np.nonzero(abroad)
    through = node * each + home[token] % each
    count = lambda gpus: np.bincount(gpus, minlength=placement.gpus)  # noqa: E731

    reached, gpu = np.nonzero(visited)
    forwarder = gpu // each * each + home[reached] % each
    hops = forwarder != gpu
    return Traffic(
        tokens=count(home),
        infiniband_sent=count(home[token]),
        infiniband_received=count(through),
        nvlink_sent=count(forwarder[hops]),
        nvlink_received=count(gpu[hops]),
        nodes_visited=nodes.sum(axis=1),
        gpus_visited=visited.sum(axis=1),
    )


def experts_at_no_extra_cost(most_nodes: int, infiniband: float, nvlink: float) -> float:
    """Experts a token could visit while InfiniBand is the bottleneck: ``M`` times the ratio of the bandwidths.

    While a vector crosses InfiniBand to a node, NVLink can take ``nvlink / infiniband`` copies of another on.
    The report's numbers: 4 nodes and 160 / 50 = 3.2, about 13 experts.
    """
    return most_nodes * nvlink / infiniband
