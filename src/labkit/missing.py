"""A cell that needs one of NVIDIA's tools where it is not installed says so, in place of a traceback."""

from __future__ import annotations

from typing import Any


def say_what_is_missing(shell: Any) -> None:
    """From here on :class:`smsim.sass.MissingTool` ends a cell of ``shell`` with one sentence, and is no failure.

    The cells below run on: *Run all* does not stop. A cell that then lacks a name which an ended cell would have
    made says that too. ``shell`` is IPython's; ``None`` outside a notebook.
    """
    if shell is None:
        return
    from smsim.sass.missing import MissingTool

    ours: tuple[type[BaseException], ...] = (MissingTool,)

    def said(shell: Any, kind: type, problem: BaseException, trace: Any, tb_offset: Any = None) -> None:
        nonlocal ours
        if isinstance(problem, NameError):
            print(f"This cell needs {problem.name}, which a cell above could not make here.")
            return
        print(problem)
        ours = (MissingTool, NameError)
        shell.set_custom_exc(ours, said)

    def forgiven(result: Any) -> None:
        if isinstance(result.error_in_exec, ours):
            result.error_in_exec = None

    shell.set_custom_exc(ours, said)
    shell.events.register("post_run_cell", forgiven)
