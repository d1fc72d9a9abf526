"""One page's conversation with the machine: run, step, step back. Strings of JSON in and out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from typing import Any

import numpy as np

from smsim.counting import Counts
from smsim.counting.counter import Counter
from smsim.counting.metrics import Run
from smsim.errors import SimulationError
from smsim.inpage import answers
from smsim.inpage.problem import FieldProblem
from smsim.inpage.request import Request, extents, whole
from smsim.inpage.state import of_stepper
from smsim.isolated import isolate
from smsim.stepping import Stepper, step

#: Engine steps that a chunk of blocks may take in a browser, which is slower than Python itself.
BUDGET = 100_000


class Session:
    """Answers the page's questions. Nothing that a reader types makes it raise.

    A step refers to the launch stepped last, as long as the form still says the same; after any change it
    begins anew.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._stepped: tuple[tuple[Any, ...], Stepper, dict[str, Any]] | None = None

    def run(self, asked: str) -> str:
        """Run the launch with every hazard watched, and count it.

        Args:
            asked: the form's fields, see :class:`Request`, and ``seed``: empty or a whole number.

        Returns:
            ``launch``, ``errors``, ``warnings``, ``arrays`` (before and after), ``scalars``, ``printed``,
            and ``counts``, which is null for a wrong program.
        """
        return self._answered(asked, self._run)

    def step(self, asked: str) -> str:
        """Move one warp of the launch, and say where it stands.

        Args:
            asked: the form's fields; ``by``: so many instructions, negative for back; ``to``: a line of the
                PTX, or empty; ``follow``: the block and ``warp`` to follow.

        Returns:
            what :func:`smsim.inpage.state.of_stepper` gives, or ``errors``.
        """
        return self._answered(asked, self._step)

    def _answered(self, asked: str, answer: Callable[[Mapping[str, Any]], dict[str, Any]]) -> str:
        try:
            said = answer(json.loads(asked))
        except (FieldProblem, SimulationError) as error:
            said = {"errors": answers.of_errors([error])}
        except MemoryError:
            problem = FieldProblem("arguments", "the browser has no memory left for this launch")
            said = {"errors": answers.of_errors([problem])}
        except RecursionError:
            problem = FieldProblem("ptx", "the text, or an argument, is nested too deeply to be read")
            said = {"errors": answers.of_errors([problem])}
        return json.dumps(said)

    # -- run ---------------------------------------------------------------------------------------------

    def _run(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        launch, values = Request.of(fields).launch()
        isolated = isolate(
            "check",
            launch,
            tuple(values.values()),
            hazards="collect",
            budget=self._budget,
            seed=_optional(fields, "seed"),
        )
        run = isolated.prepare()
        counter = run.observer = Counter()
        errors: list[SimulationError] = []
        printed = io.StringIO()
        with redirect_stdout(printed):
            try:
                run.run()
            except SimulationError as error:
                errors.append(error)
        errors = [*run.errors, *errors]
        counts = None
        if not errors:
            warps = run.blocks * -(-run.threads // 32)
            counts = answers.of_counts(Counts(isolated, Run(counter.tallies, warps)))
        after = zip(values.items(), isolated.results())
        return {
            "launch": _said(launch),
            "errors": answers.of_errors(errors),
            "found": len(errors),
            "warnings": answers.of_errors(run.warnings),
            "scalars": answers.of_scalars(values),
            "arrays": [answers.of_array(n, v, a) for (n, v), a in after if isinstance(v, np.ndarray)],
            "printed": printed.getvalue(),
            "counts": counts,
        }

    # -- step --------------------------------------------------------------------------------------------

    def _step(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        request = Request.of(fields)
        follow = extents("follow", str(fields.get("follow") or "0"))
        warp = _optional(fields, "warp") or 0
        key = (request, follow, warp)
        if self._stepped is None or self._stepped[0] != key:
            self._stepped = None  # frees the former launch before the next one is made
            launch, values = request.launch()
            stepper = step(launch, *values.values(), block=follow, warp=warp, budget=self._budget)
            self._stepped = key, stepper, values
        else:
            _, stepper, values = self._stepped
            self._move(stepper, fields)
        return of_stepper(stepper, values)

    @staticmethod
    def _move(stepper: Stepper, fields: Mapping[str, Any]) -> None:
        line = _optional(fields, "to")
        if line is None:
            stepper.next(int(fields.get("by", 0)))
            return
        try:
            stepper.run_to(line)
        except ValueError as error:
            raise FieldProblem("to", str(error)) from None


def _said(launch: Any) -> str:
    """``saxpy[4, 256]``."""
    return f"{launch.kernel.name}[{_shape(launch.griddim)}, {_shape(launch.blockdim)}]"


def _shape(dims: tuple[int, ...]) -> str:
    used = max((at for at, n in enumerate(dims) if n > 1), default=0) + 1
    return str(dims[0]) if used == 1 else f"({', '.join(map(str, dims[:used]))})"


def _optional(fields: Mapping[str, Any], field: str) -> int | None:
    text = str(fields.get(field, "")).strip()
    return whole(field, text) if text else None
