"""Bubble and memory as the DeepSeek-V3 report states them, in table 2.

1F1B's formula equals what its schedule gives, always; ZB1P's does where ``W`` is not the longest of ``F``, ``B - W``
and ``W``. DualPipe's does where a forward pass takes as long as the input half of a backward pass, ``F = B - W``, and
``W`` no longer; with a shorter forward pass the schedule idles less than the formula says, with a longer one more.
"""

from __future__ import annotations

from trainmath.pipeline.timed import Costs


def bubble_1f1b(stages: int, costs: Costs) -> float:
    """``(PP - 1)(F + B)``, in the costs' unit."""
    return (stages - 1) * (costs.F + costs.B)


def bubble_zero_bubble(stages: int, costs: Costs) -> float:
    """``(PP - 1)(F + B - 2W)``."""
    return (stages - 1) * (costs.F + costs.B - 2 * costs.W)


def bubble_dualpipe(stages: int, costs: Costs) -> float:
    """``(PP/2 - 1)(F&B + B - 3W)``."""
    return (stages / 2 - 1) * (costs.overlapped + costs.B - 3 * costs.W)


def held_micro_batches(name: str, stages: int) -> int:
    """Micro-batches whose activations a device holds at most, for ``"1F1B"``, ``"ZB1P"`` or ``"DualPipe"``:
    ``PP``, ``PP`` and ``PP + 1``.

    Raises:
        ValueError: another name.
    """
    if name not in ("1F1B", "ZB1P", "DualPipe"):
        raise ValueError(f"{name!r} is none of 1F1B, ZB1P and DualPipe")
    return stages + (name == "DualPipe")
