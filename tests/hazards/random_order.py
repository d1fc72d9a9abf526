"""Random programs whose races are known: a plan of accesses and meetings, its PTX, and who may race in it.

A plan is a list of events, each for some of 64 threads (two warps). Every thread goes through its own events in
the plan's order, so that whatever waits is waited for by others at the same event, and the order that the plan
makes among its threads is the same in every run. ``races`` finds it by vector clocks, apart from the simulator.
The two warps are one block, or two.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

THREADS, WARP, CELLS = 64, 32, 3


@dataclass(frozen=True)
class Event:
    """``who`` are the threads that take part, ``kind`` is what they do.

    They touch ``cell``: read, glance (read and throw the value away), write, atomic. They meet: lanes, warp,
    named, block; or the first warp arrives and the second waits: handover. The first sets a flag of its own
    that the second waits for: flag (release and acquire), near (the same for one's own block), fenced (between
    fences), weak (neither).
    """

    kind: str
    who: tuple[int, ...]
    cell: int = 0


ACCESSES = ("read", "glance", "write", "atomic")
FLAGS = ("flag", "near", "fenced", "weak")
_WEIGHTS = {
    "read": 4, "glance": 3, "write": 2, "atomic": 1, "lanes": 5, "warp": 1, "named": 1, "handover": 1,
    "flag": 5, "near": 0.5, "fenced": 3, "weak": 2, "block": 0.4,
}  # fmt: skip


def plan(seed: int, blocks: int = 1, length: int = 14) -> list[Event]:
    """A random plan. Few threads and few cells, so that orders matter."""
    draw = random.Random(seed)
    few = draw.sample(range(WARP), 3) + draw.sample(range(WARP, THREADS), 2)
    events, numbers = [], iter(range(1, 16))
    kinds = {k: w for k, w in _WEIGHTS.items() if blocks == 1 or k not in ("named", "handover")}
    for _ in range(length):
        kind = draw.choices(list(kinds), list(kinds.values()))[0]
        if kind in ACCESSES:
            count = 1 if kind == "write" else draw.choice([1, 1, 2, 3])
            events.append(Event(kind, tuple(sorted(draw.sample(few, count))), draw.randrange(CELLS)))
        elif kind == "lanes":
            lanes = sorted(draw.sample([t for t in few if t < WARP], draw.choice([2, 2, 3])))
            events.append(Event(kind, tuple(lanes)))
        elif kind in FLAGS:
            events.append(Event(kind, tuple(draw.sample(few, 2)), len(events)))
        elif kind == "warp" or kind == "block" and blocks == 2:
            first = draw.choice([0, WARP])
            events.append(Event(kind, tuple(range(first, first + WARP))))
        elif kind in ("named", "handover"):
            number = next(numbers)
            first = draw.choice([0, WARP])
            who = tuple(range(first, THREADS)) + tuple(range(first))
            events.append(Event(kind, who[:WARP] if kind == "named" else who, number))
        else:
            events.append(Event(kind, tuple(range(THREADS))))
    return events


def _conflict(a: str, b: str) -> bool:
    kinds = {a, b}
    return "glance" not in kinds and ("write" in kinds or kinds == {"read", "atomic"})


def races(events: list[Event], blocks: int = 1) -> bool:
    """Whether two threads touch one cell unordered, and it matters."""
    order = _Order(blocks)
    past: list[tuple[int, int, int, str]] = []  # thread, its step, cell, kind
    for event in events:
        if event.kind not in ACCESSES:
            if event.kind == "near" and order.apart(event):
                return True  # they meet at the flag itself, and their scopes do not hold each other
            order.meet(event)
            continue
        for thread in event.who:
            for other, step, cell, kind in past:
                meet = cell == event.cell and other != thread and _conflict(kind, event.kind)
                if meet and order.clock[thread, other] < step:
                    return True
        past += [(t, order.clock[t, t], event.cell, event.kind) for t in event.who]
    return False


class _Order:
    """Vector clocks. ``clock[t, u]``: up to which of u's steps t has waited; ``fenced[t]``: what t knew at its
    last fence; ``seen[t]``: what stood at the flags that t read without acquiring."""

    def __init__(self, blocks: int) -> None:
        self.blocks = blocks
        self.clock = np.eye(THREADS, dtype=int)
        self.fenced = np.zeros((THREADS, THREADS), int)
        self.seen = np.zeros((THREADS, THREADS), int)

    def apart(self, event: Event) -> bool:
        return self.blocks == 2 and event.who[0] // WARP != event.who[1] // WARP

    def meet(self, event: Event) -> None:
        who = list(event.who)
        if event.kind in FLAGS:
            self._flag(event.kind, *who)
            return
        takers = who[WARP:] if event.kind == "handover" else who
        given = self.clock[who].max(axis=0)
        self.clock[takers] = np.maximum(self.clock[takers], given)
        self.clock[who, who] += 1

    def _flag(self, kind: str, giver: int, taker: int) -> None:
        strong = kind in ("flag", "near")
        if kind == "fenced":
            self._fence(giver)
        given = self.clock[giver].copy() if strong else self.fenced[giver]
        self.clock[giver, giver] += strong
        into = self.clock if strong else self.seen
        into[taker] = np.maximum(into[taker], given)
        if kind == "fenced":
            self._fence(taker)

    def _fence(self, thread: int) -> None:
        self.clock[thread] = np.maximum(self.clock[thread], self.seen[thread])
        self.fenced[thread] = self.clock[thread]
        self.clock[thread, thread] += 1


def body(events: list[Event], space: str = "shared") -> str:
    """The plan in PTX, over words of ``tile`` or of x; the flags are words of ``other`` or of x, set to 1000."""
    cells, flags = ("tile", "other") if space == "shared" else ("%rd1", "%rd1+128")
    out = ["mov.u32 %r20, 0;", "mov.u32 %r21, 1000;", "mov.u32 %r22, 0;"]
    out += ["shl.b32 %r23, %r1, 2;", "mov.u32 %r24, other;", "add.u32 %r24, %r24, %r23;"]
    out += ["st.shared.u32 [%r5], %r1;", "st.shared.u32 [%r24], %r20;", "bar.sync 0;"]
    for number, event in enumerate(events):
        out.append(f"setp.eq.u32 %p1, %r20, 1;  // event {number}: {event.kind}")
        if len(event.who) < THREADS:
            for thread in event.who if event.kind in (*ACCESSES, *FLAGS, "lanes") else ():
                out += [f"setp.eq.u32 %p2, %r4, {thread};", "or.pred %p1, %p1, %p2;"]
            if event.kind in ("warp", "named", "block"):
                out += ["shr.u32 %r25, %r4, 5;", f"setp.eq.u32 %p1, %r25, {event.who[0] // WARP};"]
            out.append(f"@!%p1 bra AFTER{number};")
        out += _act(event, number, space, cells, flags)
        out.append(f"AFTER{number}:")
    return "\n    ".join([*out, "st.global.u32 [%rd4], %r22;"])


def _act(event: Event, number: int, space: str, cells: str, flags: str) -> list[str]:
    if event.kind == "read":
        return [f"ld.{space}.u32 %r26, [{cells}+{4 * event.cell}];", "add.u32 %r22, %r22, %r26;"]
    if event.kind == "glance":
        return [f"ld.{space}.u32 %r26, [{cells}+{4 * event.cell}];", "setp.eq.u32 %p4, %r20, 1;",
                "selp.u32 %r26, %r26, 0, %p4;", "add.u32 %r22, %r22, %r26;"]  # fmt: skip
    if event.kind == "atomic":
        return [f"red.{space}.add.u32 [{cells}+{4 * event.cell}], 1;"]
    if event.kind == "write":
        return [
            f"add.u32 %r26, %r1, {100 * number + 1000};",
            f"st.{space}.u32 [{cells}+{4 * event.cell}], %r26;",
        ]
    if event.kind == "lanes":
        return [f"bar.warp.sync {sum(1 << t for t in event.who)};"]
    if event.kind == "warp":
        return ["bar.warp.sync -1;"]
    if event.kind == "block":
        return ["bar.sync 0;"]
    if event.kind == "named":
        return [f"bar.sync {event.cell}, 32;"]
    if event.kind == "handover":
        return [
            "shr.u32 %r25, %r4, 5;", f"setp.eq.u32 %p2, %r25, {event.who[0] // WARP};", f"@%p2 bra ARRIVE{number};",
            f"bar.sync {event.cell}, 64;", f"bra AFTER{number};", f"ARRIVE{number}:", f"bar.arrive {event.cell}, 64;",
        ]  # fmt: skip
    load, store = ("acquire", "release") if event.kind in ("flag", "near") else ("relaxed", "relaxed")
    scope = "cta" if space == "shared" or event.kind == "near" else "gpu"
    fence = f"fence.acq_rel.{scope};" if event.kind == "fenced" else ""
    return [
        f"setp.eq.u32 %p2, %r4, {event.who[0]};", f"@%p2 bra GIVE{number};",
        f"WAIT{number}:", f"ld.{load}.{scope}.{space}.u32 %r26, [{flags}+{4 * event.cell}];",
        "setp.ne.u32 %p3, %r26, 1000;", f"@%p3 bra WAIT{number};", fence, f"bra AFTER{number};",
        f"GIVE{number}:", fence, f"st.{store}.{scope}.{space}.u32 [{flags}+{4 * event.cell}], %r21;",
    ]  # fmt: skip
