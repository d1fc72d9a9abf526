"""Lab 10, *Choose k*: two functions that make a model of overlap, a choice of ``k`` with them, and its defence."""

from labkit.exercises.lab10 import choose, compute, defend, rate

EXERCISES = (
    rate.EXERCISE,
    compute.EXERCISE,
    choose.EXERCISE,
    defend.EXERCISE,
)
