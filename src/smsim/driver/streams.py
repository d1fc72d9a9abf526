"""Streams and events.

Handles 0, 1 and 2 are the default streams: their work is done before the call returns, as long as there is one
GPU. With several, their kernels too are queued, as those of all other streams are (:mod:`smsim.driver.work`), so
that kernels of different GPUs run together; errors of what was queued appear at the next synchronising call.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smsim.driver import codes
from smsim.driver.cmemory import put_float, put_int, put_word
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.state import context_of, driver
from smsim.driver.work import Task

_DEFAULTS = (0, codes.STREAM_LEGACY, codes.STREAM_PER_THREAD)
_DISABLE_TIMING = 2


@dataclass(slots=True, eq=False)
class Stream:
    """A stream that the program created on a device; ``blocking`` ones keep order with the default stream.

    Attributes:
        awaited: the work that its next work has to wait for, because of events.
    """

    flags: int
    gpu: int
    priority: int = 0
    awaited: list[Task] = field(default_factory=list)

    @property
    def blocking(self) -> bool:
        return not self.flags & codes.STREAM_NON_BLOCKING


@dataclass(slots=True, eq=False)
class Event:
    """``time_ms`` is when it was reached; ``recordings`` are those that are still queued, the last one last."""

    flags: int
    time_ms: float | None = None
    recordings: list[Task] = field(default_factory=list)

    @property
    def waiting(self) -> bool:
        """True while a recording is queued."""
        self.recordings = [task for task in self.recordings if not task.done]
        return bool(self.recordings)


def is_default(stream: int) -> bool:
    """True for the handles that mean a default stream."""
    return stream in _DEFAULTS


def submit(stream: int, action: Callable[[], None], *, upkeep: bool = False, alone: bool = False) -> None:
    """Do ``action`` now on a default stream, later on another."""
    if not is_default(stream):
        _queue(driver().handles.take(stream, Stream), action, upkeep=upkeep, alone=alone)
    elif upkeep:
        driver().work.when_idle(action)
    else:
        driver().work.now(action, driver().gpu)


def submit_kernel(stream: int, prepare: Callable[[], Any]) -> None:
    """Run the launch that ``prepare`` makes: now on the default stream of the only GPU, else later."""
    if not is_default(stream):
        _queue(driver().handles.take(stream, Stream), prepare, kernel=True)
    elif len(driver().devices) > 1:
        driver().work.add(prepare, driver().default_stream(), kernel=True)
    else:
        driver().work.now(lambda: prepare().run(), driver().gpu)


def _queue(stream: Stream, action: Callable[[], Any], **how: bool) -> Task:
    task = driver().work.add(action, stream, after=stream.awaited, **how)
    stream.awaited = []
    return task


@implements("cuStreamCreate")
def create(stream: int, flags: int) -> None:
    put_word(stream, driver().handles.give(Stream(flags, driver().gpu)))


@implements("cuStreamCreateWithPriority")
def create_with_priority(stream: int, flags: int, priority: int) -> None:
    put_word(stream, driver().handles.give(Stream(flags, driver().gpu, priority)))


@implements("cuStreamDestroy")
def destroy(stream: int) -> None:
    """What the stream was given is still done; CUDA says the same."""
    driver().handles.drop(stream)


@implements("cuStreamSynchronize")
def synchronize(stream: int) -> None:
    if not is_default(stream):
        driver().handles.take(stream, Stream)
    driver().work.finish()


@implements("cuStreamQuery")
def query(stream: int) -> None:
    """Asking lets the work go on, so a loop that asks until it is done ends."""
    work = driver().work
    busy = not work.idle if is_default(stream) else work.waiting_on(driver().handles.take(stream, Stream))
    if busy:
        work.finish()
        raise DriverFailure(codes.NOT_READY)


@implements("cuStreamWaitEvent")
def wait_event(stream: int, event: int, _flags: int) -> None:
    """What the stream is given next waits for the last recording of the event."""
    mark = driver().handles.take(event, Event)
    if mark.waiting and not is_default(stream):
        driver().handles.take(stream, Stream).awaited.append(mark.recordings[-1])
    elif mark.waiting:
        driver().work.finish()


@implements("cuStreamGetFlags")
def get_flags(stream: int, flags: int) -> None:
    put_int(flags, 0 if is_default(stream) else driver().handles.take(stream, Stream).flags)


@implements("cuStreamGetPriority")
def get_priority(stream: int, priority: int) -> None:
    put_int(priority, 0 if is_default(stream) else driver().handles.take(stream, Stream).priority)


@implements("cuStreamGetCtx")
def get_context(stream: int, context: int, *_: int) -> None:
    put_word(context, context_of(gpu_of_stream(stream)))


@implements("cuStreamGetDevice")
def get_device(stream: int, device: int) -> None:
    put_int(device, gpu_of_stream(stream))


def gpu_of_stream(stream: int) -> int:
    """The number of the GPU that a stream belongs to, the current one's for a default stream."""
    return driver().gpu if is_default(stream) else driver().handles.take(stream, Stream).gpu


@implements("cuStreamGetId")
def get_id(stream: int, identity: int) -> None:
    put_word(identity, stream)


@implements("cuStreamIsCapturing")
def is_capturing(_stream: int, status: int) -> None:
    put_int(status, 0)


@implements("cuLaunchHostFunc")
def launch_host_function(stream: int, function: int, argument: int, *_: int) -> None:
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(function)
    submit(stream, lambda: call(argument), alone=True)


@implements("cuStreamAddCallback")
def add_callback(stream: int, function: int, argument: int, _flags: int) -> None:
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(function)
    submit(stream, lambda: call(stream, codes.SUCCESS, argument), alone=True)


# -- events --------------------------------------------------------------------------------------------


@implements("cuEventCreate")
def create_event(event: int, flags: int) -> None:
    put_word(event, driver().handles.give(Event(flags)))


@implements("cuEventDestroy")
def destroy_event(event: int) -> None:
    driver().handles.drop(event)


@implements("cuEventRecord", "cuEventRecordWithFlags")
def record(event: int, stream: int, *_: int) -> None:
    mark = driver().handles.take(event, Event)

    def reached() -> None:
        mark.time_ms = driver().clock_ms()

    if not is_default(stream):
        mark.recordings.append(_queue(driver().handles.take(stream, Stream), reached, upkeep=True))
    elif len(driver().devices) > 1:
        mark.recordings.append(driver().work.add(reached, driver().default_stream(), upkeep=True))
    else:
        driver().work.now(reached, driver().gpu)


@implements("cuEventQuery")
def query_event(event: int) -> None:
    """Asking lets the work go on, so a loop that asks until it is done ends."""
    if driver().handles.take(event, Event).waiting:
        driver().work.finish()
        raise DriverFailure(codes.NOT_READY)


@implements("cuEventSynchronize")
def synchronize_event(event: int) -> None:
    driver().handles.take(event, Event)
    driver().work.finish()


@implements("cuEventElapsedTime")
def elapsed(milliseconds: int, start: int, end: int) -> None:
    """The host's clock between two events: how long the simulation took, not how long a GPU would take."""
    first, last = driver().handles.take(start, Event), driver().handles.take(end, Event)
    if first.waiting or last.waiting:
        raise DriverFailure(codes.NOT_READY)
    if None in (first.time_ms, last.time_ms) or (first.flags | last.flags) & _DISABLE_TIMING:
        raise DriverFailure(codes.INVALID_HANDLE)
    put_float(milliseconds, last.time_ms - first.time_ms)
