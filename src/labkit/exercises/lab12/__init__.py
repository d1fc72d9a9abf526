"""Lab 12, *Price the training run*: from parameters to dollars, with the right units."""

from labkit.exercises.lab12 import attention, errors, flop, hold, hours, mfu, owned, parameters

EXERCISES = (
    parameters.EXERCISE,
    flop.EXERCISE,
    attention.EXERCISE,
    mfu.EXERCISE,
    hours.EXERCISE,
    hold.EXERCISE,
    owned.EXERCISE,
    errors.EXERCISE,
)
