"""The process that runs one returned notebook: ``python -m labkit.grading.child NOTEBOOK REPORT LIMITS``.

Started by ``labkit.grading.one``, never by hand. It holds itself to its limits before it opens the file. Cells run
one after another in IPython's shell, so that ``%magics`` work as at the learner's; a cell that raises does not stop
the next. Marks are what ``labkit.judge`` returned to ``labkit.check``; nothing that a cell prints is read.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labkit.grading.limits import MIB, Limits, hold
from labkit.grading.report import Writer
from labkit.grading.returned import NotGradable, Returned, open_returned
from labkit.grading.row import Result

#: Freed when memory runs out, so that there is some left to say so.
_RESERVE_BYTES = 8 * MIB


def main(notebook: str, report: str, limits: str) -> None:
    held = Limits(**json.loads(limits))
    hold(held)
    tell = Writer(Path(report))
    try:
        returned = open_returned(Path(notebook))
    except NotGradable as why:
        tell.say("refused", why=str(why))
        return
    except MemoryError:
        tell.say("refused", why=f"it cannot be opened within {held.memory_mib:g} MiB of memory")
        return
    from labkit import exercises

    if returned.lab not in exercises.labs():
        tell.say("refused", why=f"there is no {returned.lab} in this book")
        return
    names = list(exercises.of_lab(returned.lab))
    tell.say("lab", lab=returned.lab, exercises=names)
    for remark in returned.remarks(names):
        tell.say("remark", text=remark)
    _cap_output(tell, held)
    _record_checks(tell)
    _run(returned, tell, held)


def _cap_output(tell: Writer, limits: Limits) -> None:
    from labkit.grading.output import Capped

    most = int(limits.output_mib * MIB)
    for name in ("stdout", "stderr"):
        setattr(sys, name, Capped(getattr(sys, name), most, lambda: tell.say("cut")))


def _record_checks(tell: Writer) -> None:
    """``labkit.check`` does as ever, and tells the mark."""
    import labkit
    from labkit.checks import judge

    def check(name: str, *answers: Any) -> None:
        verdict = judge(name, *answers)
        result = (
            Result.RIGHT if verdict.right else Result.WRONG if verdict.attempted else Result.NOT_ATTEMPTED
        )
        if verdict.misconception == "check failed":
            tell.say("remark", text=f"{name}: {verdict.message}")
            result = Result.NOT_CHECKED
        tell.say(
            "mark",
            exercise=name,
            result=result.value,
            misconception=verdict.misconception,
            score=None if verdict.score is None else float(verdict.score),
        )
        print(verdict)

    labkit.check = check


def _run(returned: Returned, tell: Writer, limits: Limits) -> None:
    run_cell = _shell()
    reserve = bytearray(_RESERVE_BYTES)
    failed: list[str] = []
    for cell in returned.cells:
        tell.say("cell", place=cell.place)
        error = run_cell(cell.source)
        if isinstance(error, MemoryError):
            del reserve
            tell.say("remark", text=f"cell {cell.place} needs more memory than {limits.memory_mib:g} MiB")
            return
        if error is not None:
            failed.append(f"cell {cell.place} raises {type(error).__name__}")
    if failed:
        tell.say("remark", text="; ".join(failed[:3]) + (f"; {len(failed) - 3} more" if failed[3:] else ""))
    tell.say("finished")


def _shell() -> Callable[[str], BaseException | None]:
    """A function that runs a cell and returns what it raised."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False  # it would keep a database and a thread
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)

    def run_cell(source: str) -> BaseException | None:
        try:
            result = shell.run_cell(source, store_history=False)
        except MemoryError as error:  # raised while IPython wrote about the first one
            return error
        return result.error_before_exec or result.error_in_exec

    return run_cell


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # a thread that a notebook left behind would be waited for
