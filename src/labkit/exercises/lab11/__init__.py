"""Lab 11, *Schedule the pipeline*: schedules as text, validated, timed and scored on bubble and memory."""

from labkit.exercises.lab11 import schedules

EXERCISES = schedules.EXERCISES
