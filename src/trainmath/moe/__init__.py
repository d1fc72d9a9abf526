"""Mixture of experts: who goes where, and what that puts on the links.

from trainmath import moe

where = moe.Placement(nodes=8, gpus_per_node=8, experts=256)
scores = moe.random_scores(4096, where, skew=0.5, seed=1)
experts = moe.route(scores, k=8, placement=where, most_nodes=4)
traffic = moe.dispatch(experts, where)           # vectors sent and received, by GPU and link; .back() to combine
traffic.seconds(vector_bytes=7168, infiniband=50e9, nvlink=160e9)
moe.busiest_over_mean(range(20), 4096, where, skew=0.5, most_nodes=4)    # of 20 gates: how uneven, how much by chance
"""

from trainmath.moe.many import busiest_over_mean
from trainmath.moe.placement import Placement
from trainmath.moe.routing import load, random_scores, route
from trainmath.moe.traffic import Traffic, dispatch, experts_at_no_extra_cost

__all__ = [
    "Placement",
    "Traffic",
    "busiest_over_mean",
    "dispatch",
    "experts_at_no_extra_cost",
    "load",
    "random_scores",
    "route",
]
