"""Lab 3, *Race hunt*: eight kernels, some of them right."""

from labkit.exercises.lab03 import (
    edges,
    histogram,
    reverse,
    running_sum,
    smooth,
    stretch,
    swap,
    tiles,
)

EXERCISES = (
    swap.EXERCISE,
    stretch.EXERCISE,
    histogram.EXERCISE,
    tiles.EXERCISE,
    smooth.EXERCISE,
    edges.EXERCISE,
    running_sum.EXERCISE,
    reverse.EXERCISE,
)
