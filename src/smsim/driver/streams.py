"""Streams and events.

Handles 0, 1 and 2 are the default streams: their work is done before the call returns. All other streams
queue (:mod:`smsim.driver.work`), and their errors appear at the next synchronising call.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field

from smsim.driver import codes
from smsim.driver.cmemory import put_float, put_int, put_word
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.state import CONTEXT, DEVICE, driver

_DEFAULTS = (0, codes.STREAM_LEGACY, codes.STREAM_PER_THREAD)
_DISABLE_TIMING = 2


@dataclass(slots=True, eq=False)
class Stream:
    """A stream that the program created; ``blocking`` ones keep order with the default stream."""

    flags: int
    priority: int = 0

    @property
    def blocking(self) -> bool:
        return not self.flags & codes.STREAM_NON_BLOCKING


@dataclass(slots=True, eq=False)
class Event:
    """``time_ms`` is when it was reached; ``waiting`` counts recordings that are still queued."""

    flags: int
    time_ms: float | None = None
    waiting: int = field(default=0)


def is_default(stream: int) -> bool:
    """True for the handles that mean a default stream."""
    return stream in _DEFAULTS


def submit(stream: int, action: Callable[[], None], *, upkeep: bool = False) -> None:
    """Do ``action`` now on a default stream, later on another."""
    work = driver().work
    if not is_default(stream):
        work.add(action, driver().handles.take(stream, Stream), upkeep=upkeep)
    elif upkeep:
        work.when_idle(action)
    else:
        work.now(action)


@implements("cuStreamCreate")
def create(stream: int, flags: int) -> None:
    put_word(stream, driver().handles.give(Stream(flags)))


@implements("cuStreamCreateWithPriority")
def create_with_priority(stream: int, flags: int, priority: int) -> None:
    put_word(stream, driver().handles.give(Stream(flags, priority)))


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
    """Nothing to do: the event was recorded earlier, and the queue keeps the order of submission."""
    driver().handles.take(event, Event)


@implements("cuStreamGetFlags")
def get_flags(stream: int, flags: int) -> None:
    put_int(flags, 0 if is_default(stream) else driver().handles.take(stream, Stream).flags)


@implements("cuStreamGetPriority")
def get_priority(stream: int, priority: int) -> None:
    put_int(priority, 0 if is_default(stream) else driver().handles.take(stream, Stream).priority)


@implements("cuStreamGetCtx")
def get_context(_stream: int, context: int, *_: int) -> None:
    put_word(context, CONTEXT)


@implements("cuStreamGetDevice")
def get_device(_stream: int, device: int) -> None:
    put_int(device, DEVICE)


@implements("cuStreamGetId")
def get_id(stream: int, identity: int) -> None:
    put_word(identity, stream)


@implements("cuStreamIsCapturing")
def is_capturing(_stream: int, status: int) -> None:
    put_int(status, 0)


@implements("cuLaunchHostFunc")
def launch_host_function(stream: int, function: int, argument: int, *_: int) -> None:
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(function)
    submit(stream, lambda: call(argument))


@implements("cuStreamAddCallback")
def add_callback(stream: int, function: int, argument: int, _flags: int) -> None:
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(function)
    submit(stream, lambda: call(stream, codes.SUCCESS, argument))


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
    mark.waiting += 1

    def reached() -> None:
        mark.time_ms = driver().clock_ms()
        mark.waiting -= 1

    if is_default(stream):
        driver().work.now(reached)
    else:
        submit(stream, reached, upkeep=True)


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
