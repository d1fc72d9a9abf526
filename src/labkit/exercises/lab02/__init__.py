"""Lab 2, *Straighten the accesses*: right is the beginning, and sectors tell how good it is."""

from labkit.exercises.lab02 import count, energy, pieces, rows, split, transpose

EXERCISES = (
    count.EXERCISE,
    pieces.EXERCISE,
    rows.EXERCISE,
    split.EXERCISE,
    transpose.EXERCISE,
    energy.EXERCISE,
)
