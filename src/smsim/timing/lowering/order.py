"""The order in which an assembler puts a block's instructions: loads early, then by the longest chain."""

from __future__ import annotations

from dataclasses import dataclass, field

from smsim.timing import microops as m

#: Loads that may be under way before the first of them is used: ptxas has six scoreboards, and lets
#: about two loads share one.
_LOADS_AHEAD = 12
#: What the assembler reckons with for a load.
_ASSUMED = {m.LOAD: 200, m.ATOMIC: 200, m.SHARED_LOAD: 30, m.SHARED_ATOMIC: 60}


@dataclass(eq=False)
class Node:
    """One micro-operation of a block, with what it reads and writes."""

    kind: int
    pipe: int
    interval: int
    latency: int
    gap: int
    width: int
    record: int
    pc: int
    reads: list[int]
    writes: list[int]
    space: str = ""
    before: set[int] = field(default_factory=set)
    length: int = 0


_LOADS = (m.LOAD, m.SHARED_LOAD)
_STORES = (m.STORE, m.SHARED_STORE, m.ATOMIC, m.SHARED_ATOMIC)
_WALLS = (m.BARRIER, m.ARRIVE, m.FENCE, m.SLEEP, m.BRANCH, m.EXIT)


def dependences(nodes: list[Node]) -> None:
    """Fill in ``before``: which nodes have to come first."""
    writer: dict[int, int] = {}
    readers: dict[int, list[int]] = {}
    last_wall, memory = -1, []
    for n, node in enumerate(nodes):
        for place in node.reads:
            if place in writer:
                node.before.add(writer[place])
        for place in node.writes:
            node.before.update(readers.get(place, ()))
            if place in writer:
                node.before.add(writer[place])
        if last_wall >= 0:
            node.before.add(last_wall)
        if node.kind in _WALLS:
            node.before.update(range(last_wall + 1 if last_wall >= 0 else 0, n))
            last_wall, memory = n, []
        elif node.kind in _STORES or node.kind in _LOADS:
            for earlier in memory:
                other = nodes[earlier]
                if (node.kind in _STORES or other.kind in _STORES) and _may_alias(node, other):
                    node.before.add(earlier)
            memory.append(n)
        for place in node.reads:
            readers.setdefault(place, []).append(n)
        for place in node.writes:
            writer[place] = n
            readers[place] = []
        node.before.discard(n)


def _may_alias(a: Node, b: Node) -> bool:
    return a.space == b.space or "generic" in (a.space, b.space)


def ordered(nodes: list[Node]) -> list[Node]:
    """The nodes as a list scheduler would put them."""
    dependences(nodes)
    after: list[list[int]] = [[] for _ in nodes]
    for n, node in enumerate(nodes):
        for earlier in node.before:
            after[earlier].append(n)
    for n in reversed(range(len(nodes))):
        own = _ASSUMED.get(nodes[n].kind, nodes[n].latency)
        nodes[n].length = own + max((nodes[k].length for k in after[n]), default=0)
    waiting = [len(node.before) for node in nodes]
    ready_at = [0] * len(nodes)
    ready = [n for n, count in enumerate(waiting) if not count]
    users = [
        sum(1 for k in after[n] if set(nodes[k].reads) & set(nodes[n].writes)) for n in range(len(nodes))
    ]
    unused: set[int] = set()
    out, t = [], 0
    while ready:
        room = len(unused) < _LOADS_AHEAD
        can = [n for n in ready if ready_at[n] <= t and (room or nodes[n].kind not in _LOADS)]
        if not can:
            can = [
                min(ready, key=lambda n: (ready_at[n] if room or nodes[n].kind not in _LOADS else 1 << 30, n))
            ]
        best = min(can, key=lambda n: (nodes[n].kind not in _LOADS, -nodes[n].length, n))
        ready.remove(best)
        t = max(t + 1, ready_at[best] + 1)
        out.append(nodes[best])
        if nodes[best].kind in _LOADS and users[best]:
            unused.add(best)
        for k in after[best]:
            if k in unused:
                continue
            waiting[k] -= 1
            delay = _ASSUMED.get(nodes[best].kind, nodes[best].latency) if users[best] else 1
            ready_at[k] = max(ready_at[k], t - 1 + delay)
            if not waiting[k]:
                ready.append(k)
        unused -= nodes[best].before
    return out
