"""The schedules of the DeepSeek-V3 report's table 2, each as the order in which every device works.

1F1B fills the pipeline, then alternates. ZB1P cuts the backward pass in two and puts the gradients of the weights,
which nobody waits for, where a device would idle (Qi and others, Zero Bubble Pipeline Parallelism, 2023, schedule
H1). DualPipe feeds micro-batches from both ends, so that a forward and a backward pass are there to overlap almost
always (DeepSeek-AI, DeepSeek-V3 Technical Report, 2024, section 3.2.1 and figure 5).
"""

from __future__ import annotations

from collections import deque

from trainmath.pipeline.order import Order, Slot, Work


def one_f_one_b(stages: int, micro_batches: int) -> Order:
    """1F1B: device ``s`` does ``PP - 1 - s`` forward passes, then one forward, one backward, in turn.

    Raises:
        ValueError: fewer than one stage or micro-batch.
    """
    _positive(stages, micro_batches)
    devices = []
    for device in range(stages):
        ahead = min(stages - 1 - device, micro_batches)
        slots = [_one("F", n) for n in range(ahead)]
        for n in range(micro_batches - ahead):
            slots += [_one("F", ahead + n), _one("B", n)]
        slots += [_one("B", n) for n in range(micro_batches - ahead, micro_batches)]
        devices.append(tuple(slots))
    return Order(tuple(devices), "1F1B")


def zero_bubble(stages: int, micro_batches: int) -> Order:
    """ZB1P: as 1F1B with backward passes cut in two; no device holds more than ``PP`` micro-batches.

    Device ``s`` puts the gradients of the weights off by ``s`` micro-batches. That lets devices far down start
    their next forward passes early, and leaves work for the time when no more backward passes come.

    Raises:
        ValueError: fewer than one stage or micro-batch.
    """
    _positive(stages, micro_batches)
    devices = []
    for device in range(stages):
        ahead = min(stages - device, micro_batches)
        slots = [_one("F", n) for n in range(ahead)]
        for n in range(micro_batches):
            slots.append(_one("I", n))
            if n >= device:
                slots.append(_one("W", n - device))
            if ahead + n < micro_batches:
                slots.append(_one("F", ahead + n))
        slots += [_one("W", n) for n in range(max(micro_batches - device, 0), micro_batches)]
        devices.append(tuple(slots))
    return Order(tuple(devices), "ZB1P")


def dualpipe(stages: int, micro_batches: int) -> Order:
    """DualPipe: half of the micro-batches enter at device 0, half at the last device.

    On each device one direction is *near*: it enters at the closer end. In eight phases a device fills its
    pipeline, overlaps each forward pass with a backward pass of the other direction, and drains; at the ends,
    backward passes are cut in two so that their weights' part fills what would be bubbles.

    Raises:
        ValueError: stages or micro-batches are not even, or there are fewer than two micro-batches a stage.
    """
    _positive(stages, micro_batches)
    if stages % 2 or micro_batches % 2:
        raise ValueError(
            f"DualPipe needs even numbers of stages and micro-batches, not {stages}, {micro_batches}"
        )
    if micro_batches < 2 * stages:
        raise ValueError(
            f"DualPipe over {stages} stages needs {2 * stages} micro-batches or more, not {micro_batches}"
        )
    return Order(tuple(_DualDevice(d, stages, micro_batches).slots() for d in range(stages)), "DualPipe")


class _DualDevice:
    """One device of DualPipe. ``near`` micro-batches enter at its end of the pipeline, ``far`` ones at the other."""

    def __init__(self, device: int, stages: int, micro_batches: int) -> None:
        self.half, self.each = stages // 2, micro_batches // 2
        self.from_end = min(device, stages - 1 - device)
        self.reverse = {"near": device >= self.half, "far": device < self.half}
        self.next = {(kind, way): 0 for kind in "FB" for way in ("near", "far")}
        self.put_off: deque[Work] = deque()
        self.done: list[Slot] = []

    def slots(self) -> tuple[Slot, ...]:
        inside = self.half - 1 - self.from_end  # devices between this one and the middle
        outside = self.from_end + 1
        for _ in range(2 * inside):
            self.add(self.take("F", "near"))
        for _ in range(outside):
            self.add(self.take("F", "near"))
            self.add(self.take("F", "far"))
        for _ in range(inside):
            self.cut("far")
            self.weights()
            self.add(self.take("F", "far"))
        main = self.each - 2 * self.half + outside
        for turn in range(main):
            if (
                turn == 0 and inside == 0
            ):  # in the middle both directions meet at once: nothing to overlap yet
                self.add(self.take("F", "near"))
                self.add(self.take("B", "far"))
            else:
                self.add(self.take("F", "near"), self.take("B", "far"))
            self.add(self.take("F", "far"), self.take("B", "near"))
        for _ in range(inside):
            self.add(self.take("B", "far"))
            self.add(self.take("F", "far"), self.take("B", "near"))
        cut = False
        for turn in range(outside):
            if turn == outside // 2 and self.from_end % 2:
                cut = True
            self.cut("far") if cut else self.add(self.take("B", "far"))
            if turn == outside // 2 and not self.from_end % 2:
                cut = True
            self.cut("near") if cut else self.add(self.take("B", "near"))
        for _ in range(inside):
            self.weights()
            self.cut("near")
        while self.put_off:
            self.weights()
        return tuple(self.done)

    def take(self, kind: str, way: str) -> Work:
        """The next piece of work of this kind that goes this way."""
        number = self.next[kind, way]
        self.next[kind, way] += 1
        return Work(kind, number, self.reverse[way])

    def add(self, *works: Work) -> None:
        self.done.append(works)

    def cut(self, way: str) -> None:
        """The input half of a backward pass; its weights are put off."""
        whole = self.take("B", way)
        self.add(Work("I", whole.micro_batch, whole.reverse))
        self.put_off.append(Work("W", whole.micro_batch, whole.reverse))

    def weights(self) -> None:
        self.add(self.put_off.popleft())


def _one(kind: str, micro_batch: int) -> Slot:
    return (Work(kind, micro_batch),)


def _positive(stages: int, micro_batches: int) -> None:
    if stages < 1 or micro_batches < 1:
        raise ValueError(f"stages and micro_batches are at least 1, not {stages} and {micro_batches}")
