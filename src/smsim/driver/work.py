"""Work that streams have been given and that has not been done yet.

Work on a default stream is done before the call returns. Work on any other stream waits in the order in
which it was submitted, and all of it is done together at the next synchronising call. That order is one of
those that CUDA allows: it keeps every stream's own order, and an event is recorded before anyone waits for
it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Task:
    """One piece of work; ``upkeep`` must be done even after an earlier task failed (frees, events)."""

    action: Callable[[], None]
    stream: object
    upkeep: bool


class WorkQueue:
    """All streams' waiting tasks, in order of submission."""

    def __init__(self) -> None:
        self._tasks: deque[Task] = deque()
        self._running = False
        self._after: list[Callable[[], None]] = []

    @property
    def idle(self) -> bool:
        """True when nothing waits and nothing runs."""
        return not self._tasks and not self._running

    def waiting_on(self, stream: object) -> bool:
        """True while a task of ``stream`` waits."""
        return any(task.stream is stream for task in self._tasks)

    def add(self, action: Callable[[], None], stream: object, *, upkeep: bool = False) -> None:
        """Put work at the end of the queue."""
        self._tasks.append(Task(action, stream, upkeep))

    def now(self, action: Callable[[], None]) -> None:
        """Do default-stream work: first what blocking streams still have, then this."""
        if any(getattr(task.stream, "blocking", True) for task in self._tasks):
            self.finish()
        self._guarded(action)

    def when_idle(self, action: Callable[[], None]) -> None:
        """Do upkeep at once, or after all that waits and runs. A finalizer may call at any moment."""
        if self._running:
            self._after.append(action)
        elif self._tasks:
            self.add(action, None, upkeep=True)
        else:
            action()

    def finish(self) -> None:
        """Do all that waits. The first error is raised, after which only upkeep has been done."""
        if self._running:
            return
        error: BaseException | None = None
        while self._tasks:
            task = self._tasks.popleft()
            if error is not None and not task.upkeep:
                continue
            try:
                self._guarded(task.action)
            except BaseException as raised:  # Ctrl-C too: nothing may be left half queued
                error = error or raised
        if error is not None:
            raise error

    def _guarded(self, action: Callable[[], None]) -> None:
        outermost = not self._running
        self._running = True
        try:
            action()
        finally:
            if outermost:
                self._running = False
                while self._after:
                    self._after.pop(0)()
