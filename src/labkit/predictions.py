"""Predict, then run: an estimate is right when it is within a factor of two, a limiter when it is named."""

from __future__ import annotations

import difflib
import math
import re
from typing import TYPE_CHECKING, SupportsFloat

from labkit.facts.units import number

if TYPE_CHECKING:
    from smsim.profiling.profile import Profile


def predict(name: str, guess: SupportsFloat | None, measured: SupportsFloat, unit: str = "") -> None:
    """Print how far ``guess`` is from ``measured`` and keep the score with the progress.

    A guess of ``None`` means that nothing was predicted yet; the notebook runs on all the same.
    """
    figure = _with_unit(float(measured), unit)
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


def _with_unit(measured: float, unit: str) -> str:
    """``3 blocks an SM``, ``1 block an SM``; units come in the plural, the counted thing first."""
    counted = re.match(r"\w+[^\Ws]s\b", unit)
    if measured == 1 and counted:
        unit = unit[: counted.end() - 1] + unit[counted.end() :]
    return f"{number(measured)} {unit}".strip()


def predict_limiter(name: str, guess: str | None, profile: Profile) -> None:
    """Print whether ``guess`` is what limits a launch by its profile, and keep the score with the progress.

    A guess is one of the names in ``smsim.profiling.limiter.NAMES``, in any case; what stands behind
    "latency: " will do. ``None`` means that nothing was predicted yet.
    """
    from smsim.profiling.limiter import NAMES

    found = f"By the profile it is {profile.limiter.name}."
    if guess is None:
        print(f"[ ] {name}, limiter: no prediction yet. {found}")
        return
    known = {short.lower(): full for full in NAMES for short in (full, full.removeprefix("latency: "))}
    said = str(guess).strip().lower()
    if said not in known:
        near = difflib.get_close_matches(said, known, n=1, cutoff=0.5)
        advice = f"did you mean {known[near[0]]!r}?" if near else f"the names are {', '.join(NAMES)}."
        print(f"[x] {name}, limiter: {guess!r} is no limiter's name; {advice}")
        return
    from labkit.record.store import remember_limiter

    good = known[said] == profile.limiter.name
    remember_limiter(f"{name}, limiter", right=good)
    told = "right." if good else f"you said {known[said]}."
    print(f"[{'v' if good else 'x'}] {name}, limiter: {told} {found}")


def factor(guess: float, measured: float) -> float:
    """How many times one is the other, at least 1; infinite when only one of them is 0 or signs differ."""
    if guess == measured:
        return 1.0
    if guess * measured <= 0 or not math.isfinite(guess):
        return math.inf
    return max(guess / measured, measured / guess)
