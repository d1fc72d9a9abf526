"""When each device does what, if everything starts as early as its order and its inputs allow."""

from __future__ import annotations

from dataclasses import dataclass

from trainmath.pipeline.order import Order, ScheduleError, Slot, Work


@dataclass(frozen=True)
class Costs:
    """Times of one stage, in one unit of your choice; the symbols of the DeepSeek-V3 report's table 2.

    Attributes:
        F: the forward pass of one micro-batch.
        B: its whole backward pass, weights included.
        W: the part of ``B`` that computes the gradients of the weights.
        FB: a forward and a backward pass that overlap, the report's F&B; ``None``: they take ``F + B``.
    """

    F: float = 1.0
    B: float = 2.0
    W: float = 1.0
    FB: float | None = None

    def __post_init__(self) -> None:
        if min(self.F, self.B, self.W) <= 0 or self.W >= self.B:
            raise ValueError(
                f"F, B and W are positive, and W is a part of B; not {self.F}, {self.B}, {self.W}"
            )
        if self.FB is not None and not max(self.F, self.B) <= self.FB <= self.F + self.B:
            raise ValueError(
                f"FB is {self.FB}; two passes that overlap take at least the longer one's time, "
                f"{max(self.F, self.B)}, and at most both, {self.F + self.B}"
            )

    @property
    def overlapped(self) -> float:
        """F&B."""
        return self.F + self.B if self.FB is None else self.FB

    def of(self, slot: Slot) -> float:
        """How long a slot takes. An overlapped half backward pass takes ``W`` less than a whole one."""
        if len(slot) == 1:
            return {"F": self.F, "B": self.B, "I": self.B - self.W, "W": self.W}[slot[0].kind]
        half = any(work.kind == "I" for work in slot)
        return self.overlapped - (self.W if half else 0.0)


@dataclass(frozen=True)
class Piece:
    """A slot with its times.

    Attributes:
        device: where.
        slot: what.
        start, end: in the costs' unit.
    """

    device: int
    slot: Slot
    start: float
    end: float


@dataclass(frozen=True)
class Timed:
    """A schedule with times.

    Attributes:
        order: what it was made from.
        costs: times of one stage.
        pieces: device by device, in order.
    """

    order: Order
    costs: Costs
    pieces: tuple[tuple[Piece, ...], ...]

    @property
    def duration(self) -> float:
        """From the first start to the last end."""
        return max(piece.end for pieces in self.pieces for piece in pieces)

    @property
    def bubbles(self) -> tuple[float, ...]:
        """How long each device has nothing to do, from the first start to the last end."""
        whole = self.duration
        return tuple(whole - sum(p.end - p.start for p in pieces) for pieces in self.pieces)

    @property
    def bubble(self) -> float:
        """The idle time of the device that idles most."""
        return max(self.bubbles)

    @property
    def bubble_share(self) -> float:
        """All devices' idle time over all their time, 0 to 1."""
        return sum(self.bubbles) / (self.duration * len(self.pieces))

    def activations(self, device: int) -> int:
        """The most micro-batches whose activations a device holds at once: from the start of ``F`` to the end
        of ``B``, or of the later half."""
        changes = []
        for piece in self.pieces[device]:
            for work in piece.slot:
                if work.kind == "F":
                    changes.append((piece.start, 1))
                elif work.kind in "BW":
                    changes.append((piece.end, -1))
        held = most = 0
        for _, change in sorted(changes):  # at the same moment what ends comes first
            held += change
            most = max(most, held)
        return most

    @property
    def peak_activations(self) -> int:
        """The most that any device holds."""
        return max(self.activations(device) for device in range(len(self.pieces)))


def run(order: Order, costs: Costs | None = None) -> Timed:
    """Give every slot its times: it starts when its device is free and what it needs has arrived.

    A forward pass needs the one of the stage before, a backward pass that of the stage behind (of a cut one the
    half ``I``), the last stage's backward pass its own forward pass. Sending takes no time.

    Raises:
        ScheduleError: the order is not complete (:meth:`Order.check`), or devices wait for each other for ever.
    """
    order.check()
    costs = costs or Costs()
    done: dict[tuple[int, Work], float] = {}
    pieces: list[list[Piece]] = [[] for _ in order.devices]
    moved = True
    while moved:
        moved = False
        for device, slots in enumerate(order.devices):
            mine = pieces[device]
            while len(mine) < len(slots):
                slot = slots[len(mine)]
                needs = [need for work in slot for need in _needs(work, device, order)]
                if any(_ended(done, *need) is None for need in needs):
                    break
                free = mine[-1].end if mine else 0.0
                start = max([free, *(_ended(done, *need) for need in needs)])
                piece = Piece(device, slot, start, start + costs.of(slot))
                mine.append(piece)
                done.update({(device, work): piece.end for work in slot})
                moved = True
    if any(len(mine) < len(slots) for mine, slots in zip(pieces, order.devices, strict=True)):
        raise ScheduleError(_stuck(order, pieces, done))
    return Timed(order, costs, tuple(map(tuple, pieces)))


def _needs(work: Work, device: int, order: Order) -> list[tuple[int, str, Work]]:
    """``(device, kind, work)`` that must have ended; kind ``"back"`` is the backward pass's first result."""
    stage, step = work.stage(device, order.stages), -1 if work.reverse else 1
    if work.kind == "F":
        return [(device - step, "F", work)] if stage > 0 else []
    if work.kind == "W":
        return [(device, "back", work)]
    own = [(device, "F", work)]
    return own if stage == order.stages - 1 else [*own, (device + step, "back", work)]


def _ended(done: dict[tuple[int, Work], float], device: int, kind: str, work: Work) -> float | None:
    if kind == "F":
        return done.get((device, Work("F", work.micro_batch, work.reverse)))
    for back in ("B", "I"):
        end = done.get((device, Work(back, work.micro_batch, work.reverse)))
        if end is not None:
            return end
    return None


def _stuck(order: Order, pieces: list[list[Piece]], done: dict[tuple[int, Work], float]) -> str:
    waits = []
    for device, slots in enumerate(order.devices):
        if len(pieces[device]) == len(slots):
            continue
        slot = slots[len(pieces[device])]
        for work in slot:
            for other, kind, need in _needs(work, device, order):
                if _ended(done, other, kind, need) is None:
                    what = Work("F" if kind == "F" else "B", need.micro_batch, need.reverse)
                    where = "itself" if other == device else f"device {other}"
                    waits.append(f"device {device} waits with {work} for {what} of {where}")
                    break
    return "nobody can go on: " + "; ".join(waits[:4]) + ("; and more" if len(waits) > 4 else "")
