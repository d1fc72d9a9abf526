"""Predict, then run: an estimate is right when it is within a factor of two."""

from __future__ import annotations

import math
from typing import SupportsFloat

from labkit.facts.units import number


def predict(name: str, guess: SupportsFloat | None, measured: SupportsFloat, unit: str = "") -> None:
    """Print how far ``guess`` is from ``measured`` and keep the score with the progress.

    A guess of ``None`` means that nothing was predicted yet; the notebook runs on all the same.
    """
    figure = f"{number(float(measured))} {unit}".strip()
    if guess is None:
        print(f"[ ] {name}: no prediction yet. The run gave {figure}.")
        return
    try:
        value = float(guess)
    except (TypeError, ValueError):
        print(f"[x] {name}: a prediction is a number; this is a {type(guess).__name__}.")
        return
    from labkit.record.store import remember_prediction

    ratio = factor(value, float(measured))
    good = ratio <= 2
    remember_prediction(name, within_two=good)
    if good:
        print(f"[v] {name}: within a factor of two. You said {number(value)}, the run gave {figure}.")
        return
    side = "low" if value < float(measured) else "high"
    distance = f"too {side} by a factor of {ratio:.3g}" if math.isfinite(ratio) else f"too {side}"
    print(f"[x] {name}: {distance}. You said {number(value)}, the run gave {figure}.")


def factor(guess: float, measured: float) -> float:
    """How many times one is the other, at least 1; infinite when only one of them is 0 or signs differ."""
    if guess == measured:
        return 1.0
    if guess * measured <= 0 or not math.isfinite(guess):
        return math.inf
    return max(guess / measured, measured / guess)
