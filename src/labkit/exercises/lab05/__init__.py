"""Lab 5, *Tile the matmul*: three rungs of a ladder, each measured against the profile of our own kernel."""

from labkit.exercises.lab05 import column, square, tile

EXERCISES = (tile.EXERCISE, column.EXERCISE, square.EXERCISE)
