"""What is fast, and against what: ``python -m benchmarks`` (or ``make bench``).

Every row is a ratio measured in one run on one machine: the simulated SM, Numba's own simulator and
Numba's CPU compiler, each in a process of its own, on the same program.
``python -m benchmarks.in_page`` measures PTX in the page of the built site.
"""
