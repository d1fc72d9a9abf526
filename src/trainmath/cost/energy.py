"""GPU-hours to kilowatt-hours."""

from __future__ import annotations

from typing import Any


def kwh(gpu_hours: Any, watts: Any, pue: Any = 1.0) -> Any:
    """kWh for ``gpu_hours`` at ``watts`` a GPU; ``pue`` is what the site draws over what its computers draw."""
    return gpu_hours * watts / 1000 * pue


def megawatts(gpus: Any, watts: Any, pue: Any = 1.0) -> Any:
    """MW that ``gpus`` GPUs draw at once."""
    return gpus * watts / 1e6 * pue


def wh_per_million_tokens(kwh: Any, tokens: Any) -> Any:
    """Wh for a million tokens."""
    return kwh * 1000 / (tokens / 1e6)
