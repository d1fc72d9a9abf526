"""Lab 9, *A ring buffer with acquire and release*: a message, a ring of slots, many channels."""

from labkit.exercises.lab09 import channels, message, ring

EXERCISES = (message.EXERCISE, ring.EXERCISE, channels.EXERCISE)
