"""``labkit.progress()``: what is done, lab by lab."""

from __future__ import annotations

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
    scored = state["predictions"].values()
    if scored and lab is None:
        good = sum(bool(p.get("within_two")) for p in scored)
        print(f"predictions: {good} of {len(scored)} within a factor of two")


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
