"""What each device of a pipeline does, and in which order; no times yet.

Work is written as the reports draw it: ``F3`` is the forward pass of micro-batch 3 through one stage, ``B3`` its
whole backward pass, ``I3`` and ``W3`` the two halves of a backward pass that is cut in two: the gradient for the
input, which the stage before waits for, and the gradient for the weights, which nobody waits for. ``F7&B3`` is both
at once, overlapped. With a prime, ``F3'``, a micro-batch goes the other way through the devices, as in DualPipe,
where device 0 holds the first stage of one direction and the last stage of the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

KINDS = ("F", "B", "I", "W")
_WORK = re.compile(r"([FBIW])(\d+)('?)")


class ScheduleError(ValueError):
    """An order that is no schedule; the message says which device, which work, and why."""


@dataclass(frozen=True, slots=True)
class Work:
    """One pass of one micro-batch through one stage.

    Attributes:
        kind: ``F``, ``B``, ``I`` or ``W``, as above.
        micro_batch: its number, counted from 0 in its direction.
        reverse: whether it enters at the last device.
    """

    kind: str
    micro_batch: int
    reverse: bool = False

    def __str__(self) -> str:
        return f"{self.kind}{self.micro_batch}{chr(39) if self.reverse else ''}"

    def stage(self, device: int, devices: int) -> int:
        """The stage that the micro-batch meets on ``device``, 0 being its first."""
        return devices - 1 - device if self.reverse else device


#: What a device does at once: one piece of work, or a forward and a backward pass that overlap.
Slot = tuple[Work, ...]


def slot(text: str) -> Slot:
    """``"F3"``, ``"W0'"`` or ``"F7&B3"`` as a slot.

    Raises:
        ScheduleError: it is none of these.
    """
    works = []
    for part in text.split("&"):
        found = _WORK.fullmatch(part)
        if found is None:
            raise ScheduleError(f"{text!r} is no work: write F3, B3, I3, W3, with a prime F3', or F7&B3.")
        works.append(Work(found[1], int(found[2]), bool(found[3])))
    kinds = sorted(work.kind for work in works)
    if len(works) > 1 and kinds not in (["B", "F"], ["F", "I"]):
        raise ScheduleError(f"{text!r}: only a forward and a backward pass can overlap.")
    return tuple(works)


@dataclass(frozen=True)
class Order:
    """The slots of each device.

    Attributes:
        devices: for each device its slots, in order.
        name: what the schedule is called, for figures and messages.
    """

    devices: tuple[tuple[Slot, ...], ...]
    name: str = "your schedule"

    @classmethod
    def parse(cls, lines: Sequence[str], name: str = "your schedule") -> Order:
        """One line of text a device, work separated by blanks.

        Raises:
            ScheduleError: a word is no work; the message names the device.
        """
        devices = []
        for device, line in enumerate(lines):
            try:
                devices.append(tuple(slot(word) for word in line.split()))
            except ScheduleError as error:
                raise ScheduleError(f"device {device}: {error}") from None
        return cls(tuple(devices), name)

    def __str__(self) -> str:
        return "\n".join(" ".join("&".join(map(str, s)) for s in slots) for slots in self.devices)

    @property
    def stages(self) -> int:
        """Devices in the pipeline, PP."""
        return len(self.devices)

    def micro_batches(self) -> dict[bool, int]:
        """How many micro-batches go each way: ``{False: forth, True: back}``."""
        most = Counter()
        for slots in self.devices:
            for work in (work for one in slots for work in one):
                most[work.reverse] = max(most[work.reverse], work.micro_batch + 1)
        return {reverse: most[reverse] for reverse in (False, True)}

    def check(self) -> None:
        """Every micro-batch goes forward and backward once through every device.

        Raises:
            ScheduleError: work is missing, done twice, or done before what it needs on its own device.
        """
        if not self.devices or not any(self.devices):
            raise ScheduleError("a schedule needs one device at least, with work on it")
        batches = self.micro_batches()
        for device, slots in enumerate(self.devices):
            seen: dict[Work, int] = {}
            for place, one in enumerate(slots):
                for work in one:
                    if work in seen:
                        raise ScheduleError(f"device {device} does {work} twice")
                    seen[work] = place
            for reverse, number in batches.items():
                for micro_batch in range(number):
                    _check_one(device, seen, micro_batch, reverse)


def _check_one(device: int, seen: dict[Work, int], micro_batch: int, reverse: bool) -> None:
    at = {kind: seen.get(Work(kind, micro_batch, reverse)) for kind in KINDS}
    forward, whole, half, weights = (Work(kind, micro_batch, reverse) for kind in KINDS)
    if at["F"] is None:
        raise ScheduleError(f"device {device} never does {forward}")
    if at["B"] is None:
        for kind, work in (("I", half), ("W", weights)):
            if at[kind] is None:
                raise ScheduleError(f"device {device} does neither {whole} nor {work}")
        if at["W"] <= at["I"]:
            raise ScheduleError(f"device {device} does {weights} before {half}")
    elif at["I"] is not None or at["W"] is not None:
        raise ScheduleError(f"device {device} does {whole} and a half of it again")
    back = at["B"] if at["B"] is not None else at["I"]
    if back <= at["F"]:
        raise ScheduleError(
            f"device {device} goes back through {micro_batch} before it went forward: {forward}"
        )
