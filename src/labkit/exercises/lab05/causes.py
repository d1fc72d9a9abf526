"""Why a right product is slow: read from exact counts, beside those of our own kernel on the same matrices."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labkit.checking.case import Case
from labkit.checking.counted import counts

if TYPE_CHECKING:
    from smsim.counting.counts import Counts
    from smsim.counting.tally import Traffic

#: Counts that are this many times ours explain a slow kernel.
MORE = 1.5
Cause = tuple[str, str]
Test = Callable[["Found", "Found"], bool]


class Found:
    """What one kernel executed and touched, in the words of the causes below."""

    def __init__(self, counted: Counts) -> None:
        rows = [row for row in counted.ptx_lines if row.tally.executed]
        self.instructions = counted["smsp__inst_executed.sum"]
        self.doubles = sum(row.tally.executed for row in rows if ".f64" in row.text.split()[0])
        self.loads = _traffic(rows, "global", "ld")
        self.stores = _traffic(rows, "global", "st", "red", "atom")
        self.shared = _traffic(rows, "shared", "ld", "st")
        self.shared_loads = _traffic(rows, "shared", "ld")
        self.local = _traffic(rows, "local", "ld", "st")


def _traffic(rows: list[Any], space: str, *operations: str) -> Traffic:
    from smsim.counting.tally import Traffic

    total = Traffic()
    for row in rows:
        if space in row.tally.traffic and row.text.split()[0].partition(".")[0] in operations:
            total += row.tally.traffic[space]
    return total


def _crooked(mine: Found, ours: Found) -> bool:
    return mine.loads.sectors > MORE * ours.loads.sectors or mine.stores.sectors > MORE * ours.stores.sectors


def _narrow(mine: Found, ours: Found) -> bool:
    """As many bytes from the tiles as ours, in more loads."""
    more = mine.shared_loads.requests > MORE * ours.shared_loads.requests
    return more and mine.shared_loads.bytes <= 1.1 * ours.shared_loads.bytes


#: A test, the misconception's name and what to do, most telling first.
CAUSES: tuple[tuple[Test, str, str], ...] = (
    (
        lambda mine, ours: mine.doubles > 0,
        "sums in float64",
        "The sum is a float64: `total = 0.0` makes it one, and all products with it. Begin with `float32(0)`.",
    ),
    (
        lambda mine, ours: mine.local.requests > ours.local.requests,
        "sums in memory",
        "The sums of a thread are not in registers, but in local memory, which is as far away as global memory. "
        "Registers have no index: every index of a local array must be known when the kernel is compiled, so "
        "loop over it with `range` of a number that you write down.",
    ),
    (
        lambda mine, ours: mine.stores.threads > MORE * ours.stores.threads,
        "sums in global memory",
        "The sums are kept in `C`, so that every addition loads and stores global memory. Add up in a register, "
        "and store the sum once.",
    ),
    (
        lambda mine, ours: mine.shared.requests == 0,
        "no tile",
        "No tile is used: every thread fetches a row and a column of its own from global memory.",
    ),
    (
        lambda mine, ours: mine.loads.threads > MORE * ours.loads.threads,
        "loads again",
        "Elements are fetched from global memory more often than the tiles require. Fill both tiles once a step, "
        "with all threads, and take everything else from there.",
    ),
    (
        _crooked,
        "crooked accesses",
        "Global memory is read or written across the rows. Lanes next to each other belong to columns next to "
        "each other: let the lane, `threadIdx.x`, count along the row.",
    ),
    (
        lambda mine, ours: (
            mine.shared.conflicts > max(MORE * ours.shared.conflicts, mine.shared.wavefronts / 3)
        ),
        "bank conflicts",
        "Lanes of a warp meet in a bank of shared memory. With 16, 32 or 64 words a row, those that walk down a "
        "column do; let them walk along a row, or make the rows of the tile longer by a few unused words.",
    ),
    (
        _narrow,
        "one value a load",
        "Each load of shared memory brings one value, where ours bring four. Neighbours come with one load if the "
        "compiler knows that they lie at a multiple of 16 bytes: `alignment=16` for the tile, an index that cannot "
        "be negative, and the four rows and the four columns of a thread side by side.",
    ),
    (
        lambda mine, ours: mine.shared_loads.requests > MORE * ours.shared_loads.requests,
        "too many loads of shared memory",
        "For each product a value is fetched from shared memory. A value that a thread uses for several results "
        "is fetched once, into a variable, if the results are computed side by side: the loop over them stands "
        "inside the loop over `k`.",
    ),
    (
        lambda mine, ours: mine.instructions > MORE * ours.instructions,
        "too many instructions",
        "The kernel executes far more instructions than the products need. A loop is written out only if its bounds "
        "are constants and its body is short; one that stays a loop is cheaper with `while` than with `range`. And "
        "an index that may be negative costs some instructions each time: write `cuda.threadIdx.x & 127` for an "
        "index below 128, and so on.",
    ),
)


def cause(mine: Any, ours: Any, case: Case) -> Cause | None:
    """The name of what makes ``mine`` slower than ``ours``, and what to do; ``None`` if counts do not tell."""
    one, other = Found(counts(mine, case)), Found(counts(ours, case))
    for applies, name, advice in CAUSES:
        if applies(one, other):
            return name, advice
    return None


def ratio(mine: float, ours: float) -> float:
    """``mine / ours`` to two digits after the point, upwards, so that nothing above a goal looks like it."""
    return math.ceil(100 * mine / ours) / 100
