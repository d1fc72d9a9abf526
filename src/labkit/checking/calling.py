"""Calls a reader's ordinary Python function: what it prints is dropped, and it is stopped if it never ends.

Steps are counted, not seconds, so that the verdict is the same on a fast machine and on a slow one. A step is whatever
the interpreter reports of the reader's own code: an instruction of its bytecode, the start of a line. What libraries do
is not counted. The interpreter's trace hook counts: no signal, no thread, no process, so it works alike on Linux, on
Windows and in a notebook. (Lines alone would be quicker to count, but ``while True: pass`` is a single jump to itself,
for which Python 3.11 reports none.)

What this cannot stop is one call into compiled code that never returns, such as ``sum(itertools.count())``.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType
from typing import Any

from labkit.checking.answer import python_function

#: Steps that one call may take, a second or two. The longest answers to the labs take some ten thousands.
PYTHON_STEPS = 2_000_000


class EndlessAnswer(RuntimeError):
    """The function was stopped after so many steps; that is no proof that it would never end."""

    def __init__(self, steps: int) -> None:
        super().__init__(f"stopped after {steps:,} steps")
        self.steps = steps


class ForbiddenCall(RuntimeError):
    """The function called one of the library's functions that does the exercise's work."""

    def __init__(self, called: str) -> None:
        super().__init__(f"{called} was called")
        self.called = called


class _Stop(BaseException):
    """Ends the reader's code; no ``except Exception`` of theirs catches it.

    Whoever does catch it, with a bare ``except:``, lets go of it at the end of that clause, and is stopped there again.
    """

    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self.watch = watch

    def __del__(self) -> None:
        if not self.watch.over:
            self.watch.resume()


def call(
    function: Callable[..., Any],
    *arguments: Any,
    steps: int = PYTHON_STEPS,
    forbidden: ModuleType | None = None,
    **named: Any,
) -> Any:
    """What ``function(*arguments, **named)`` returns.

    Args:
        function: an ordinary Python function, or anything else that can be called.
        arguments, named: are passed on as they are.
        steps: of the reader's code, after which the call is stopped.
        forbidden: a module whose functions may not be called, however they were imported.

    Raises:
        EndlessAnswer: more than ``steps`` steps were taken.
        ForbiddenCall: a function of ``forbidden`` was called; the call has ended by then.
        Exception: whatever the function raises itself.
    """
    watch = _Watch(function, steps, forbidden)
    try:
        with contextlib.redirect_stdout(io.StringIO()), watch.watching():
            result = function(*arguments, **named)
    except _Stop:
        raise EndlessAnswer(steps) from None
    except Exception:
        watch.complain()
        raise
    watch.complain()
    return result


class _Watch:
    """The trace hook of one call."""

    def __init__(self, function: Any, steps: int, forbidden: ModuleType | None) -> None:
        own = python_function(function) or python_function(vars(type(function)).get("__call__"))
        self.own = own.__globals__ if own else None  # all cells of a notebook share them
        self.left, self.over = steps, False
        self.forbidden = vars(forbidden) if forbidden else None
        self.called: str | None = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            self.over = True
            sys.settrace(before)

    def complain(self) -> None:
        if self.called is not None:
            raise ForbiddenCall(self.called) from None

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        if self.called is None and self.forbidden is not None and frame.f_globals is self.forbidden:
            self.called = frame.f_code.co_name
        if self.own is not None and frame.f_globals is not self.own:
            return None
        frame.f_trace, frame.f_trace_opcodes = self._step, True  # in this order: Python 3.13 asks for it
        return self._step

    def _step(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event in ("opcode", "line"):
            self.left -= 1
            if self.left < 0:
                raise _Stop(self)
        return self._step

    def resume(self) -> None:
        """Count on: a hook that raises is taken away, and a bare ``except:`` would then loop for ever."""
        frame: FrameType | None = sys._getframe()
        sys.settrace(self._enter)
        while frame is not None:
            if frame.f_trace_opcodes:
                frame.f_trace = self._step
            frame = frame.f_back
