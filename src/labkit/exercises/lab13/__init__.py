"""Lab 13, *Your own cluster*: a model of a training step piece by piece, and then a plan for a budget."""

from labkit.exercises.lab13 import bill, communication, compute, memory, plan, step

EXERCISES = (
    memory.EXERCISE,
    compute.EXERCISE,
    communication.EXERCISE,
    step.EXERCISE,
    bill.EXERCISE,
    plan.EXERCISE,
)
