"""Answers whose results are right although their data do not go through the ring."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from labkit.checking.case import Case
from labkit.exercises.lab09.program import STEPS, compiled
from labkit.exercises.lab09.signs import Found

#: Accesses of more than one word, which :func:`words_moved` does not take apart.
_WIDE = re.compile(r"\.(v[248]|[busf]64|b128)\b")
#: Copies whose accesses are not seen one by one.
_COPIES = re.compile(r"\bcp\.")


def words_moved(kernel: Any, case: Case, array: str, kind: Callable[[int], str]) -> Counter | None:
    """How often each block writes and reads the words of an array, over one run that is right.

    Args:
        case: a launch of four threads at most.
        array: name of an array of ``int32``.
        kind: what a word is for, from its number in the array.

    Returns:
        Counts by ``(block, "write" or "read", kind of word)``; an atomic is both. ``None`` where that cannot be
        told: an access is wider than a word, there are asynchronous copies, or the run fails.
    """
    from labkit.figures.accesses import watch
    from smsim.errors import SimulationError

    try:
        watched = watch(kernel[case.blocks, case.threads], *case.arguments.values(), budget=STEPS)
    except SimulationError:
        return None
    lines = compiled(kernel, case).lines
    if any(_COPIES.search(line) for line in lines):
        return None
    counts: Counter = Counter()
    for access in watched.accesses:
        if re.split(r"\W", access.place)[0] != array:
            continue
        word = re.search(r"\d+", access.place[len(array) :])
        if word is None or _WIDE.search(lines[access.ptx_line - 1]):
            return None
        for done in ("write", "read") if access.kind == "update" else (access.kind,):
            counts[access.thread // case.threads, done, kind(int(word[0]))] += access.times
    return counts


def past_the_ring(words: int, sent: int, received: int) -> Found:
    """``words`` have come; ``sent`` were written into the slots by the sender, ``received`` read by the receiver."""
    if min(sent, received) >= words:
        return None
    return (
        "past the ring",
        f"the result is right, but it did not come through the ring. Of {words} words that were sent, the sender "
        f"wrote {min(sent, words)} into `slots` and the receiver read {min(received, words)} from there. Let "
        "all data go through `slots`: block 0 puts them in, and block 1 takes them out.",
    )
