"""Pipeline parallelism: schedules that can be written down, checked, timed and drawn.

    from trainmath import pipeline

    order = pipeline.dualpipe(stages=8, micro_batches=20)    # or one_f_one_b, zero_bubble, or your own:
    order = pipeline.Order.parse(["F0 F1 B0 B1", "F0 B0 F1 B1"])
    timed = pipeline.run(order, pipeline.Costs(F=1, B=2, W=1, FB=2.5))   # ScheduleError says what is wrong
    timed.duration, timed.bubble, timed.bubble_share, timed.peak_activations
    pipeline.bubble_dualpipe(8, timed.costs)                 # the DeepSeek-V3 report's formula for the same

A stage's times are the same for all stages and micro-batches, and sending takes no time.
"""

from trainmath.pipeline.formulas import bubble_1f1b, bubble_dualpipe, bubble_zero_bubble, held_micro_batches
from trainmath.pipeline.order import Order, ScheduleError, Slot, Work
from trainmath.pipeline.schedules import dualpipe, one_f_one_b, zero_bubble
from trainmath.pipeline.timed import Costs, Piece, Timed, run

__all__ = [
    "Costs",
    "Order",
    "Piece",
    "ScheduleError",
    "Slot",
    "Timed",
    "Work",
    "bubble_1f1b",
    "bubble_dualpipe",
    "bubble_zero_bubble",
    "dualpipe",
    "held_micro_batches",
    "one_f_one_b",
    "run",
    "zero_bubble",
]
