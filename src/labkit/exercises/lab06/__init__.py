"""Lab 6, *Read PTX*: what registers hold, what a warp touches, what is missing, where it came from."""

from labkit.exercises.lab06 import fill, match, registers, sectors

EXERCISES = (registers.EXERCISE, sectors.EXERCISE, fill.EXERCISE, match.EXERCISE)
