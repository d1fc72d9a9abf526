"""Work that streams have been given and that has not been done yet.

Work on a default stream is done before the call returns, as long as there is one GPU. All other work waits,
and is done at the next synchronising call. Kernels of different streams then run together, wherever CUDA leaves
it open which comes first; all else is done in the order of submission, which CUDA allows: it keeps every
stream's own order, and an event is recorded before anyone waits for it. A call that waits for one stream has the
work of all done: a kernel that waits for another must not be waited for before that other has been launched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from smsim.machine.together import Together


@dataclass(eq=False)
class Task:
    """One piece of work.

    Attributes:
        action: does it; for a kernel, makes the launch ready to be run (``kernel`` is true).
        upkeep: it must be done even after an earlier task failed (frees, events), and may be done twice.
        alone: nothing may run beside it, and it is done once: a function of the host.
        after: the tasks that must be done before.
    """

    action: Callable[[], Any]
    stream: object
    upkeep: bool = False
    kernel: bool = False
    alone: bool = False
    after: list[Task] = field(default_factory=list)
    done: bool = False


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

    def add(
        self,
        action: Callable[[], Any],
        stream: object,
        *,
        upkeep: bool = False,
        kernel: bool = False,
        alone: bool = False,
        after: Iterable[Task] = (),
    ) -> Task:
        """Put work at the end of the queue; it begins when what its stream had before is done."""
        task = Task(action, stream, upkeep, kernel, alone, [t for t in after if not t.done])
        task.after += _before(stream, self._tasks)
        self._tasks.append(task)
        return task

    def now(self, action: Callable[[], None], gpu: int = 0) -> None:
        """Do default-stream work of a GPU: first what its blocking streams still have, then this."""
        if any(
            getattr(t.stream, "blocking", True) and getattr(t.stream, "gpu", gpu) == gpu for t in self._tasks
        ):
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
            tasks = self._next_tasks()
            try:
                if error is None:
                    self._guarded(lambda tasks=tasks: _do(tasks))
                else:
                    _keep_up(tasks)
            except BaseException as raised:  # Ctrl-C too: nothing may be left half queued
                error = error or raised
                _keep_up(tasks)
        if error is not None:
            raise error

    def _next_tasks(self) -> list[Task]:
        """Those up to the next that must be done alone."""
        tasks = [self._tasks.popleft()]
        while not tasks[0].alone and self._tasks and not self._tasks[0].alone:
            tasks.append(self._tasks.popleft())
        return tasks

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


def _before(stream: object, tasks: Iterable[Task]) -> list[Task]:
    """The last task of ``stream``; a default stream and the blocking streams of its GPU wait for each other."""
    last: dict[object, Task] = {}
    for task in tasks:
        if task.stream is stream or stream is None or _keep_order(stream, task.stream):
            last[task.stream] = task
    return list(last.values())


def _keep_order(stream: object, other: object) -> bool:
    """Whether one of two streams is the default stream of the GPU of both, and the other waits for it."""
    if getattr(stream, "gpu", None) != getattr(other, "gpu", None):
        return False
    default = getattr(stream, "default", False) or getattr(other, "default", False)
    return default and getattr(stream, "blocking", True) and getattr(other, "blocking", True)


def _do(tasks: list[Task]) -> None:
    """Do ``tasks`` in an order that is allowed; kernels that may run together do."""
    kernels = [task for task in tasks if task.kernel]
    if len(kernels) > 1 and not _one_after_another(tasks):
        _do_together(tasks)
        return
    for task in tasks:
        made = task.action()
        if task.kernel:
            made.run()
        task.done = True


def _do_together(tasks: list[Task]) -> None:
    places = {id(task): place for place, task in enumerate(tasks)}
    after = [{places[id(t)] for t in task.after if id(t) in places} for task in tasks]
    work = [task.action() if task.kernel else _errand(task) for task in tasks]
    Together(work, after).run()
    for task in tasks:
        task.done = True


def _errand(task: Task) -> Callable[[], None]:
    def errand() -> None:
        task.action()
        task.done = task.upkeep

    return errand


def _one_after_another(tasks: list[Task]) -> bool:
    """Whether every kernel has to wait for the one before it."""
    known: dict[int, set[int]] = {}
    last: Task | None = None
    for task in tasks:
        known[id(task)] = {id(t) for t in task.after}.union(*(known.get(id(t), set()) for t in task.after))
        if task.kernel:
            if last is not None and id(last) not in known[id(task)]:
                return False
            last = task
    return True


def _keep_up(tasks: list[Task]) -> None:
    """After an error: do what must be done all the same."""
    for task in tasks:
        if task.upkeep and not task.done:
            task.action()
        task.done = True
