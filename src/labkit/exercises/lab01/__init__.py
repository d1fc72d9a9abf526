"""Lab 1, *Maps and guards*: one thread, one element, and what to do at the edges."""

from labkit.exercises.lab01 import blocks, differences, flip, guard, map, saxpy, stride

EXERCISES = (
    map.EXERCISE,
    guard.EXERCISE,
    blocks.EXERCISE,
    saxpy.EXERCISE,
    flip.EXERCISE,
    differences.EXERCISE,
    stride.EXERCISE,
)
