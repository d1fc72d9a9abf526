"""The hint ladder: a nudge, then the concept, then nearly the code."""

from __future__ import annotations

import textwrap

from labkit import exercises

STEPS = ("a nudge", "the concept", "nearly the code")


def hint(name: str, step: int | None = None) -> None:
    """Print the next hint for exercise ``name``; ``step`` (1 to 3) asks for a certain one.

    How far the ladder was climbed is kept with the progress, so it goes on where it stopped.
    """
    from labkit.record.store import hints_seen, remember_hint

    try:
        ladder = exercises.hints(name)
    except exercises.UnknownExercise as unknown:
        print(str(unknown)[:1].upper() + str(unknown)[1:])
        return
    if step is None:
        step = min(hints_seen(name) + 1, len(ladder))
    elif step not in range(1, len(ladder) + 1):
        print(f"There are {len(ladder)} hints, 1 to {len(ladder)}.")
        return
    remember_hint(name, step)
    print(f"Hint {step} of {len(ladder)}, {STEPS[step - 1]}:")
    for paragraph in ladder[step - 1].split("\n\n"):
        print(textwrap.fill(paragraph, 88, break_long_words=False, break_on_hyphens=False))
    if step == len(ladder):
        print("That was the last hint. The worked solution has a page of its own, linked at the lab's top.")
