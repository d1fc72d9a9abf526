"""From GPU-hours to dollars and energy, with ranges."""

from trainmath.cost.energy import kwh, megawatts, wh_per_million_tokens
from trainmath.cost.estimate import Estimate, estimate
from trainmath.cost.money import (
    break_even_utilisation,
    capital_usd,
    energy_usd_per_gpu_hour,
    fixed_usd_per_hour,
    ownership_usd_per_gpu_hour,
    rent_usd,
)
from trainmath.cost.ranges import Range, Spread, propagate, range_of
from trainmath.cost.run import (
    best_checkpoint_hours,
    bubble_1f1b,
    bubble_factor,
    effective_factor,
    gpu_hours_between_failures,
    lost_share,
    precision_factor,
    reserved_sm_factor,
    sparsity_factor,
)
from trainmath.cost.serving import (
    profit_over_cost,
    profit_over_revenue,
    revenue_usd,
    serving_usd,
    usd_per_million_tokens,
)

__all__ = [
    "Estimate",
    "Range",
    "Spread",
    "best_checkpoint_hours",
    "break_even_utilisation",
    "bubble_1f1b",
    "bubble_factor",
    "capital_usd",
    "effective_factor",
    "energy_usd_per_gpu_hour",
    "estimate",
    "fixed_usd_per_hour",
    "gpu_hours_between_failures",
    "kwh",
    "lost_share",
    "megawatts",
    "ownership_usd_per_gpu_hour",
    "precision_factor",
    "profit_over_cost",
    "profit_over_revenue",
    "propagate",
    "range_of",
    "rent_usd",
    "reserved_sm_factor",
    "revenue_usd",
    "serving_usd",
    "sparsity_factor",
    "usd_per_million_tokens",
    "wh_per_million_tokens",
]
