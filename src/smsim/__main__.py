"""``python -m smsim script.py [arguments]`` runs a Numba CUDA program on the simulated SM, unchanged.

``python -m smsim doctor`` says what this computer has and which engine will run.
"""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from types import TracebackType

_USAGE = """usage: python -m smsim script.py [arguments]    run a Numba CUDA program on the simulated SM
       python -m smsim doctor                  say what this computer has and which engine will run

SMSIM=0 runs the script on a real GPU instead; SMSIM_DEVICE=T4 chooses which GPU to simulate, and SMSIM_SEED=7
in which order its threads run."""


def main(arguments: list[str]) -> int:
    """Run the command line. Returns the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE)
        return 0 if arguments else 2
    if arguments == ["doctor"]:
        from smsim.doctor import examine

        return examine()
    script = arguments[0]
    if not os.path.exists(script):
        print(f"python -m smsim: there is no file {script}", file=sys.stderr)
        return 2
    return run(script, arguments)


def run(script: str, arguments: list[str]) -> int:
    """Attach, then run ``script`` as ``__main__``; ``arguments`` becomes ``sys.argv``."""
    from smsim.driver.attach import attach
    from smsim.errors import EnvironmentProblem, SimulationError

    try:
        attach(force=None if os.environ.get("SMSIM") else True)
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    sys.argv = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    try:
        runpy.run_path(script, run_name="__main__")
    except SimulationError as error:
        print(_place(error.__traceback__, script), file=sys.stderr)
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        error.__traceback__ = _within(error.__traceback__, script)
        traceback.print_exception(error)
        return 1
    return 0


def _within(trace: TracebackType | None, script: str) -> TracebackType | None:
    """The traceback from the script's first line on: what Python itself would have shown."""
    start = trace
    while start is not None and start.tb_frame.f_code.co_filename != script:
        start = start.tb_next
    return start or trace


def _place(trace: TracebackType | None, script: str) -> str:
    """The script's line that was running, innermost."""
    lines = [f for f in traceback.extract_tb(trace) if f.filename == script]
    if not lines:
        return f"In {script}:"
    return f"{script}, line {lines[-1].lineno}: {lines[-1].line}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
