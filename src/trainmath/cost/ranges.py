"""Uncertain inputs carried through a calculation: draw, compute, and read off quantiles.

The same seed gives the same draws. An input's draws depend only on the seed and on its name, so adding an input
leaves the others as they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainmath.figures import Figure, figure

SPREADS = ("uniform", "loguniform")
SEED = 132
DRAWS = 20_000


@dataclass(frozen=True)
class Range:
    """A quantity between ``low`` and ``high``: ``uniform``, or ``loguniform`` where ratios count, as in prices."""

    low: float
    high: float
    unit: str = ""
    spread: str = "uniform"

    def __post_init__(self) -> None:
        if self.spread not in SPREADS:
            raise ValueError(f"spread is {self.spread!r}; it is one of {', '.join(SPREADS)}.")
        if not np.isfinite([self.low, self.high]).all() or self.low > self.high:
            raise ValueError(
                f"a range goes from its lower end to its higher, not from {self.low} to {self.high}."
            )
        if self.spread == "loguniform" and self.low <= 0:
            raise ValueError(f"a loguniform range starts above 0, not at {self.low}.")

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """``count`` independent draws, float64 of shape ``(count,)``."""
        if self.spread == "loguniform":
            return np.exp(rng.uniform(np.log(self.low), np.log(self.high), count))
        return rng.uniform(self.low, self.high, count)

    def __str__(self) -> str:
        return f"{self.low:,.4g} to {self.high:,.4g} {self.unit}".rstrip()


def range_of(row: str | Figure, scale: float = 1.0) -> Range:
    """The range of a row of ``trainmath.figures``, both ends times ``scale`` (0.01 turns percent into a share).

    A row with one number gives a range without width.
    """
    row = figure(row) if isinstance(row, str) else row
    low, high = row.value if row.is_range else (row.value, row.value)
    return Range(low * scale, high * scale, row.unit if scale == 1 else "", row.spread)


@dataclass(frozen=True)
class Spread:
    """What came out: ``samples`` of shape ``(draws,)``, and the ``inputs`` that they came from, by name."""

    samples: np.ndarray
    inputs: Mapping[str, np.ndarray]

    def quantile(self, *shares: float) -> Any:
        """The value that a share of the draws (0 to 1) stays below; several shares give an array."""
        found = np.quantile(self.samples, shares)
        return float(found[0]) if len(shares) == 1 else found

    @property
    def low(self) -> float:
        """A twentieth of the draws lie below."""
        return self.quantile(0.05)

    @property
    def median(self) -> float:
        """Half of the draws lie below."""
        return self.quantile(0.5)

    @property
    def high(self) -> float:
        """A twentieth of the draws lie above."""
        return self.quantile(0.95)

    def influence(self) -> dict[str, float]:
        """Each varying input's rank correlation with the result, -1 to 1, largest first."""
        result = _ranks(self.samples)
        found = {
            name: float(np.corrcoef(_ranks(values), result)[0, 1])
            for name, values in self.inputs.items()
            if np.ptp(values) > 0
        }
        return dict(sorted(found.items(), key=lambda pair: -abs(pair[1])))


def _ranks(values: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(values)).astype(np.float64)


def propagate(
    function: Callable[..., Any], inputs: Mapping[str, Range | float], draws: int = DRAWS, seed: int = SEED
) -> Spread:
    """Call ``function(**inputs)`` once, with an array of independent draws for each input.

    ``function`` must accept arrays of shape ``(draws,)``; plain numbers among the inputs stay what they are.
    """
    drawn: dict[str, Any] = {}
    for name, given in inputs.items():
        if isinstance(given, Range):
            rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
            drawn[name] = given.draw(rng, draws)
        else:
            drawn[name] = np.full(draws, float(given))
    return Spread(np.broadcast_to(np.asarray(function(**drawn), float), (draws,)), drawn)
