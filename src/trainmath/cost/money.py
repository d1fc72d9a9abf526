"""GPU-hours to dollars: rent, ownership, and the utilisation at which they meet. Shares are 0 to 1, not percent.

All functions take numbers or NumPy arrays, so that ranges go through them unchanged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trainmath.cost.energy import kwh

HOURS_PER_YEAR = 8760


def rent_usd(gpu_hours: Any, usd_per_gpu_hour: Any) -> Any:
    """USD for renting ``gpu_hours``."""
    return gpu_hours * usd_per_gpu_hour


def capital_usd(gpus: Any, usd_per_gpu: Any, network_usd_per_gpu: Any = 0.0) -> Any:
    """USD for buying ``gpus`` GPUs, each with its share of a server and of the network."""
    return gpus * (usd_per_gpu + network_usd_per_gpu)


def fixed_usd_per_hour(usd_per_gpu: Any, years: Any, residual: Any = 0.0, upkeep: Any = 0.0) -> Any:
    """USD that an owned GPU costs each hour of the clock, whether it works or not.

    ``usd_per_gpu``: price of the GPU with server and network; ``years``: life, written off evenly; ``residual``:
    share of the price that the sale at the end brings; ``upkeep``: share of the price a year.
    """
    return usd_per_gpu * ((1 - residual) / years + upkeep) / HOURS_PER_YEAR


def energy_usd_per_gpu_hour(watts: Any, usd_per_kwh: Any, pue: Any = 1.0) -> Any:
    """USD of electricity for one hour of work: ``watts`` a GPU with its server, times PUE."""
    return kwh(1.0, watts, pue) * usd_per_kwh


def ownership_usd_per_gpu_hour(
    fixed_usd_per_hour: Any, energy_usd_per_gpu_hour: Any, utilisation: Any
) -> Any:
    """USD an hour of *work* of an owned GPU that works during a share ``utilisation`` of the time."""
    return fixed_usd_per_hour / utilisation + energy_usd_per_gpu_hour


def break_even_utilisation(
    rent_usd_per_gpu_hour: Any, fixed_usd_per_hour: Any, energy_usd_per_gpu_hour: Any
) -> Any:
    """Utilisation above which owning is cheaper than renting by the hour; above 1 it never is.

    Raises ``ValueError`` where the rent does not even cover the electricity, since no utilisation helps then.
    """
    margin = rent_usd_per_gpu_hour - energy_usd_per_gpu_hour
    if np.any(margin <= 0):
        raise ValueError("the rent is not above the price of the electricity: owning never pays.")
    return fixed_usd_per_hour / margin
