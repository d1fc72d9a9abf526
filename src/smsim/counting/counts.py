"""``smsim.count``: what one launch executed and touched, exactly."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from smsim.counting import report
from smsim.counting.counter import Counter
from smsim.counting.lines import LineTable, ptx_table, python_table
from smsim.counting.metrics import METRICS, Run
from smsim.isolated import Isolated, isolate


def count(launch: Any, *arguments: Any, budget: int | None = None) -> Counts:
    """Run a launch on the simulated SM and count what it does; the arguments stay as they are.

    No timing model is involved: every number is exact for the PTX and the arguments, and the same every
    time. The kernel is compiled for the simulated H800 and runs there also where there is a GPU.

    Args:
        launch: a configured kernel, ``kernel[blocks, threads]``, of Numba or of hand-written PTX.
        arguments: what the kernel would be called with.
        budget: engine steps that a chunk of blocks may take before it is stopped.

    Raises:
        SimulationError: the program did something wrong; a wrong program is not counted.
    """
    settings = {} if budget is None else {"budget": budget}
    isolated = isolate("count", launch, arguments, **settings)
    run = isolated.prepare()
    counter = run.observer = Counter()
    run.run()
    warps = run.blocks * -(-run.threads // 32)
    return Counts(isolated, Run(counter.tallies, warps))


class Counts(Mapping[str, "int | float"]):
    """What :func:`count` found: Nsight Compute's metric names to numbers. Printed, it is a report.

    Attributes:
        kernel: the kernel's name.
        results: the arguments as the run left them, in order: arrays as new NumPy arrays.
    """

    def __init__(self, isolated: Isolated, run: Run) -> None:
        self._isolated, self._run = isolated, run
        self.kernel = isolated.call.name
        self.results = isolated.results()

    def __getitem__(self, name: str) -> int | float:
        """The metric called ``name``.

        Raises:
            KeyError: it is not counted here; names the nearest that are.
        """
        if name not in METRICS:
            near = difflib.get_close_matches(str(name), METRICS, 3)
            hint = f"; perhaps {' or '.join(near)}" if near else ""
            raise KeyError(f"{name} is not counted{hint}")
        return METRICS[name].value(self._run)

    def __iter__(self) -> Iterator[str]:
        return iter(METRICS)

    def __len__(self) -> int:
        return len(METRICS)

    @staticmethod
    def meaning(name: str) -> str:
        """What a metric counts, in half a sentence."""
        return METRICS[name].meaning

    @cached_property
    def families(self) -> dict[str, int]:
        """Opcode to how many warps executed it, most frequent first: ``{"add": 40, "ld.global": 8, ...}``."""
        return report.families(self._run)

    @cached_property
    def ptx_lines(self) -> LineTable:
        """One row for every PTX instruction that was executed, in the order of the text."""
        return ptx_table(self._isolated, self._run)

    @cached_property
    def python_lines(self) -> LineTable:
        """One row for every Python line that executed instructions come from."""
        return python_table(self._isolated, self._run)

    def __str__(self) -> str:
        call = self._isolated.call
        return report.text(self.kernel, call.grid, call.block, self._run, self)

    __repr__ = __str__
