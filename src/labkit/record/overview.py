"""``labkit.progress()``: what is done, lab by lab."""

from __future__ import annotations

from collections.abc import Iterable

from labkit import exercises
from labkit.record.store import load


def progress(lab: str | None = None) -> None:
    """Print the progress in all labs, or exercise by exercise in one (``"lab01"``)."""
    state = load()
    if lab is not None and lab not in exercises.labs():
        print(f"There is no {lab!r}. Labs: {', '.join(exercises.labs())}.")
        return
    for each in [lab] if lab else exercises.labs():
        names = list(exercises.of_lab(each))
        solved = [n for n in names if state["exercises"].get(n, {}).get("solved")]
        print(f"{each}: {len(solved)} of {len(names)} solved")
        for name in names if lab else ():
            print("  " + _line(name, state["exercises"].get(name, {})))
    if lab is None:
        _predictions(state["predictions"].values())


def _predictions(kept: Iterable[dict]) -> None:
    """One line for numbers and one for limiters, where there are any."""
    for key, text in (
        ("within_two", "predictions: {} of {} within a factor of two"),
        ("right", "limiters: {} of {} named"),
    ):
        scored = [bool(each[key]) for each in kept if key in each]
        if scored:
            print(text.format(sum(scored), len(scored)))


def _line(name: str, entry: dict) -> str:
    mark = "[v]" if entry.get("solved") else "[x]" if entry.get("checks") else "[ ]"
    parts = (
        [f"{entry['checks']} checks" if entry.get("checks", 0) != 1 else "1 check"]
        if "checks" in entry
        else []
    )
    if entry.get("hints"):
        parts.append(f"{entry['hints']} of 3 hints")
    if "score" in entry:
        parts.append(f"best score {entry['score']:.4g}")
    return f"{mark} {name}" + (f" ({', '.join(parts)})" if parts else "")
