"""What it costs to serve a model, and what "545 %" is a percentage of."""

from __future__ import annotations


def serving_usd(nodes: float, usd_per_gpu_hour: float, gpus_per_node: int = 8, hours: float = 24) -> float:
    """USD for ``nodes`` nodes over ``hours``."""
    return nodes * gpus_per_node * hours * usd_per_gpu_hour


def revenue_usd(tokens: dict[str, float], usd_per_million: dict[str, float]) -> float:
    """USD for tokens of several kinds at prices a million; both dicts have the same keys, or ``KeyError``."""
    if tokens.keys() != usd_per_million.keys():
        raise KeyError(f"tokens has {sorted(tokens)}, the price list {sorted(usd_per_million)}")
    return sum(count / 1e6 * usd_per_million[kind] for kind, count in tokens.items())


def profit_over_cost(revenue_usd: float, cost_usd: float) -> float:
    """Profit as a multiple of the cost; has no upper limit."""
    return (revenue_usd - cost_usd) / cost_usd


def profit_over_revenue(revenue_usd: float, cost_usd: float) -> float:
    """Profit as a share of the revenue, at most 1: what accounts call a margin."""
    return (revenue_usd - cost_usd) / revenue_usd


def usd_per_million_tokens(cost_usd: float, tokens: float) -> float:
    """USD for a million tokens when all the cost is put on these tokens."""
    return cost_usd / (tokens / 1e6)
