"""Mistakes of the protocol, and of single accesses, that show without a repair."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from labkit.checking.case import Outcome
from labkit.checking.misconception import Misconception
from labkit.exercises.lab09.program import compiled

Found = tuple[str, str] | None
ENDLESS = ("InstructionBudgetExceeded", "Deadlock")

PLAIN_STORE = (
    "plain store",
    "the counter is written by a plain store, of which the hardware may assume that nobody else looks. Use "
    "`st.release.gpu`, by `smsim.asm`.",
)
PLAIN_LOAD = (
    "plain load",
    "the counter is read by a plain load. The compiler may take it out of the loop, since nobody in *this* thread "
    "writes there; then the loop never ends. Use `ld.acquire.gpu`, by `smsim.asm`.",
)
NARROW = (
    "scope of the block",
    "`.cta` is the own block, and the other end is in another block. Take a scope that holds both, `.gpu`.",
)


NOT_AGAIN = (
    "memory missing",
    "the loop that waits looks once and never again: the compiler took your `asm` out of it, since nothing says "
    "that the value may change. Add `memory` to its constraints, as in `=r : l, memory`.",
)


def races_on(outcomes: Sequence[Outcome], *arrays: str) -> Iterator[Any]:
    for outcome in outcomes:
        for error in outcome.errors:
            if type(error).__name__ == "DataRace" and error.array in arrays:
                yield error


def is_endless(outcomes: Sequence[Outcome]) -> bool:
    return any(type(error).__name__ in ENDLESS for outcome in outcomes for error in outcome.errors)


def looks_once(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
    """The run ended in a loop of one block without any access, and the text for one stands before it."""
    if not is_endless(outcomes):
        return None
    lines = compiled(kernel, outcomes[0].case).lines
    stopped = [e.ptx_line for o in outcomes for e in o.errors if type(e).__name__ in ENDLESS and e.ptx_line]
    if not any(_ASKS.search(line) for line in lines):
        return None
    return NOT_AGAIN if stopped and all(_is_blind(lines, number - 1) for number in stopped) else None


#: A load that is made to wait with, or an atomic.
_ASKS = re.compile(r"\b(ld\.(acquire|relaxed|volatile)|atom)\b")
_LABEL = re.compile(r"\s*(\$?\w+):")


def _is_blind(lines: Sequence[str], at: int) -> bool:
    """Whether a line lies in a basic block that jumps to its own start and has no access to memory."""
    start = next((n for n in range(at, -1, -1) if _LABEL.match(lines[n])), None)
    end = next((n for n in range(at, len(lines)) if re.search(r"\bbra(\.uni)?\b", lines[n])), None)
    if start is None or end is None or _LABEL.match(lines[start])[1] not in lines[end]:
        return False
    return not any(re.search(r"\b(ld|atom|bar|barrier|call)\.", line) for line in lines[start:end])


def weak_counter(*counters: str):
    """A race on a counter itself: one of its accesses is weak, or its scope too narrow."""

    def sign(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
        hoisted = any(
            "has no way out" in getattr(error, "message", "")
            for outcome in outcomes
            for error in outcome.errors
        )
        if hoisted:
            return PLAIN_LOAD
        races = list(races_on(outcomes, *counters))
        if not races:
            return None
        program = compiled(kernel, outcomes[0].case)
        texts = [program.lines[n - 1].strip() for error in races for n in error.ptx_lines if n]
        if any(re.search(r"\bst\.global", text) for text in texts):
            return PLAIN_STORE
        if any(re.search(r"\bld\.global", text) for text in texts):
            return PLAIN_LOAD
        if any(".cta" in text for text in texts):
            return NARROW
        return None

    return sign


def _others_race(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    races = list(races_on(outcomes, "slots"))
    return any(thread != (0, 0, 0) for error in races for thread in error.threads or ())


BARRIER = Misconception(
    "barrier missing",
    "the words of other threads than thread 0 race. Thread 0 speaks for them only after a barrier, and listens for "
    "them only before one: one barrier on each side of what the block moves, in the sender and in the receiver.",
    detect=_others_race,
)
EARLY_TAIL = (
    "published before it is written",
    "the tail moves before the piece is in its slot. Write first, then publish: the order of the lines is part of "
    "the program.",
)
EARLY_RELEASE = (
    "slot released before it is read",
    "the head moves before the piece has been read from its slot, and the sender may already write the next one "
    "there. Read first, then give the slot back.",
)


def outside(array: str):
    """Out of bounds in the ring: pieces are counted on and on, slots begin anew."""

    def sign(answers: Sequence[Any], kernel: Any, outcomes: Sequence[Outcome]) -> Found:
        faults = [e for o in outcomes for e in o.errors if type(e).__name__ == "MemoryFault"]
        if not any(error.array == array for error in faults):
            return None
        return (
            "slot without modulo",
            f"an access leaves `{array}`. Piece `k` lies in slot `k % S`: the count goes on, the slots begin anew.",
        )

    return sign


def space(sent: Callable[[int], int], endless: bool) -> Found:
    """How many pieces the sender puts into ``room`` slots when nobody takes any out: ``sent(room)``."""
    one, two = sent(1), sent(2)
    if (one, two) == (1, 2):
        return None
    if (one, two) == (0, 0) and endless:
        return (
            "tail not published",
            "the sender never moves the tail, so the receiver waits for ever. After each piece, store in `tail` how "
            "many have been sent.",
        )
    if one == 4 and two == 5:
        return (
            "no wait for space",
            "the sender does not wait for a free slot: with nobody to take anything out it goes on and overwrites "
            "pieces that were never read. Wait until `head` says that there is room.",
        )
    if (one, two) == (2, 3):
        return (
            "one piece too many",
            "with nobody to take anything out, the sender puts S + 1 pieces into S slots. Piece `k` may be written "
            "once piece `k - S` is out, that is when `head` is at least `k - S + 1`.",
        )
    if (one, two) == (0, 1):
        return (
            "one slot stays empty",
            "the sender always leaves one slot empty, so with a single slot nothing is ever sent. Counters that are "
            "never reduced can tell full from empty: all S slots may be in use.",
        )
    return None
