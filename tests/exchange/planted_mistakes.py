"""The exchange's kernels with one planted mistake each: a change of one place in their source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from smsim import errors
from trainmath import exchange


@dataclass(frozen=True)
class Planted:
    """A mistake, and how it must be found.

    Attributes:
        name: what is wrong.
        kernel: ``dispatch`` or ``combine``.
        old, new: a text that its source has once, and what stands there in its place.
        found: the errors of which it must raise one, where it does not merely get a wrong result.
        array: which array a race is on.
    """

    name: str
    kernel: str
    old: str
    new: str
    found: tuple[type[errors.SimulationError], ...]
    array: str | None = None


RACE = (errors.DataRace,)
STUCK = (errors.Deadlock, errors.BarrierError, errors.InstructionBudgetExceeded)

_SENT = "publish(tail, -k - 1 if k == total else k)"
_SEND = f"""            meet(1 + node, senders * LANES)
            m = note[node]
            for i in range(k + warp, k + m, senders):
                token = sent[c, node, i]
                put(values, scale, experts, weights, token, masks[node, token], ring[i % slots], lane)
            meet(1 + node, senders * LANES)
            k += m
            if leader:
                {_SENT}
"""
_PUBLISH = f"""            meet(1 + node, senders * LANES)
            k += m
            if leader:
                {_SENT}
"""
_EARLY = _SEND.replace(_PUBLISH, "            meet(1 + node, senders * LANES)\n            k += m\n").replace(
    "            for i in",
    "            if leader:\n                publish(tail, -k - m - 1 if k + m == total else k + m)\n"
    "            for i in",
)
_TAKE = """            for i in range(k, there):
                move(ring[i % slots], received[source, c, i], words, lane)
            cuda.syncwarp()
            k = there
            if lane == 0:
                publish(head, k)
"""


def _in_send(old: str, new: str) -> tuple[str, str, str]:
    assert _SEND.count(old) == 1
    return "dispatch", _SEND, _SEND.replace(old, new)


PLANTED = [
    Planted("the flag before the data", "dispatch", _SEND, _EARLY, RACE, "rings"),
    Planted("the tail is not published", *_in_send(_SENT, "pass"), STUCK),
    Planted(
        "a sender's barrier for a warp too few",
        *_in_send("senders * LANES)\n            k += m", "(senders - 1) * LANES)\n            k += m"),
        RACE + STUCK,
    ),
    Planted(
        "a forwarder's barrier for a warp too many", "dispatch",
        "            meet(1 + node, local * LANES)\n            there = note[node]",
        "            meet(1 + node, (local + 1) * LANES)\n            there = note[node]", RACE + STUCK,
    ),
    Planted(
        "no look at the head before a slot is used again", "dispatch", "room = slots - (k - look(head))",
        "room = chunk", RACE, "rings",
    ),
    Planted(
        "the slots are given back before they are read", "dispatch", _TAKE,
        "            if lane == 0:\n                publish(head, there)\n"
        + _TAKE.replace("            if lane == 0:\n                publish(head, k)\n", ""), RACE, "rings",
    ),
    Planted(
        "one lane knows that the data are there, and the others do not wait for it", "dispatch",
        """                    there = look(tail)
            cuda.syncwarp()
""", "                    there = look(tail)\n", RACE, "rings",
    ),
    Planted(
        "the adders take what is not there yet", "combine", "while in_ring(look(tails[first + s :])) < need:",
        "while in_ring(look(tails[first + s :])) < need - 1:", (*RACE, errors.UninitializedRead), "rings",
    ),
]  # fmt: skip


def kernels_with(mistake: Planted) -> ModuleType:
    """The module of a kernel, with the mistake in it."""
    module = getattr(exchange, mistake.kernel)
    path = Path(module.__file__)
    text = path.read_text(encoding="utf-8")
    assert text.count(mistake.old) == 1 and mistake.old != mistake.new, mistake.name
    changed = ModuleType(module.__name__)
    exec(compile(text.replace(mistake.old, mistake.new), str(path), "exec"), changed.__dict__)
    return changed
