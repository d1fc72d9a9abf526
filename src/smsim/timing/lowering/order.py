"""In which order the assembler puts a block's instructions.

What ptxas does is not published. Seen in SASS: loads are hoisted as early as their addresses and the order of memory
allow, until about twelve are on their way (a tiled matmul begins with twelve LDS and then takes turns between FFMA and
LDS); stores, fences and barriers keep their order; the longest chain goes first. This is a list scheduler with
these rules. It does not look across blocks, and where ptxas unrolls a loop that NVVM left as it was, this does not.
"""

from __future__ import annotations

from smsim.timing import microops as m
from smsim.timing.figures import Timing
from smsim.timing.lowering.operation import FIXED, FREE, ORDERED, READS_MEMORY, WRITES_MEMORY, Operation

#: Loads on their way before the first of them is used, as in the SASS of a tiled matmul.
LOADS_IN_FLIGHT = 12
#: The stall count between two memory instructions in a row.
_MEMORY_GAP = 4


def ordered(operations: list[Operation], timing: Timing) -> list[Operation]:
    """The operations of one block, given as the PTX has them, in the assembler's order."""
    before, after = dependences(operations)
    priority = _priorities(operations, after, timing)
    missing = [len(b) for b in before]
    at = [0] * len(operations)
    candidates = {n for n, count in enumerate(missing) if count == 0}
    flying: dict[int, None] = {}
    done: list[Operation] = []
    now = 0
    while candidates:
        full = len(flying) >= LOADS_IN_FLIGHT
        open_now = [n for n in candidates if not (full and operations[n].is_load)] or list(candidates)
        ready = [n for n in open_now if at[n] <= now]
        if ready:
            chosen = min(ready, key=lambda n: (-priority[n], n))
        else:
            chosen = min(open_now, key=lambda n: (at[n], -priority[n], n))
            now = at[chosen]
        candidates.discard(chosen)
        operation = operations[chosen]
        done.append(operation)
        flying = {n: None for n in flying if chosen not in after[n]}
        for follower, needs_result in after[chosen].items():
            missing[follower] -= 1
            if needs_result:
                at[follower] = max(at[follower], now + _cycles(operation, timing))
            if not missing[follower]:
                candidates.add(follower)
        if operation.is_load and any(after[chosen].values()):
            flying[chosen] = None
        now += operation.gap
    _space_memory(done)
    return done


def dependences(operations: list[Operation]) -> tuple[list[set[int]], list[dict[int, bool]]]:
    """For each operation those that stay before it, and those that stay behind it with whether by its result."""
    before: list[set[int]] = [set() for _ in operations]
    after: list[dict[int, bool]] = [{} for _ in operations]

    def edge(first: int, second: int, by_result: bool) -> None:
        if first != second:
            before[second].add(first)
            after[first][second] = after[first].get(second, False) or by_result

    written: dict[int, int] = {}
    read: dict[int, list[int]] = {}
    reads: dict[str, list[int]] = {}
    writes: dict[str, list[int]] = {}
    fence: int | None = None
    wall: int | None = None
    since_wall: list[int] = []
    for number, operation in enumerate(operations):
        for place in operation.src:
            if place in written:
                edge(written[place], number, True)
            read.setdefault(place, []).append(number)
        for place in operation.dst:
            if place in written:
                edge(written[place], number, False)
            for reader in read.pop(place, ()):
                edge(reader, number, False)
            written[place] = number
        if wall is not None:
            edge(wall, number, False)
        if operation.order == FIXED:
            for earlier in since_wall:
                edge(earlier, number, False)
            wall, since_wall = number, []
        else:
            since_wall.append(number)
        if operation.order in (FREE, FIXED):
            continue
        if fence is not None:
            edge(fence, number, False)
        for space, earlier in writes.items():
            if operation.order == ORDERED or _may_meet(space, operation.space):
                for one in earlier:
                    edge(one, number, False)
        if operation.order in (WRITES_MEMORY, ORDERED):
            for space, earlier in reads.items():
                if operation.order == ORDERED or _may_meet(space, operation.space):
                    for one in earlier:
                        edge(one, number, False)
        if operation.order == ORDERED:
            fence = number
            reads.clear()
            writes.clear()
        elif operation.order == READS_MEMORY:
            reads.setdefault(operation.space, []).append(number)
        else:
            writes.setdefault(operation.space, []).append(number)
    return before, after


def _may_meet(one: str, other: str) -> bool:
    return one == other or "generic" in (one, other)


def _cycles(operation: Operation, timing: Timing) -> int:
    """What the scheduler assumes until a result is there; of a load, that it hits nearby."""
    if operation.kind in (m.SHARED_LOAD, m.SHARED_ATOMIC):
        return timing.shared_latency
    if operation.kind in (m.LOAD, m.ATOMIC):
        return timing.l1_latency
    return max(1, operation.latency)


def _priorities(operations: list[Operation], after: list[dict[int, bool]], timing: Timing) -> list[int]:
    """Cycles on the longest chain from each operation to the end of the block."""
    longest = [0] * len(operations)
    for number in range(len(operations) - 1, -1, -1):
        own = _cycles(operations[number], timing)
        longest[number] = max(
            ((own if by_result else 1) + longest[n] for n, by_result in after[number].items()), default=1
        )
    return longest


def _space_memory(operations: list[Operation]) -> None:
    """Two memory instructions in a row are four cycles apart in SASS."""
    for one, following in zip(operations, operations[1:], strict=False):
        if one.kind in m.RECORDED and one.width and following.width:
            one.gap = max(one.gap, _MEMORY_GAP)
